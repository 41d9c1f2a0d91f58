package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

//go:embed page.html
var pageText string
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"at": func(t time.Time) string { return t.Format(time.RFC3339) },
	"tone": func(phase string) string {
		if phase == "Succeeded" {
			return "good"
		}
		return "bad"
	},
}).Parse(pageText))

var objectName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)

// adminHandler is the side for people and tests, without login: keep its port inside the cluster. It answers at an address or at localhost, and takes JSON alone.
func (s *saas) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'")
		_ = page.Execute(w, s.view())
	})
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, s.view()) })
	mux.HandleFunc("DELETE /state", func(w http.ResponseWriter, _ *http.Request) {
		s.store.clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /remediations", s.queue)
	mux.HandleFunc("PUT /ocsp", func(w http.ResponseWriter, r *http.Request) {
		var given struct{ Status string }
		if err := strictly(w, r, &given); err != nil {
			reply(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		} else if err := s.staple.set(given.Status); err != nil {
			reply(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		} else {
			w.WriteHeader(http.StatusNoContent)
		}
	})
	mux.HandleFunc("PUT /connections", func(w http.ResponseWriter, r *http.Request) {
		var given struct{ Reuse *bool }
		err := strictly(w, r, &given)
		if err == nil && given.Reuse == nil {
			err = errors.New("reuse is missing: whether a connection carries more than one request")
		}
		if err != nil {
			reply(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		s.single.Store(!*given.Reuse)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if s.draining.Load() {
			http.Error(w, "draining", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		fmt.Fprint(w, s.counts.text(s.view()))
	})
	return atAddress(http.NewCrossOriginProtection().Handler(asJSON(mux))) // no other website may press these buttons through a browser
}

// atAddress refuses a request for any name but localhost: a website whose own name was made to resolve to this port would be of one origin with it.
func atAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err != nil && !strings.EqualFold(host, "localhost") {
			reply(w, http.StatusMisdirectedRequest, map[string]string{"error": "this page has no name: open it at localhost or at an address, such as http://127.0.0.1:8081/"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// asJSON refuses a body that says it is something else: a form of another website can send those without asking.
func asJSON(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost || r.Method == http.MethodPut {
			if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
				reply(w, http.StatusUnsupportedMediaType, map[string]string{"error": "the body is JSON: send Content-Type: application/json"})
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// approvalModes are the ways in which people approve.
var approvalModes = []string{"ui-immediate", "slack", "scheduled"}

// queue takes a remediation that someone has approved: {"name", "spec", "approvedBy", "approvedVia"}.
func (s *saas) queue(w http.ResponseWriter, r *http.Request) {
	var given struct {
		Name        string
		Spec        map[string]any
		ApprovedBy  string
		ApprovedVia string
	}
	err := strictly(w, r, &given)
	if err != nil {
		reply(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	switch {
	case !objectName.MatchString(given.Name):
		err = errors.New("name must be that of an object: lower-case letters, digits, \"-\" and \".\"")
	case len(given.Spec) == 0:
		err = errors.New("spec is missing: that of a ZenAgentRemediation")
	case strings.TrimSpace(given.ApprovedBy) == "":
		err = errors.New("approvedBy is missing: nothing is done that nobody approved")
	case !slices.Contains(approvalModes, given.ApprovedVia):
		err = errors.New("approvedVia must be one of " + strings.Join(approvalModes, ", ") + ": by which way it was approved")
	default:
		err = s.store.queue(Remediation{Name: given.Name, Spec: given.Spec, ApprovedBy: given.ApprovedBy, ApprovedVia: given.ApprovedVia})
	}
	if err != nil {
		reply(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// listenAdmin starts the side for people and tests.
func (s *saas) listenAdmin() (*http.Server, error) {
	server := &http.Server{Handler: s.adminHandler(), ReadHeaderTimeout: 5 * time.Second}
	return server, start(server, s.config.AdminAddress, "admin")
}

func strictly(w http.ResponseWriter, r *http.Request, into any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the body is not what is expected here: %w", err)
	}
	return nil
}
