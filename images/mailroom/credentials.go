package main

import (
	"os"
	"strings"
)

// credentials come from the environment only (MR-27, MR-29).
type credentials struct {
	jmapToken string // MAILROOM_JMAP_TOKEN: API token, sent as a Bearer token to the JMAP server
	username  string // MAILROOM_CARDDAV_USERNAME: mail address of the account
	password  string // MAILROOM_CARDDAV_PASSWORD: app password, sent with the username to the CardDAV server
}

func loadCredentials() (credentials, error) {
	var c credentials
	var missing []string
	for _, variable := range []struct {
		name  string
		field *string
	}{{"MAILROOM_JMAP_TOKEN", &c.jmapToken}, {"MAILROOM_CARDDAV_USERNAME", &c.username}, {"MAILROOM_CARDDAV_PASSWORD", &c.password}} {
		if *variable.field = strings.TrimSpace(os.Getenv(variable.name)); *variable.field == "" {
			missing = append(missing, variable.name)
		}
	}
	if len(missing) > 0 {
		return c, failure{exitInput, "Missing from the environment: " + strings.Join(missing, ", ")}
	}
	return c, nil
}
