package main

import (
	"context"
	"slices"
	"sync"
)

// account is the mail and the contacts of one person, as read by the last call of refresh.
type account struct {
	mail     *jmap
	contacts *carddav
	boxes    mailboxes
	book     addressBook
}

// connect logs in to both servers side by side, so that one run shows everything that is wrong with either.
func connect(ctx context.Context, config Config, secrets credentials) (*account, error) {
	a := &account{
		mail:     newJMAP(config.JMAPURL, secrets.jmapToken),
		contacts: newCardDAV(config.CardDAVURL, secrets.username, secrets.password),
	}
	return a, both(func() error { return a.mail.connect(ctx) }, func() error { return a.contacts.connect(ctx) })
}

// refresh reads the mailboxes and the address book again.
func (a *account) refresh(ctx context.Context) error {
	return both(
		func() (err error) { a.boxes, err = a.mail.mailboxes(ctx); return },
		func() (err error) { a.book, err = a.contacts.cards(ctx); return })
}

// missing lists what the configuration needs and the account does not have.
func (a *account) missing(config Config) (boxes []mailboxPath, groups []string) {
	boxes = slices.DeleteFunc(config.requiredMailboxes(), func(path mailboxPath) bool { return a.boxes.find(path) != "" })
	groups = slices.DeleteFunc(config.requiredGroups(), func(name string) bool { return a.book.group(name) != nil })
	return boxes, groups
}

func both(first, second func() error) error {
	var group sync.WaitGroup
	var one, two error
	group.Go(func() { one = first() })
	group.Go(func() { two = second() })
	group.Wait()
	return together(one, two)
}
