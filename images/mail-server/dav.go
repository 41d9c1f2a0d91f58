package main

import (
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"strings"
)

const davRoot = "/dav/"

// davServer is CardDAV (RFC 6352) with one address book: discovery, query, and the cards themselves.
type davServer struct {
	*store
	username string
}

func (d *davServer) principal() string { return davRoot + "principals/user/" + d.username + "/" }
func (d *davServer) home() string      { return davRoot + "addressbooks/user/" + d.username + "/" }
func (d *davServer) book() string      { return d.home() + "Default/" }

func (d *davServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	uid, isCard := strings.CutPrefix(r.URL.Path, d.book())
	uid, hasSuffix := strings.CutSuffix(uid, ".vcf")
	isCard = isCard && hasSuffix && !strings.Contains(uid, "/")
	switch {
	case r.Method == http.MethodOptions:
		w.Header().Set("DAV", "1, 3, addressbook")
		w.Header().Set("Allow", "OPTIONS, PROPFIND, REPORT, GET, PUT, DELETE")
	case r.Method == "PROPFIND":
		d.propfind(w, r)
	case r.Method == "REPORT" && r.URL.Path == d.book():
		d.report(w, r)
	case isCard && r.Method == http.MethodGet:
		d.get(w, uid)
	case isCard && r.Method == http.MethodPut:
		d.put(w, r, uid)
	case isCard && r.Method == http.MethodDelete:
		d.delete(w, uid)
	default:
		http.Error(w, "not here", http.StatusNotFound)
	}
}

// report answers an addressbook-query with every card, whatever its filter: clients look through them themselves.
func (d *davServer) report(w http.ResponseWriter, r *http.Request) {
	var query struct {
		XMLName xml.Name  `xml:"urn:ietf:params:xml:ns:carddav addressbook-query"`
		Filter  *struct{} `xml:"urn:ietf:params:xml:ns:carddav filter"`
	}
	if err := xml.NewDecoder(io.LimitReader(r.Body, maxRequest)).Decode(&query); err != nil || query.Filter == nil {
		http.Error(w, "the body must be an addressbook-query with a filter (RFC 6352 section 10.3)", http.StatusBadRequest)
		return
	}
	list := ""
	d.read(func() {
		for _, c := range d.Cards {
			list += found(d.book()+c.UID+".vcf", props{"getetag": escaped(tag(c)), "address-data": escaped(c.text())}, nil)
		}
	})
	multistatus(w, list)
}

func (d *davServer) get(w http.ResponseWriter, uid string) {
	text, etag := "", ""
	d.read(func() {
		if c := d.card(uid); c != nil {
			text, etag = c.text(), tag(c)
		}
	})
	if text == "" {
		http.Error(w, "no such card", http.StatusNotFound)
		return
	}
	w.Header().Set("ETag", etag)
	w.Header().Set("Content-Type", "text/vcard; charset=utf-8")
	_, _ = io.WriteString(w, text)
}

func (d *davServer) put(w http.ResponseWriter, r *http.Request, uid string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	c := parseCard(string(body))
	if err != nil || c == nil || c.UID != uid {
		http.Error(w, "the body must be a vCard with a name whose UID is the name of the resource", http.StatusBadRequest)
		return
	}
	status := http.StatusCreated
	err = d.write(func() error {
		old := d.card(uid)
		switch match := r.Header.Get("If-Match"); {
		case old != nil && r.Header.Get("If-None-Match") == "*", match != "" && (old == nil || match != tag(old)):
			status = http.StatusPreconditionFailed
			return nil
		case old != nil:
			status = http.StatusNoContent
		}
		d.putCard(c)
		return nil
	})
	if err != nil {
		status = http.StatusInternalServerError
	}
	w.WriteHeader(status)
}

func (d *davServer) delete(w http.ResponseWriter, uid string) {
	status := http.StatusNotFound
	err := d.write(func() error {
		if d.card(uid) != nil {
			d.removeCard(uid)
			status = http.StatusNoContent
		}
		return nil
	})
	if err != nil {
		status = http.StatusInternalServerError
	}
	w.WriteHeader(status)
}

func tag(c *card) string {
	h := fnv.New64a()
	_, _ = io.WriteString(h, c.text())
	return fmt.Sprintf(`"%x"`, h.Sum64())
}
