package main

import "net/http"

const collection = "<d:collection/>"

// propfind tells a client the way: root to principal, principal to home, home to the address book, and the cards in it.
func (d *davServer) propfind(w http.ResponseWriter, r *http.Request) {
	principal := href(d.principal())
	own := map[string]props{
		davRoot:       {"current-user-principal": principal, "resourcetype": collection},
		d.principal(): {"current-user-principal": principal, "resourcetype": "<d:principal/>", "addressbook-home-set": href(d.home())},
		d.home():      {"current-user-principal": principal, "resourcetype": collection},
		d.book():      {"current-user-principal": principal, "resourcetype": collection + "<c:addressbook/>", "displayname": "Default"},
	}
	here, known := own[r.URL.Path]
	wanted, err := requested(r.Body)
	switch {
	case !known:
		http.Error(w, "not here", http.StatusNotFound)
		return
	case err != nil:
		http.Error(w, "the body must be a propfind element", http.StatusBadRequest)
		return
	}
	list := found(r.URL.Path, here, wanted)
	if r.Header.Get("Depth") != "0" && r.URL.Path == d.home() {
		list += found(d.book(), own[d.book()], wanted)
	} else if r.Header.Get("Depth") != "0" && r.URL.Path == d.book() {
		d.read(func() {
			for _, c := range d.Cards {
				list += found(d.book()+c.UID+".vcf", props{"getetag": escaped(tag(c)), "resourcetype": ""}, wanted)
			}
		})
	}
	multistatus(w, list)
}
