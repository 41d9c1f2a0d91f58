package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

const pageSize = 100

type message struct {
	ID         string          `json:"id"`
	MailboxIDs map[string]bool `json:"mailboxIds"`
	From       []struct {
		Email string `json:"email"`
	} `json:"from"`
}

// sender is the address the message says it is from, in lower case, or "".
func (m message) sender() string {
	if len(m.From) == 0 {
		return ""
	}
	return strings.ToLower(m.From[0].Email)
}

// messagesIn lists all messages of a mailbox that arrived before the given time, oldest first.
func (j *jmap) messagesIn(ctx context.Context, mailboxID string, before time.Time) ([]message, error) {
	var all []message
	for {
		answers, err := j.run(ctx,
			call{"Email/query", map[string]any{
				"filter":   map[string]any{"inMailbox": mailboxID, "before": before.UTC().Format(time.RFC3339)},
				"sort":     []any{map[string]any{"property": "receivedAt", "isAscending": true}},
				"position": len(all), "limit": pageSize,
			}, "page"},
			call{"Email/get", map[string]any{
				"#ids":       map[string]string{"resultOf": "page", "name": "Email/query", "path": "/ids"},
				"properties": []string{"id", "mailboxIds", "from"},
			}, "messages"})
		if err != nil {
			return nil, err
		}
		var page struct{ List []message }
		if err := json.Unmarshal(answers["messages"], &page); err != nil {
			return nil, fmt.Errorf("JMAP: unreadable list of messages: %w", err)
		}
		if len(page.List) == 0 {
			return all, nil
		}
		all = append(all, page.List...)
	}
}

// refile takes a message out of some mailboxes and puts it into others in one step, and leaves the rest as it is.
func (j *jmap) refile(ctx context.Context, id string, out, in []string) error {
	patch := map[string]any{}
	for _, box := range out {
		patch["mailboxIds/"+box] = nil
	}
	for _, box := range in {
		patch["mailboxIds/"+box] = true
	}
	var reply struct {
		NotUpdated map[string]json.RawMessage `json:"notUpdated"`
	}
	if err := j.ask(ctx, "Email/set", map[string]any{"update": map[string]any{id: patch}}, &reply); err != nil {
		return err
	}
	if refused, ok := reply.NotUpdated[id]; ok {
		return fmt.Errorf("JMAP: message %s cannot be moved: %s", id, errorType(refused))
	}
	return nil
}
