package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"path/filepath"
)

// Config is what the environment says.
type Config struct {
	Username     string
	Password     string
	TLSDir       string // empty: plain HTTP
	Dir          string
	Address      string
	AdminAddress string
}

// loadConfig reads the environment and gives every mistake at once; none of them shows a value.
func loadConfig(get func(string) string) (Config, error) {
	var mistakes []error
	required := func(key string) string {
		if get(key) == "" {
			mistakes = append(mistakes, fmt.Errorf("%s is missing from the environment", key))
		}
		return get(key)
	}
	fallback := func(key, value string) string {
		if given := get(key); given != "" {
			return given
		}
		return value
	}
	c := Config{
		Username:     required("GIT_SERVER_USERNAME"),
		Password:     required("GIT_SERVER_PASSWORD"),
		TLSDir:       get("GIT_SERVER_TLS_DIR"),
		Dir:          fallback("GIT_SERVER_DIR", "/tmp/git"),
		AdminAddress: fallback("GIT_SERVER_ADMIN_ADDRESS", ":8081"),
	}
	port := ":8080"
	if c.TLSDir != "" {
		port = ":8443"
		if _, err := c.certificate(nil); err != nil {
			mistakes = append(mistakes, fmt.Errorf("GIT_SERVER_TLS_DIR: %w", err))
		}
	}
	c.Address = fallback("GIT_SERVER_ADDRESS", port)
	return c, errors.Join(mistakes...)
}

// certificate is read at each handshake, so that a rotated Secret needs no restart.
func (c Config) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(c.TLSDir, "tls.crt"), filepath.Join(c.TLSDir, "tls.key"))
	return &pair, err
}

func (c Config) tls() *tls.Config {
	if c.TLSDir == "" {
		return nil
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.certificate}
}
