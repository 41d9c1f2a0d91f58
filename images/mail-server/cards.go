package main

import "slices"

// card is a contact or a group of contacts.
type card struct {
	UID, Name, Kind string // kind: individual, org or group
	Emails          []string
	Members         []string // UIDs, of a group
	Categories      []string // of a contact: the groups it joins as soon as they exist
}

func (s *store) card(uid string) *card {
	if i := slices.IndexFunc(s.Cards, func(c *card) bool { return c.UID == uid }); i >= 0 {
		return s.Cards[i]
	}
	return nil
}

func (s *store) group(name string) *card {
	if i := slices.IndexFunc(s.Cards, func(c *card) bool { return c.Kind == "group" && c.Name == name }); i >= 0 {
		return s.Cards[i]
	}
	return nil
}

// putCard adds a card or replaces the one with its UID, and lets contacts join the groups they are marked for.
func (s *store) putCard(c *card) {
	s.removeCard(c.UID)
	s.Cards = append(s.Cards, c)
	for _, group := range s.Cards {
		for _, contact := range s.Cards {
			wants := group.Kind == "group" && contact.Kind != "group" && slices.Contains(contact.Categories, group.Name)
			if wants && !slices.Contains(group.Members, contact.UID) {
				group.Members = append(group.Members, contact.UID)
			}
		}
	}
}

func (s *store) removeCard(uid string) {
	s.Cards = slices.DeleteFunc(s.Cards, func(c *card) bool { return c.UID == uid })
}
