package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// environment reads variables and collects the mistakes in them.
type environment struct {
	get      func(string) string
	mistakes []error
}

var (
	label = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	// portName has a letter in it, and so is no number.
	portName = regexp.MustCompile(`^[a-z0-9-]{0,14}[a-z][a-z0-9-]{0,14}$`)

	kind = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9.-]+)?$`)
	id   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$`)
)

func (e *environment) mistake(format string, args ...any) {
	e.mistakes = append(e.mistakes, fmt.Errorf(format, args...))
}

func (e *environment) text(key, fallback string) string {
	if given := e.get(key); given != "" {
		return given
	}
	return fallback
}

func (e *environment) label(key, fallback string) string {
	given := e.text(key, fallback)
	if !label.MatchString(given) {
		e.mistake("%s must be lower-case letters, digits and \"-\", at most 63", key)
	}
	return given
}

func (e *environment) labels(key string) []string {
	all := list(e.get(key))
	for _, one := range all {
		if !label.MatchString(one) {
			e.mistake("%s: %q must be lower-case letters, digits and \"-\", at most 63", key, one)
		}
	}
	return all
}

// resources are kinds as kubectl writes them. Secrets are none that anything may change.
func (e *environment) resources(key string) []string {
	all := list(e.get(key))
	for _, one := range all {
		if !kind.MatchString(one) || one == "secrets" {
			e.mistake("%s: %q must be a resource, such as deployments.apps, and never secrets", key, one)
		}
	}
	return all
}

// places are addresses of repositories.
func (e *environment) places(key string) []place {
	var all []place
	for _, one := range list(e.get(key)) {
		at, err := placeOf(one)
		if err != nil {
			e.mistake("%s: %w", key, err)
		}
		all = append(all, at)
	}
	return all
}

func (e *environment) id(key, placeholder string) string {
	given := e.get(key)
	switch {
	case given == placeholder:
		e.mistake("%s is still the placeholder %s", key, placeholder)
	case !id.MatchString(given):
		e.mistake("%s must be letters, digits and \".\", \"_\", \"-\" between them, at most 128", key)
	}
	return given
}

func (e *environment) token(key, placeholder string) secret {
	given, err := secretOf(e.get(key))
	switch {
	case err != nil:
		e.mistake("%s %v", key, err)
	case given == "":
		e.mistake("%s is missing: the bootstrap token that the SaaS gave for this cluster", key)
	case given == placeholder:
		e.mistake("%s is still the placeholder %s", key, placeholder)
	}
	return secret(given)
}

// secretOf takes the line end off a secret that a file of it has, one and no more, and refuses other white space: the other end does the
// same, so that both derive the same key. No error shows the text.
func secretOf(given string) (string, error) {
	text, ended := strings.CutSuffix(given, "\n")
	if ended {
		text = strings.TrimSuffix(text, "\r")
	}
	if strings.ContainsFunc(text, func(one rune) bool { return unicode.IsSpace(one) || !unicode.IsPrint(one) }) {
		return "", errors.New("has white space or characters that cannot be seen in it; one line end after it is taken off")
	}
	return text, nil
}

func (e *environment) flag(key string, fallback bool) bool {
	switch given := e.get(key); given {
	case "":
		return fallback
	case "true", "false":
		return given == "true"
	}
	e.mistake("%s must be true or false", key)
	return fallback
}

func (e *environment) number(key string, fallback, least, most int) int {
	given := e.get(key)
	if given == "" {
		return fallback
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < least || n > most {
		e.mistake("%s must be a whole number from %d to %d", key, least, most)
	}
	return n
}

// ports are numbers, or names as a container gives them.
func (e *environment) ports(key string) []string {
	all := list(e.get(key))
	for _, one := range all {
		n, err := strconv.Atoi(one)
		if err == nil && (n < 1 || n > 65535) || err != nil && !portName.MatchString(one) {
			e.mistake("%s: %q must be a port, from 1 to 65535, or the name of one", key, one)
		}
	}
	return all
}

func (e *environment) seconds(key string, fallback, least, most int) time.Duration {
	return time.Duration(e.number(key, fallback, least, most)) * time.Second
}

func (e *environment) word(key, fallback string, known ...string) string {
	given := e.text(key, fallback)
	if !slices.Contains(known, given) {
		e.mistake("%s must be one of %s", key, strings.Join(known, ", "))
	}
	return given
}

// words are some of those that are available; the first of them where none is given.
func (e *environment) words(key string, known []string) []string {
	all := list(e.text(key, known[0]))
	for _, one := range all {
		if !slices.Contains(known, one) {
			e.mistake("%s: %q is not available; available: %s", key, one, strings.Join(known, ", "))
		}
	}
	return all
}

// endpoint is an address without path; http only where no client certificate is used.
func (e *environment) endpoint(key string, plain bool) *url.URL {
	if e.get(key) == "" {
		e.mistake("%s is missing, such as https://agent.example.com", key)
		return nil
	}
	given := e.address(key, "http", "https")
	switch {
	case given == nil:
	case given.Scheme == "http" && !plain:
		e.mistake("%s must begin with https://: http is for ZEN_AGENT_TLS_ENABLED=false", key)
	case given.Path != "" || given.RawQuery != "" || given.Fragment != "" || given.User != nil:
		e.mistake("%s must end after the host or its port, such as https://agent.example.com", key)
	}
	return given
}

func (e *environment) address(key string, schemes ...string) *url.URL {
	given, err := url.Parse(e.get(key))
	if err != nil || given.Hostname() == "" || !slices.Contains(schemes, given.Scheme) {
		e.mistake("%s must be an address, such as https://agent.example.com", key)
		return nil
	}
	return given
}

func list(given string) []string {
	var all []string
	for one := range strings.SplitSeq(given, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// has tells whether a mode is switched on.
func (c Config) has(mode string) bool { return slices.Contains(c.Modes, mode) }

// may tells whether it may change objects of a namespace; "" stands for objects of the whole cluster.
func (c Config) may(namespace string) bool {
	return len(c.Namespaces) == 0 || slices.Contains(c.Namespaces, namespace)
}

// rollsBack tells whether a way of rolling back is switched on.
func (c Config) rollsBack(mode string) bool { return slices.Contains(c.Rollbacks, mode) }
