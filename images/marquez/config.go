package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config is what the environment says, by the names the real image and its chart use.
type Config struct {
	Address  string        // of the API
	Admin    string        // of health and metrics
	Database *url.URL      // holds the password: only host, user and name may be shown
	Drain    time.Duration // how long it still answers after it was told to stop
}

// loadConfig reads the environment and gives every mistake in it at once. No text repeats the password.
func loadConfig(getenv func(string) string) (Config, error) {
	var problems []error
	port := func(name string, fallback int) string {
		text := cmp.Or(getenv(name), strconv.Itoa(fallback))
		number, err := strconv.Atoi(text)
		if err != nil || number < 0 || number > 65_535 {
			problems = append(problems, fmt.Errorf("%s must be a port from 1 to 65535, got %q", name, text))
		}
		return text
	}
	required := func(name, what string) string {
		value := getenv(name)
		if value == "" {
			problems = append(problems, fmt.Errorf("%s is missing from the environment; it is %s", name, what))
		}
		return value
	}
	host := cmp.Or(getenv("POSTGRES_HOST"), "localhost")
	if strings.ContainsAny(host, "/@?#, ") {
		problems = append(problems, fmt.Errorf("POSTGRES_HOST must be a name or an address, got %q", host))
	}
	config := Config{
		Address: net.JoinHostPort(getenv("MARQUEZ_HOST"), port("MARQUEZ_PORT", 5000)),
		Admin:   net.JoinHostPort(getenv("MARQUEZ_HOST"), port("MARQUEZ_ADMIN_PORT", 5001)),
		Database: &url.URL{
			Scheme: "postgres",
			Host:   net.JoinHostPort(host, port("POSTGRES_PORT", 5432)),
			Path:   "/" + cmp.Or(getenv("POSTGRES_DB"), "marquez"),
			User: url.UserPassword(
				required("POSTGRES_USER", "the database's owner"),
				required("POSTGRES_PASSWORD", "the owner's password and comes from a Secret"),
			),
		},
	}
	drain, err := strconv.Atoi(cmp.Or(getenv("MARQUEZ_DRAIN_SECONDS"), "2"))
	if err != nil || drain < 0 || drain > 60 {
		problems = append(problems, fmt.Errorf("MARQUEZ_DRAIN_SECONDS must be a whole number from 0 to 60, got %q", getenv("MARQUEZ_DRAIN_SECONDS")))
	}
	config.Drain = time.Duration(drain) * time.Second
	if len(problems) > 0 {
		return Config{}, failed(exitInput, "%v", errors.Join(problems...))
	}
	return config, nil
}
