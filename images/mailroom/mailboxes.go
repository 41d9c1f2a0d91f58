package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

type mailbox struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	ParentID string `json:"parentId"`
	Role     string `json:"role"`
}

type mailboxes []mailbox

func (j *jmap) mailboxes(ctx context.Context) (mailboxes, error) {
	var reply struct{ List mailboxes }
	err := j.ask(ctx, "Mailbox/get", map[string]any{"ids": nil, "properties": []string{"id", "name", "parentId", "role"}}, &reply)
	return reply.List, err
}

// find returns the id of the mailbox at the path, or "". A server may show the inbox under a name of its own language.
func (m mailboxes) find(path mailboxPath) string {
	parent := ""
	for _, name := range path {
		id := ""
		for _, box := range m {
			if box.ParentID == parent && (box.Name == name || (box.Role == "inbox" && strings.EqualFold(name, "inbox"))) {
				id = box.ID
			}
		}
		if id == "" {
			return ""
		}
		parent = id
	}
	return parent
}

// createMailbox creates the last name of the path inside the mailbox of the names before it.
func (j *jmap) createMailbox(ctx context.Context, path mailboxPath, existing mailboxes) error {
	var parent any
	if len(path) > 1 {
		parent = existing.find(path[:len(path)-1])
	}
	var reply struct {
		NotCreated map[string]json.RawMessage `json:"notCreated"`
	}
	args := map[string]any{"create": map[string]any{"new": map[string]any{"name": path[len(path)-1], "parentId": parent}}}
	if err := j.ask(ctx, "Mailbox/set", args, &reply); err != nil {
		return err
	}
	if refused, ok := reply.NotCreated["new"]; ok {
		return fmt.Errorf("JMAP: mailbox %s cannot be created: %s", path, errorType(refused))
	}
	return nil
}
