package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// MR-21, MR-22: what a file without any key means.
func TestEmptyConfigHasTheDefaults(t *testing.T) {
	config, mistakes := parseConfig(nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if config.Interval != time.Minute || config.Debounce != 3*time.Second || config.Screener != "Screener" || !config.Warnings {
		t.Errorf("got %+v", config)
	}
	var paths []string
	for _, path := range config.requiredMailboxes() {
		paths = append(paths, path.String())
	}
	want := []string{"Screener", "Inbox", "Feed", "Paper Trail", "Jail", "@MailroomError", "@MailroomWarning", "Inbox/Person"}
	if !slices.Equal(paths, want) {
		t.Errorf("got %q, want %q", paths, want)
	}
}

// MR-22: names and objects side by side keep their order.
func TestCategoriesMayBeNamesAndObjects(t *testing.T) {
	config, mistakes := parseConfig([]byte("triage: {categories: [Feed, {name: Deep, parent: Feed, destination_mailbox: Inner, contact_type: person}]}"))
	want := []Category{
		{Name: "Feed", Mailbox: "Feed", ContactType: "company"},
		{Name: "Deep", Mailbox: "Inner", Parent: "Feed", ContactType: "person"},
	}
	if len(mistakes) > 0 || !slices.Equal(config.Categories, want) {
		t.Errorf("got %+v and %q", config.Categories, mistakes)
	}
	if path := config.mailboxOf(config.Categories[1]).String(); path != "Feed/Inner" {
		t.Errorf("got %s", path)
	}
}

func TestEveryMistakeIsNamed(t *testing.T) {
	for yaml, want := range map[string]string{
		"polling: {interval: 0}":                      `line 1: polling.interval must be a whole number of seconds from 1 to 86400, got "0"`,
		"polling: {interval: soon}":                   `polling.interval must be a whole number of seconds from 1 to 86400, got "soon"`,
		"polling: {interval: 5, debounce_seconds: 6}": `polling.debounce_seconds must be a whole number of seconds from 0 to 5, got "6"`,
		"poling: {}":                                                         `poling is not a known key; did you mean "polling"?`,
		"polling: {xyz: 1}":                                                  "polling.xyz is not a known key; known are interval, debounce_seconds",
		"polling: {interval: 5, interval: 6}":                                "polling.interval is given twice",
		"triage: {screener_mailbox: ''}":                                     `triage.screener_mailbox must be text that is not empty, got ""`,
		"triage: {categories: []}":                                           "triage.categories must be a list of at least one category, got a list",
		"triage: {categories: [{parent: Feed}, Feed]}":                       "triage.categories[0] must have a name",
		"triage: {categories: [Feed, feed]}":                                 "triage.categories[1] (feed) has the same name as triage.categories[0]",
		"triage: {categories: [Feed, {name: A, parent: Fed}]}":               `triage.categories[1] (A).parent must name a category, got "Fed"`,
		"triage: {categories: [{name: A, parent: B}, {name: B, parent: A}]}": "triage.categories[0] (A).parent must not lead back to the category itself",
		"triage: {categories: [{name: A, contact_type: robot}]}":             `triage.categories[0] (A).contact_type must be one of company, person, got "robot"`,
		"triage: {categories: [{name: A, destination_mailbox: Screener}]}":   `triage.categories[0] (A) must not sort into the screener mailbox "Screener"`,
		"triage: {categories: [12]}":                                         `triage.categories[0] must be text that is not empty, got "12"`,
		"labels: {warnings_enabled: 'yes'}":                                  `labels.warnings_enabled must be true or false, got "yes"`,
		"logging: {level: verbose}":                                          `logging.level must be one of debug, info, warning, error, got "verbose"`,
		"fastmail: {jmap_url: mail}":                                         "fastmail.jmap_url must be an http or https address, for example https://api.fastmail.com/jmap/session",
		"fastmail: {carddav_url: 'http://user:pass@host/'}":                  "fastmail.carddav_url must not hold a user or password; credentials come from the environment",
		"[]":      "the file must be an object with the keys polling, triage, labels, logging, fastmail, got a list",
		"a: b: c": "mapping values are not allowed in this context",
	} {
		_, mistakes := parseConfig([]byte(yaml))
		if len(mistakes) != 1 && !strings.Contains(yaml, "parent: A") || len(mistakes) == 0 || !strings.Contains(mistakes[0], want) {
			t.Errorf("%s\n got %q\nwant %q", yaml, mistakes, want)
		}
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	_, mistakes := parseConfig([]byte("polling: {interval: 0}\nlogging: {level: loud}\nlables: {}"))
	if len(mistakes) != 3 {
		t.Errorf("got %q", mistakes)
	}
}
