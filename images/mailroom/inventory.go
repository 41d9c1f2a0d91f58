package main

import (
	"slices"
	"strings"
)

// mailboxPath is a mailbox by the names from the top level down.
type mailboxPath []string

func (p mailboxPath) String() string { return strings.Join(p, "/") }

// mailboxOf is where a category's mail goes: inside the mailbox of its parent category when it has one.
func (c Config) mailboxOf(category Category) mailboxPath {
	path := mailboxPath{category.Mailbox}
	for _, parent := range ancestors(c.Categories, category) {
		path = append(mailboxPath{parent.Mailbox}, path...)
	}
	return path
}

// requiredMailboxes lists every mailbox the service writes to or reads from, parents before what is inside them.
func (c Config) requiredMailboxes() []mailboxPath {
	list := []mailboxPath{{c.Screener}}
	for _, category := range c.Categories {
		list = append(list, c.mailboxOf(category))
	}
	list = append(list, mailboxPath{c.ErrorLabel}, mailboxPath{c.WarningLabel})
	slices.SortStableFunc(list, func(a, b mailboxPath) int { return len(a) - len(b) })
	var unique []mailboxPath
	for _, path := range list {
		if !slices.ContainsFunc(unique, func(p mailboxPath) bool { return slices.Equal(p, path) }) {
			unique = append(unique, path)
		}
	}
	return unique
}

// requiredGroups lists the contact group of every category.
func (c Config) requiredGroups() []string {
	var names []string
	for _, category := range c.Categories {
		names = append(names, category.Name)
	}
	return names
}
