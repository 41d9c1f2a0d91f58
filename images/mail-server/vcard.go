package main

import "strings"

var escape = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\n", `\n`)
var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";")

// text writes a vCard 3.0 with the X- properties address books use for groups.
func (c *card) text() string {
	lines := []string{"BEGIN:VCARD", "VERSION:3.0", "UID:" + c.UID, "FN:" + escape.Replace(c.Name), "N:" + escape.Replace(c.Name) + ";;;;"}
	switch c.Kind {
	case "group":
		lines = append(lines, "X-ADDRESSBOOKSERVER-KIND:group")
	case "org":
		lines = append(lines, "ORG:"+escape.Replace(c.Name), "X-ABShowAs:COMPANY")
	}
	for _, email := range c.Emails {
		lines = append(lines, "EMAIL;TYPE=INTERNET:"+email)
	}
	for _, uid := range c.Members {
		lines = append(lines, "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:"+uid)
	}
	if len(c.Categories) > 0 {
		escaped := make([]string, len(c.Categories))
		for i, name := range c.Categories {
			escaped[i] = escape.Replace(name)
		}
		lines = append(lines, "CATEGORIES:"+strings.Join(escaped, ","))
	}
	return strings.Join(append(lines, "END:VCARD", ""), "\r\n")
}

// parseCard reads the properties this server keeps; the others are dropped. It returns nil when the text is not a vCard with a UID and a name.
func parseCard(text string) *card {
	c := &card{Kind: "individual"}
	text = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(text)
	for line := range strings.Lines(text) {
		head, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		property, _, _ := strings.Cut(strings.ToUpper(head), ";")
		plain := unescape.Replace(value)
		switch property[strings.LastIndex(property, ".")+1:] {
		case "UID":
			c.UID = strings.TrimPrefix(plain, "urn:uuid:")
		case "FN":
			c.Name = plain
		case "KIND", "X-ADDRESSBOOKSERVER-KIND":
			c.Kind = strings.ToLower(plain)
		case "X-ABSHOWAS":
			c.Kind = "org"
		case "EMAIL":
			c.Emails = append(c.Emails, plain)
		case "MEMBER", "X-ADDRESSBOOKSERVER-MEMBER":
			c.Members = append(c.Members, strings.TrimPrefix(plain, "urn:uuid:"))
		case "CATEGORIES":
			c.Categories = names(plain)
		}
	}
	if !strings.HasPrefix(text, "BEGIN:VCARD") || c.UID == "" || c.Name == "" {
		return nil
	}
	return c
}
