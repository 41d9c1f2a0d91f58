package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestDefaultsAreThoseOfTheRealImage(t *testing.T) {
	config, err := loadConfig(environment(map[string]string{"POSTGRES_USER": "marquez", "POSTGRES_PASSWORD": "a/b@c:d?e#%"}))
	if err != nil {
		t.Fatal(err)
	}
	if config.Address != ":5000" || config.Admin != ":5001" || config.Database.Host != "localhost:5432" || config.Database.Path != "/marquez" {
		t.Errorf("%+v", config)
	}
	if password, _ := config.Database.User.Password(); password != "a/b@c:d?e#%" {
		t.Error("the password did not arrive")
	}
}

func TestEveryMistakeIsTold(t *testing.T) {
	_, err := loadConfig(environment(map[string]string{
		"MARQUEZ_PORT": "http", "POSTGRES_PORT": "70000", "POSTGRES_HOST": "db/x", "MARQUEZ_DRAIN_SECONDS": "-1", "POSTGRES_PASSWORD": "hidden-word",
	}))
	if exitCode(err) != exitInput || strings.Contains(err.Error(), "hidden-word") {
		t.Fatal(err)
	}
	for _, want := range []string{"MARQUEZ_PORT must be a port", "POSTGRES_PORT must be", "POSTGRES_HOST must be a name", "POSTGRES_USER is missing", "MARQUEZ_DRAIN_SECONDS must be"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestUnreachableIsToldWithItsHostAndWithoutThePassword(t *testing.T) {
	patience = time.Millisecond
	config, err := loadConfig(environment(map[string]string{
		"POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": "1", "POSTGRES_USER": "marquez", "POSTGRES_PASSWORD": "hidden-word",
	}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = openDatabase(context.Background(), config.Database)
	if exitCode(err) != exitUnreachable || strings.Contains(err.Error(), "hidden-word") || !strings.Contains(err.Error(), "database 127.0.0.1:1 does not answer") {
		t.Error(err)
	}
}
