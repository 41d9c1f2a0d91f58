package main

import (
	"strings"
)

// card is the part of a vCard (RFC 6350, and the 3.0 form with Apple's X- properties) that decides where mail goes.
type card struct {
	UID, Name, Kind string // kind in lower case: individual, org, group
	Emails          []string
	Members         []string // UIDs of a group's contacts
}

var unescape = strings.NewReplacer(`\\`, `\`, `\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";")
var escape = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\n", `\n`)

func parseCard(text string) card {
	c := card{Kind: "individual"}
	for _, line := range strings.Split(unfold(text), "\n") {
		head, value, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		property, _, _ := strings.Cut(head, ";")
		if dot := strings.LastIndex(property, "."); dot >= 0 { // item1.EMAIL
			property = property[dot+1:]
		}
		value = unescape.Replace(strings.TrimSpace(value))
		switch strings.ToUpper(property) {
		case "UID":
			c.UID = bare(value)
		case "FN":
			c.Name = value
		case "KIND", "X-ADDRESSBOOKSERVER-KIND":
			c.Kind = strings.ToLower(value)
		case "X-ABSHOWAS":
			if strings.EqualFold(value, "company") {
				c.Kind = "org"
			}
		case "EMAIL":
			c.Emails = append(c.Emails, strings.ToLower(value))
		case "MEMBER", "X-ADDRESSBOOKSERVER-MEMBER":
			c.Members = append(c.Members, bare(value))
		}
	}
	return c
}

func bare(uid string) string { return strings.TrimPrefix(uid, "urn:uuid:") }

func unfold(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
}

// groupCard writes an empty contact group in the 3.0 form Fastmail uses.
func groupCard(uid, name string) string {
	lines := []string{"BEGIN:VCARD", "VERSION:3.0", "UID:" + uid, "FN:" + escape.Replace(name), "N:" + escape.Replace(name) + ";;;;",
		"X-ADDRESSBOOKSERVER-KIND:group", "END:VCARD", ""}
	for i, line := range lines {
		lines[i] = fold(line)
	}
	return strings.Join(lines, "\r\n")
}

// fold breaks a line after at most 75 bytes and never inside a character.
func fold(line string) string {
	var out strings.Builder
	width := 0
	for _, letter := range line {
		if size := len(string(letter)); width+size > 75 {
			out.WriteString("\r\n ")
			width = 1 + size
		} else {
			width += size
		}
		out.WriteRune(letter)
	}
	return out.String()
}
