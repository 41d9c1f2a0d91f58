package main

import (
	"slices"
	"strings"
	"testing"
)

func TestGroupCardIsReadBack(t *testing.T) {
	name := "Bills, receipts; and a name so long that the line has to be folded: größer als fünfundsiebzig"
	text := groupCard("u-1", name)
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 75 {
			t.Errorf("line of %d bytes: %s", len(line), line)
		}
	}
	if c := parseCard(text); c.Name != name || c.UID != "u-1" || c.Kind != "group" {
		t.Errorf("got %+v", c)
	}
}

func TestBothFormsOfVCardAreUnderstood(t *testing.T) {
	for _, text := range []string{
		"BEGIN:VCARD\nVERSION:4.0\nUID:urn:uuid:g\nFN:Feed\nKIND:group\nMEMBER:urn:uuid:a\nMEMBER:urn:uuid:b\nEND:VCARD",
		"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:g\r\nFN:Feed\r\nX-ADDRESSBOOKSERVER-KIND:group\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:\r\n uuid:a\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:b\r\nEND:VCARD",
	} {
		if c := parseCard(text); c.UID != "g" || c.Kind != "group" || !slices.Equal(c.Members, []string{"a", "b"}) {
			t.Errorf("got %+v", c)
		}
	}
	c := parseCard("BEGIN:VCARD\nUID:x\nFN:Shop\nitem1.EMAIL;TYPE=work:Shop@Example.com\nX-ABShowAs:COMPANY\nEND:VCARD")
	if c.Kind != "org" || !slices.Equal(c.Emails, []string{"shop@example.com"}) {
		t.Errorf("got %+v", c)
	}
}

func TestSenderIsFoundThroughItsGroups(t *testing.T) {
	book := addressBook{
		{UID: "a", Kind: "individual", Emails: []string{"a@x"}}, {UID: "b", Kind: "org", Emails: []string{"b@x"}},
		{Name: "Feed", Kind: "group", Members: []string{"a", "b"}}, {Name: "Person", Kind: "group", Members: []string{"b"}},
	}
	categories := []Category{{Name: "Feed", ContactType: "company"}, {Name: "Person", ContactType: "person"}}
	for sender, want := range map[string]struct {
		names    string
		doubtful bool
	}{"a@x": {"Feed", true}, "b@x": {"Feed Person", true}, "c@x": {"", false}, "": {"", false}} {
		found, doubtful := book.categoriesOf(sender, categories)
		var names []string
		for _, c := range found {
			names = append(names, c.Name)
		}
		if strings.Join(names, " ") != want.names || doubtful != want.doubtful {
			t.Errorf("%s: got %q %v", sender, names, doubtful)
		}
	}
}
