package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

const accountID = "A1"

// newAPI is what mail clients see: JMAP behind the token, CardDAV behind user and password.
func newAPI(s *store, o options) http.Handler {
	mail, contacts := http.NewServeMux(), http.NewServeMux()
	j := &jmapServer{s, o.username}
	mail.HandleFunc("GET /.well-known/jmap", j.session)
	mail.HandleFunc("GET /jmap/session", j.session)
	mail.HandleFunc("POST /jmap/api/", j.api)
	d := &davServer{s, o.username}
	contacts.HandleFunc("/.well-known/carddav", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, davRoot, http.StatusMovedPermanently)
	})
	contacts.Handle(davRoot, d)

	bearer := login(`Bearer realm="mail"`, mail, func(r *http.Request) bool {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		return strings.EqualFold(scheme, "Bearer") && same(token, o.token)
	})
	basic := login(`Basic realm="contacts"`, contacts, func(r *http.Request) bool {
		username, password, ok := r.BasicAuth()
		return ok && same(username, o.username) && same(password, o.password)
	})
	root := http.NewServeMux()
	root.Handle("/jmap/", bearer)
	root.Handle("/.well-known/jmap", bearer)
	root.Handle(davRoot, basic)
	root.Handle("/.well-known/carddav", basic)
	return root
}

func login(challenge string, next http.Handler, allowed func(*http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(r) {
			w.Header().Set("WWW-Authenticate", challenge)
			http.Error(w, "authentication required", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// same compares without telling by its duration how much of a secret was right.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
