package main

import (
	"context"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// carddav speaks the contacts side (RFC 6352); discovery by RFC 6764 and RFC 5397.
type carddav struct {
	service
	start string // where discovery begins
	book  string // address of the address book
}

func newCardDAV(address, username, password string) *carddav {
	return &carddav{start: address, service: service{"CardDAV", "MAILROOM_CARDDAV_USERNAME with MAILROOM_CARDDAV_PASSWORD",
		func(r *http.Request) { r.SetBasicAuth(username, password) }}}
}

type href struct {
	Href string `xml:"DAV: href"`
}

type response struct {
	href
	Props []prop `xml:"DAV: propstat>prop"`
}

type prop struct {
	Principal href   `xml:"DAV: current-user-principal"`
	Home      href   `xml:"urn:ietf:params:xml:ns:carddav addressbook-home-set"`
	Type      kind   `xml:"DAV: resourcetype"`
	Card      string `xml:"urn:ietf:params:xml:ns:carddav address-data"`
}

type kind struct {
	Book *struct{} `xml:"urn:ietf:params:xml:ns:carddav addressbook"`
}

type multistatus struct {
	Responses []response `xml:"DAV: response"`
}

func (d *carddav) query(ctx context.Context, method, address, depth, body string) (multistatus, string, error) {
	var result multistatus
	got, err := d.do(ctx, request{method, address, `<?xml version="1.0" encoding="utf-8"?>` + body,
		map[string]string{"Content-Type": "application/xml; charset=utf-8", "Depth": depth}})
	if err != nil {
		return result, "", err
	}
	if got.status != http.StatusMultiStatus || xml.Unmarshal(got.body, &result) != nil {
		return result, "", failure{exitUnreachable, fmt.Sprintf("CardDAV: %s did not answer as an address book server (status %d); check fastmail.carddav_url", address, got.status)}
	}
	return result, got.url, nil
}

const ns = `xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"`

// connect finds the address book: well-known address, then principal, then home, then the first book in it.
func (d *carddav) connect(ctx context.Context) error {
	here := d.start
	if parsed, err := url.Parse(here); err == nil && strings.Trim(parsed.Path, "/") == "" {
		here = strings.TrimRight(here, "/") + "/.well-known/carddav"
	}
	for _, step := range []struct {
		depth, prop, what string
		found             func(response, prop) string
	}{
		{"0", "<d:current-user-principal/>", "principal", func(_ response, p prop) string { return p.Principal.Href }},
		{"0", "<c:addressbook-home-set/>", "address book home", func(_ response, p prop) string { return p.Home.Href }},
		{"1", "<d:resourcetype/>", "address book", func(r response, p prop) string {
			if p.Type.Book == nil {
				return ""
			}
			return r.Href
		}},
	} {
		result, asked, err := d.query(ctx, "PROPFIND", here, step.depth, `<d:propfind `+ns+`><d:prop>`+step.prop+`</d:prop></d:propfind>`)
		if err != nil {
			return err
		}
		if here = result.first(asked, step.found); here == "" {
			return failure{exitUnreachable, fmt.Sprintf("CardDAV: %s names no %s on the same host; check fastmail.carddav_url", host(d.start), step.what)}
		}
	}
	d.book = strings.TrimRight(here, "/") + "/"
	return nil
}

// first is the first address found in the answer, made absolute, or "" when there is none on the same host.
func (m multistatus) first(asked string, found func(response, prop) string) string {
	base, err := url.Parse(asked)
	if err != nil {
		return ""
	}
	for _, response := range m.Responses {
		for _, prop := range response.Props {
			path := found(response, prop)
			if target, err := base.Parse(path); path != "" && err == nil && target.Host == base.Host {
				return target.String()
			}
		}
	}
	return ""
}

// cards reads the whole address book, contacts and groups.
func (d *carddav) cards(ctx context.Context) (addressBook, error) {
	result, _, err := d.query(ctx, "REPORT", d.book, "1",
		`<c:addressbook-query `+ns+`><d:prop><c:address-data/></d:prop><c:filter/></c:addressbook-query>`)
	if err != nil {
		return nil, err
	}
	var book addressBook
	for _, response := range result.Responses {
		for _, prop := range response.Props {
			if prop.Card != "" {
				book = append(book, parseCard(prop.Card))
			}
		}
	}
	return book, nil
}

// createGroup puts an empty group. Its id comes from its name, so a repeated request cannot make a second one.
func (d *carddav) createGroup(ctx context.Context, name string) error {
	h := sha256.Sum256([]byte("mailroom contact group " + name))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80 // version 8, RFC 9562
	uid := fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
	got, err := d.do(ctx, request{http.MethodPut, d.book + uid + ".vcf", groupCard(uid, name),
		map[string]string{"Content-Type": "text/vcard; charset=utf-8", "If-None-Match": "*"}})
	if err != nil {
		return err
	}
	if got.status/100 != 2 && got.status != http.StatusPreconditionFailed {
		return fmt.Errorf("CardDAV: contact group %s cannot be created: status %d", name, got.status)
	}
	return nil
}
