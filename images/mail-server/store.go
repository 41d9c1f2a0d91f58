package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"sync"
)

// store is the whole account. Every method that touches it takes the lock through read or write.
type store struct {
	mu   sync.Mutex
	file string
	account
}

// account is what a state file holds.
type account struct {
	Mailboxes []*mailbox
	Messages  []*message
	Cards     []*card
	Changes   int // counts every change; JMAP states and CardDAV tags are made of it
}

// openStore reads the state file, or begins a new account when there is none.
func openStore(o options) (*store, error) {
	s := &store{file: o.stateFile}
	if s.file != "" {
		text, err := os.ReadFile(s.file)
		if err == nil {
			if err := json.Unmarshal(text, &s.account); err != nil {
				return nil, fmt.Errorf("state file %s cannot be read: %w; delete it to begin anew", s.file, err)
			}
			return s, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("state file: %w", err)
		}
	}
	return s, s.write(func() error { return s.begin(o) })
}

func (s *store) read(look func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	look()
}

// write makes one change and keeps it in the state file.
func (s *store) write(change func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Changes++
	if err := change(); err != nil || s.file == "" {
		return err
	}
	text, err := json.MarshalIndent(s.account, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.file+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(s.file+".new", s.file)
}

// id makes a new id; the change counter alone would repeat when one change makes two things.
func (s *store) id(prefix string) string {
	s.Changes++
	return prefix + strconv.Itoa(s.Changes)
}

func (s *store) state() string { return strconv.Itoa(s.Changes) }
