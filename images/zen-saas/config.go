package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Config is what the environment says.
type Config struct {
	Token        string
	Tenant       string
	Cluster      string
	TLSDir       string // empty: plain HTTP
	OCSPDir      string // empty: nothing to sign answers with
	Address      string
	AdminAddress string
	Drain        time.Duration
}

// loadConfig reads the environment and gives every mistake at once; none of them shows a value.
func loadConfig(get func(string) string) (Config, error) {
	var mistakes []error
	required := func(key string) string {
		value := strings.TrimSpace(get(key))
		if value == "" {
			mistakes = append(mistakes, fmt.Errorf("%s is missing from the environment", key))
		}
		return value
	}
	token := func(key string) string {
		value, err := secretOf(get(key))
		switch {
		case err != nil:
			mistakes = append(mistakes, fmt.Errorf("%s %w", key, err))
		case value == "":
			mistakes = append(mistakes, fmt.Errorf("%s is missing from the environment", key))
		}
		return value
	}
	folder := func(key string, files ...string) string {
		given := get(key)
		if given == "" {
			return ""
		}
		for _, file := range files {
			if _, err := os.Stat(given + "/" + file); err != nil {
				mistakes = append(mistakes, fmt.Errorf("%s has no %s that can be read", key, file))
			}
		}
		return given
	}
	fallback := func(key, value string) string {
		if given := get(key); given != "" {
			return given
		}
		return value
	}
	c := Config{
		Token:        token("ZEN_SAAS_TOKEN"),
		Tenant:       required("ZEN_SAAS_TENANT_ID"),
		Cluster:      required("ZEN_SAAS_CLUSTER_ID"),
		TLSDir:       folder("ZEN_SAAS_TLS_DIR", "tls.crt", "tls.key", "ca.crt"),
		OCSPDir:      folder("ZEN_SAAS_OCSP_DIR", "tls.crt", "tls.key"),
		AdminAddress: fallback("ZEN_SAAS_ADMIN_ADDRESS", ":8081"),
	}
	port := ":8080"
	if c.TLSDir != "" {
		port = ":8443"
	}
	c.Address = fallback("ZEN_SAAS_ADDRESS", port)
	seconds, err := strconv.Atoi(fallback("ZEN_SAAS_DRAIN_SECONDS", "2"))
	if err != nil || seconds < 0 || seconds > 60 {
		mistakes = append(mistakes, errors.New("ZEN_SAAS_DRAIN_SECONDS must be a whole number from 0 to 60"))
	}
	c.Drain = time.Duration(seconds) * time.Second
	return c, errors.Join(mistakes...)
}

// secretOf takes the line end off a secret that a file of it has, one and no more, and refuses other white space: the agent does the same,
// so that both derive the same key. No error shows the text.
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
