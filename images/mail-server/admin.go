package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

//go:embed page.html
var pageText string
var page = template.Must(template.New("page").Parse(pageText))

// newAdmin is the side for people and tests, without login: keep its port inside the cluster.
//
//	GET    /                     the account as a page         GET    /state     the same as JSON       GET /healthz
//	POST   /messages             {from, subject, mailbox}      POST   /faults    see fault
//	POST   /mailboxes/<path>     DELETE /mailboxes/<path>      POST   /groups/<name>    DELETE /groups/<name>
func newAdmin(s *store, f *faults) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'")
		_ = page.Execute(w, s.view(f))
	})
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, s.view(f)) })
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("POST /messages", func(w http.ResponseWriter, r *http.Request) {
		var m struct{ From, Subject, Mailbox string }
		if body(w, r, &m) {
			change(w, s, func() error { _, err := s.deliver(m.From, m.Subject, m.Mailbox); return err })
		}
	})
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var next fault
		if !body(w, r, &next) {
			return
		}
		if next.DelayMS < 0 || next.DelayMS > 600_000 || next.Requests < 0 || next.Status != 0 && (next.Status < 400 || next.Status > 599) {
			http.Error(w, "delay_ms must be 0 to 600000, status 0 or 400 to 599, requests 0 or more", http.StatusBadRequest)
			return
		}
		f.set(next)
		reply(w, http.StatusOK, next)
	})
	mux.HandleFunc("POST /mailboxes/{path...}", func(w http.ResponseWriter, r *http.Request) {
		change(w, s, func() error { return s.addAt(r.PathValue("path")) })
	})
	mux.HandleFunc("DELETE /mailboxes/{path...}", func(w http.ResponseWriter, r *http.Request) {
		change(w, s, func() error {
			box := s.at(r.PathValue("path"))
			if box == nil {
				return fmt.Errorf("there is no mailbox %q", r.PathValue("path"))
			}
			s.removeMailbox(box)
			return nil
		})
	})
	mux.HandleFunc("POST /groups/{name}", func(w http.ResponseWriter, r *http.Request) {
		change(w, s, func() error {
			if name := strings.TrimSpace(r.PathValue("name")); name != "" && s.group(name) == nil {
				s.putCard(&card{UID: s.id("group-"), Name: name, Kind: "group"})
				return nil
			}
			return fmt.Errorf("a group needs a name that is not in use, got %q", r.PathValue("name"))
		})
	})
	mux.HandleFunc("DELETE /groups/{name}", func(w http.ResponseWriter, r *http.Request) {
		change(w, s, func() error {
			group := s.group(r.PathValue("name"))
			if group == nil {
				return fmt.Errorf("there is no contact group %q", r.PathValue("name"))
			}
			s.removeCard(group.UID)
			return nil
		})
	})
	return http.NewCrossOriginProtection().Handler(mux) // no other website may press these buttons through a browser
}

// addAt creates the last mailbox of a path; the ones before it must exist.
func (s *store) addAt(path string) error {
	parentID, name := "", path
	if cut := strings.LastIndex(path, "/"); cut >= 0 {
		parent := s.at(path[:cut])
		if parent == nil {
			return fmt.Errorf("there is no mailbox %q", path[:cut])
		}
		parentID, name = parent.ID, path[cut+1:]
	}
	_, err := s.addMailbox(name, parentID)
	return err
}

func body(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		http.Error(w, "the body is not what is expected here: "+err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func change(w http.ResponseWriter, s *store, do func() error) {
	if err := s.write(do); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
