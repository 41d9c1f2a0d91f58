package main

import (
	"fmt"
	"strings"
)

// options come from the environment. The credentials have the names mailroom reads, so that both can share one Secret.
type options struct {
	token        string   // MAILROOM_JMAP_TOKEN: the Bearer token JMAP accepts; required
	username     string   // MAILROOM_CARDDAV_USERNAME: the user CardDAV accepts; required
	password     string   // MAILROOM_CARDDAV_PASSWORD: the password CardDAV accepts; required
	mailboxes    []string // MAIL_SERVER_MAILBOXES: mailboxes of a new account, separated by commas, default Inbox,Archive,Trash,Screener
	groups       []string // MAIL_SERVER_GROUPS: contact groups of a new account, separated by commas, default none
	stateFile    string   // STATE_FILE: where the account is kept across restarts, default nowhere
	address      string   // MAIL_SERVER_ADDRESS: where JMAP and CardDAV listen, default :8080
	adminAddress string   // MAIL_SERVER_ADMIN_ADDRESS: where the page and the switches listen, without login, default :8081
}

func readOptions(env func(string) string) (options, error) {
	var missing []string
	required := func(name string) string {
		value := strings.TrimSpace(env(name))
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	fallback := func(name, value string) string {
		if given := env(name); given != "" {
			return given
		}
		return value
	}
	o := options{
		token:        required("MAILROOM_JMAP_TOKEN"),
		username:     required("MAILROOM_CARDDAV_USERNAME"),
		password:     required("MAILROOM_CARDDAV_PASSWORD"),
		mailboxes:    names(fallback("MAIL_SERVER_MAILBOXES", "Inbox,Archive,Trash,Screener")),
		groups:       names(env("MAIL_SERVER_GROUPS")),
		stateFile:    env("STATE_FILE"),
		address:      fallback("MAIL_SERVER_ADDRESS", ":8080"),
		adminAddress: fallback("MAIL_SERVER_ADMIN_ADDRESS", ":8081"),
	}
	if len(missing) > 0 {
		return o, fmt.Errorf("missing from the environment: %s", strings.Join(missing, ", "))
	}
	return o, nil
}

func names(list string) []string {
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}
