package main

import (
	"cmp"
	"errors"
)

// begin fills a new account: the mailboxes and groups asked for, three contacts, and one message of each contact and of a stranger.
func (s *store) begin(o options) error {
	var errs []error
	for _, name := range o.mailboxes {
		_, err := s.addMailbox(name, "")
		errs = append(errs, err)
	}
	for _, name := range o.groups {
		s.putCard(&card{UID: s.id("group-"), Name: name, Kind: "group"})
	}
	for _, c := range []*card{
		{UID: "newsletter", Name: "Weekly Newsletter", Kind: "org", Emails: []string{"weekly@newsletter.example"}, Categories: []string{"Feed"}},
		{UID: "shop", Name: "Online Shop", Kind: "org", Emails: []string{"receipts@shop.example"}, Categories: []string{"Paper Trail"}},
		{UID: "friend", Name: "A Friend", Kind: "individual", Emails: []string{"friend@home.example"}, Categories: []string{"Person"}},
	} {
		s.putCard(c)
	}
	if len(s.Mailboxes) > 0 {
		arrives := cmp.Or(s.at("Screener"), s.at("Inbox"), s.Mailboxes[0])
		for _, m := range [][2]string{
			{"Weekly Newsletter <weekly@newsletter.example>", "This week in containers"},
			{"Online Shop <receipts@shop.example>", "Your receipt"},
			{"A Friend <friend@home.example>", "Dinner on Friday?"},
			{"stranger@unknown.example", "You have never heard of me"},
		} {
			_, err := s.deliver(m[0], m[1], arrives.Name)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
