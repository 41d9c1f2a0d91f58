package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

type message struct {
	ID, FromName, FromEmail, Subject string
	ReceivedAt                       time.Time
	MailboxIDs                       map[string]bool
}

// deliver puts a new message into a mailbox. The sender is an address, with or without a name: Name <address>.
func (s *store) deliver(from, subject, path string) (*message, error) {
	box := s.at(path)
	if box == nil {
		return nil, fmt.Errorf("there is no mailbox %q", path)
	}
	name, email := "", strings.TrimSpace(from)
	if before, after, found := strings.Cut(from, "<"); found {
		name, email = strings.TrimSpace(before), strings.TrimSuffix(strings.TrimSpace(after), ">")
	}
	if !strings.Contains(email, "@") {
		return nil, fmt.Errorf("from must be a mail address, got %q", from)
	}
	m := &message{s.id("M"), name, email, subject, time.Now().UTC().Truncate(time.Second), map[string]bool{box.ID: true}}
	s.Messages = append(s.Messages, m)
	return m, nil
}

func (s *store) message(id string) *message {
	if i := slices.IndexFunc(s.Messages, func(m *message) bool { return m.ID == id }); i >= 0 {
		return s.Messages[i]
	}
	return nil
}

// in lists the messages of a mailbox, oldest first.
func (s *store) in(mailboxID string) []*message {
	return slices.DeleteFunc(slices.Clone(s.Messages), func(m *message) bool { return !m.MailboxIDs[mailboxID] })
}
