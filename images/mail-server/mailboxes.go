package main

import (
	"fmt"
	"slices"
	"strings"
)

type mailbox struct{ ID, Name, ParentID, Role string }

var roles = map[string]string{"Inbox": "inbox", "Archive": "archive", "Trash": "trash"}

func (s *store) mailbox(id string) *mailbox {
	if i := slices.IndexFunc(s.Mailboxes, func(m *mailbox) bool { return m.ID == id }); i >= 0 {
		return s.Mailboxes[i]
	}
	return nil
}

func (s *store) child(parentID, name string) *mailbox {
	if i := slices.IndexFunc(s.Mailboxes, func(m *mailbox) bool { return m.ParentID == parentID && m.Name == name }); i >= 0 {
		return s.Mailboxes[i]
	}
	return nil
}

// at finds a mailbox by its path, such as Inbox/Person.
func (s *store) at(path string) *mailbox {
	var box *mailbox
	parent := ""
	for name := range strings.SplitSeq(path, "/") {
		if box = s.child(parent, name); box == nil {
			return nil
		}
		parent = box.ID
	}
	return box
}

func (s *store) path(box *mailbox) string {
	if parent := s.mailbox(box.ParentID); parent != nil {
		return s.path(parent) + "/" + box.Name
	}
	return box.Name
}

func (s *store) addMailbox(name, parentID string) (*mailbox, error) {
	switch {
	case strings.TrimSpace(name) == "" || strings.Contains(name, "/"):
		return nil, fmt.Errorf("a mailbox needs a name without a slash, got %q", name)
	case parentID != "" && s.mailbox(parentID) == nil:
		return nil, fmt.Errorf("the parent mailbox does not exist")
	case s.child(parentID, name) != nil:
		return nil, fmt.Errorf("a mailbox %q exists there already", name)
	}
	box := &mailbox{ID: s.id("P"), Name: name, ParentID: parentID}
	if parentID == "" {
		box.Role = roles[name]
	}
	s.Mailboxes = append(s.Mailboxes, box)
	return box, nil
}

// removeMailbox takes the mailbox, what is inside it, and the messages that are nowhere else.
func (s *store) removeMailbox(box *mailbox) {
	for _, inner := range slices.Clone(s.Mailboxes) {
		if inner.ParentID == box.ID {
			s.removeMailbox(inner)
		}
	}
	s.Mailboxes = slices.DeleteFunc(s.Mailboxes, func(m *mailbox) bool { return m == box })
	s.Messages = slices.DeleteFunc(s.Messages, func(m *message) bool {
		delete(m.MailboxIDs, box.ID)
		return len(m.MailboxIDs) == 0
	})
}
