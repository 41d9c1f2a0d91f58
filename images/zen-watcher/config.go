package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Config is what the environment says.
type Config struct {
	Namespace  string
	Instance   string
	Namespaces []string // empty: all
	Election   bool     // false: this is the only replica
	Port       int
	Drain      time.Duration
}

var label = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// loadConfig reads the environment and gives every mistake at once.
func loadConfig(get func(string) string) (Config, error) {
	var mistakes []error
	name := func(key, given, fallback string) string {
		if given == "" {
			given = fallback
		}
		if !label.MatchString(given) {
			mistakes = append(mistakes, fmt.Errorf("%s must be lower-case letters, digits and \"-\", at most 63", key))
		}
		return given
	}
	number := func(key string, fallback, least, most int) int {
		given := get(key)
		if given == "" {
			return fallback
		}
		n, err := strconv.Atoi(given)
		if err != nil || n < least || n > most {
			mistakes = append(mistakes, fmt.Errorf("%s must be a whole number from %d to %d", key, least, most))
		}
		return n
	}
	election := true
	if given := get("ZEN_WATCHER_LEADER_ELECTION"); given != "" {
		if given != "true" && given != "false" {
			mistakes = append(mistakes, errors.New("ZEN_WATCHER_LEADER_ELECTION must be true or false"))
		}
		election = given == "true"
	}
	config := Config{
		Election:  election,
		Namespace: name("ZEN_WATCHER_NAMESPACE", get("ZEN_WATCHER_NAMESPACE"), ""),
		Instance:  name("ZEN_WATCHER_INSTANCE", get("ZEN_WATCHER_INSTANCE"), "zen-watcher"),
		Port:      number("ZEN_WATCHER_PORT", 8080, 1, 65535),
		Drain:     time.Duration(number("ZEN_WATCHER_DRAIN_SECONDS", 2, 0, 60)) * time.Second,
	}
	for _, one := range strings.Split(get("ZEN_WATCHER_NAMESPACES"), ",") {
		if one = strings.TrimSpace(one); one != "" {
			config.Namespaces = append(config.Namespaces, name("ZEN_WATCHER_NAMESPACES", one, ""))
		}
	}
	return config, errors.Join(mistakes...)
}
