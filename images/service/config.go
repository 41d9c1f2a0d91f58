package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// version is what the stand-in says of itself; another one makes another image, for tests of an upgrade.
const version = "1.0.0"

// Config is what the environment says.
type Config struct {
	Name         string
	Pod          string
	Port         int
	Secrets      []string          // names of variables; their values stay where they are
	Dependencies map[string]string // name → address
	Start        time.Duration
	Drain        time.Duration
	Shutdown     time.Duration
	Latency      time.Duration
	Work         time.Duration
	ErrorPercent int
}

// loadConfig reads the environment and gives every mistake in it at once. No value of a secret is ever part of an error.
func loadConfig(getenv func(string) string) (Config, error) {
	var problems []error
	number := func(name string, fallback, most int) int {
		text := getenv(name)
		if text == "" {
			return fallback
		}
		got, err := strconv.Atoi(text)
		if err != nil || got < 0 || got > most {
			problems = append(problems, fmt.Errorf("%s must be a whole number from 0 to %d, got %q", name, most, text))
		}
		return got
	}
	seconds := func(name string, fallback int) time.Duration {
		return time.Duration(number(name, fallback, 600)) * time.Second
	}
	millis := func(name string, fallback int) time.Duration {
		return time.Duration(number(name, fallback, 60_000)) * time.Millisecond
	}
	pod, _ := os.Hostname()
	config := Config{
		Name:         cmp.Or(getenv("SERVICE_NAME"), "service"),
		Pod:          pod,
		Port:         number("SERVICE_PORT", 8080, 65_535),
		Secrets:      listed(getenv("SERVICE_SECRETS")),
		Start:        seconds("SERVICE_START_SECONDS", 0),
		Drain:        seconds("SERVICE_DRAIN_SECONDS", 2),
		Shutdown:     seconds("SERVICE_SHUTDOWN_SECONDS", 20),
		Latency:      millis("SERVICE_LATENCY_MS", 0),
		Work:         millis("SERVICE_WORK_MS", 10),
		ErrorPercent: number("SERVICE_ERROR_PERCENT", 0, 100),
	}
	for _, name := range config.Secrets {
		if getenv(name) == "" {
			problems = append(problems, fmt.Errorf("%s is missing or empty; SERVICE_SECRETS says it holds a secret", name))
		}
	}
	dependencies, err := parseDependencies(getenv("SERVICE_DEPENDENCIES"))
	config.Dependencies = dependencies
	return config, errors.Join(append(problems, err)...)
}

func parseDependencies(text string) (map[string]string, error) {
	found := map[string]string{}
	for _, one := range listed(text) {
		name, address, _ := strings.Cut(one, "=")
		parsed, err := url.Parse(address)
		if name == "" || err != nil || parsed.Host == "" || !slices.Contains([]string{"http", "https"}, parsed.Scheme) {
			return nil, fmt.Errorf("SERVICE_DEPENDENCIES must be like accounts=http://accounts, separated by commas; got %q", one)
		}
		found[name] = address
	}
	return found, nil
}

func listed(text string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }), func(s string) bool { return s == "" })
}
