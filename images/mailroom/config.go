package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Config is the file at $MAILROOM_CONFIG (MR-21, MR-22). A key that is left out has the default named here.
type Config struct {
	Interval     time.Duration // polling.interval: time between two polls; seconds, 1 to 86400, default 60
	Debounce     time.Duration // polling.debounce_seconds: a message younger than this waits for the next poll; 0 to interval, default 3
	Screener     string        // triage.screener_mailbox: where new mail waits, default "Screener"
	Categories   []Category    // triage.categories: default see defaultCategories
	ErrorLabel   string        // labels.mailroom_error: mailbox added to a message that cannot be sorted, default "@MailroomError"
	WarningLabel string        // labels.mailroom_warning: mailbox added to a message sorted with a doubt, default "@MailroomWarning"
	Warnings     bool          // labels.warnings_enabled: add the warning label at all, default true
	Level        slog.Level    // logging.level: debug, info, warning or error, default info
	JMAPURL      string        // fastmail.jmap_url: the JMAP session resource (RFC 8620 section 2), default Fastmail's
	CardDAVURL   string        // fastmail.carddav_url: where CardDAV discovery starts (RFC 6764), default Fastmail's
}

// Category is one entry of triage.categories: a name, or an object with these keys.
type Category struct {
	Name        string // name: also the name of its contact group
	Mailbox     string // destination_mailbox: default the name
	Parent      string // parent: name of the category whose mailbox holds this one
	ContactType string // contact_type: what its contacts are, company (default) or person
}

var defaultCategories = []Category{
	{Name: "Imbox", Mailbox: "Inbox", ContactType: "company"},
	{Name: "Feed", Mailbox: "Feed", ContactType: "company"},
	{Name: "Paper Trail", Mailbox: "Paper Trail", ContactType: "company"},
	{Name: "Jail", Mailbox: "Jail", ContactType: "company"},
	{Name: "Person", Mailbox: "Person", Parent: "Imbox", ContactType: "person"},
}

var levels = map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warning": slog.LevelWarn, "error": slog.LevelError}

// loadConfig reads the file. Every mistake is in one failure, one line each.
func loadConfig(path string) (Config, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, failure{exitInput, "Config file not found: " + path}
	}
	if err != nil {
		return Config{}, failure{exitInput, fmt.Sprintf("Config file %s cannot be read: %v", path, errors.Unwrap(err))}
	}
	config, mistakes := parseConfig(text)
	if len(mistakes) > 0 {
		return Config{}, failure{exitInput, fmt.Sprintf("Config file %s is not valid:\n  %s", path, strings.Join(mistakes, "\n  "))}
	}
	return config, nil
}

func parseConfig(text []byte) (Config, []string) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return Config{}, []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	r := &reader{}
	var root *yaml.Node
	if len(document.Content) > 0 {
		root = document.Content[0]
	}
	top := r.object(root, "", "polling", "triage", "labels", "logging", "fastmail")
	polling := r.object(top["polling"], "polling", "interval", "debounce_seconds")
	triage := r.object(top["triage"], "triage", "screener_mailbox", "categories")
	labels := r.object(top["labels"], "labels", "mailroom_error", "mailroom_warning", "warnings_enabled")
	logging := r.object(top["logging"], "logging", "level")
	fastmail := r.object(top["fastmail"], "fastmail", "jmap_url", "carddav_url")

	interval := r.seconds(polling["interval"], "polling.interval", 60, 1, 86400)
	config := Config{
		Interval:     time.Duration(interval) * time.Second,
		Debounce:     time.Duration(r.seconds(polling["debounce_seconds"], "polling.debounce_seconds", min(3, interval), 0, interval)) * time.Second,
		Screener:     r.text(triage["screener_mailbox"], "triage.screener_mailbox", "Screener"),
		ErrorLabel:   r.text(labels["mailroom_error"], "labels.mailroom_error", "@MailroomError"),
		WarningLabel: r.text(labels["mailroom_warning"], "labels.mailroom_warning", "@MailroomWarning"),
		Warnings:     r.flag(labels["warnings_enabled"], "labels.warnings_enabled", true),
		Level:        levels[r.choice(logging["level"], "logging.level", "info", "debug", "info", "warning", "error")],
		JMAPURL:      r.url(fastmail["jmap_url"], "fastmail.jmap_url", "https://api.fastmail.com/jmap/session"),
		CardDAVURL:   r.url(fastmail["carddav_url"], "fastmail.carddav_url", "https://carddav.fastmail.com/"),
	}
	config.Categories = r.categories(triage["categories"])
	r.checkCategories(config.Categories, config.Screener)
	return config, r.mistakes
}
