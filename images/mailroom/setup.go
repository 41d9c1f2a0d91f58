package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// setup checks that every mailbox and contact group exists (MR-40), and creates what does not when apply is set (MR-41).
// The summary is the last and short: a Job shows only the end of the log when it fails.
func setup(ctx context.Context, config Config, secrets credentials, apply bool, out io.Writer) error {
	account, err := connect(ctx, config, secrets)
	if err != nil {
		return err
	}
	if err := account.refresh(ctx); err != nil {
		return err
	}
	boxes, groups := account.missing(config)
	created := len(boxes) + len(groups)
	if apply && created > 0 {
		if err := account.create(ctx, boxes, groups); err != nil {
			return err
		}
		boxes, groups = account.missing(config)
	}
	if len(boxes)+len(groups) > 0 {
		return failure{exitMissing, missingText(boxes, groups)}
	}
	fmt.Fprintf(out, "setup succeeded: %d mailboxes and %d contact groups exist", len(config.requiredMailboxes()), len(config.requiredGroups()))
	if apply {
		fmt.Fprintf(out, ", %d of them created now", created)
	}
	fmt.Fprintln(out)
	return nil
}

// create makes what is missing and reads the account again; parents come before what is inside them.
func (a *account) create(ctx context.Context, boxes []mailboxPath, groups []string) error {
	for _, path := range boxes {
		if err := a.mail.createMailbox(ctx, path, a.boxes); err != nil {
			return err
		}
		slog.Info("mailbox created", "mailbox", path)
		var err error
		if a.boxes, err = a.mail.mailboxes(ctx); err != nil {
			return err
		}
	}
	for _, name := range groups {
		if err := a.contacts.createGroup(ctx, name); err != nil {
			return err
		}
		slog.Info("contact group created", "group", name)
	}
	return a.refresh(ctx)
}

func missingText(boxes []mailboxPath, groups []string) string {
	var lines []string
	if len(boxes) > 0 {
		names := make([]string, len(boxes))
		for i, path := range boxes {
			names[i] = path.String()
		}
		lines = append(lines, fmt.Sprintf("missing mailboxes (%d): %s", len(boxes), strings.Join(names, ", ")))
	}
	if len(groups) > 0 {
		lines = append(lines, fmt.Sprintf("missing contact groups (%d): %s", len(groups), strings.Join(groups, ", ")))
	}
	lines = append(lines, "Create them, or run setup once in apply mode (`setup.apply: true`).")
	return strings.Join(lines, "\n")
}
