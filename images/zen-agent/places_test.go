package main

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// neighbour is a server that the agent trusts too. It says what it was asked for.
func (f *forge) neighbour(t *testing.T) (address string, requests *[]string) {
	t.Helper()
	requests = &[]string{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		*requests = append(*requests, request.URL.Path)
		w.WriteHeader(http.StatusNotFound)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{f.ca.issue(t, t.TempDir(), template("localhost"))}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1), requests
}

// The login is for the repositories that are named, and for no other server.
func TestTheLoginGoesNowhereElse(t *testing.T) {
	for _, allowed := range []string{"", "GIT_REPOSITORIES=https://git.example.com/"} {
		f := newForge(t)
		config, err := loadConfig(given(t, "GIT_DIR="+f.config.GitDir, allowed))
		must(t, err)
		_, err = openRepository(context.Background(), config, f.in)
		if reasonOf(err) != "git" || !strings.Contains(err.Error(), "may not commit to") || *f.asked != 0 {
			t.Errorf("allowed %q: %v, %d requests", allowed, err, *f.asked)
		}
	}
}

func TestARepositoryIsAllowedByItsExactAddressOrWhatIsAboveIt(t *testing.T) {
	const allowed = "https://git.example.com/shop/,https://git.example.com:8443/team/web.git,https://all.example.com"
	config, err := loadConfig(given(t, "GIT_REPOSITORIES="+allowed))
	must(t, err)
	for _, address := range []string{
		"https://git.example.com/shop/web.git", "https://git.example.com:443/shop/a/b", "https://git.example.com/shop/web/",
		"https://git.example.com:8443/team/web.git", "https://all.example.com/x",
	} {
		if _, err := config.repositoryAt(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{
		"", "/shop/web.git", "git.example.com/shop/web.git", "file:///shop/web.git", "ssh://git@git.example.com/shop/web.git",
		"http://git.example.com/shop/web.git", "https:/git.example.com/shop/web.git", "https:git.example.com/shop/web.git",
		"HTTPS://git.example.com/shop/web.git", "https://GIT.example.com/shop/web.git", "https://Git.Example.Com/shop/web.git",
		"https://git.example.com./shop/web.git", "https://git.example.com/Shop/web.git", "https://git.example.com/shopping/web.git",
		"https://git.example.com/shop/../mail/web.git", "https://git.example.com/shop/./web.git", "https://git.example.com/shop/..",
		"https://git.example.com/shop/%2e%2e/mail", "https://git.example.com/shop/%2E%2E/mail", "https://git.example.com/shop%2fweb",
		"https://git.example.com/shop//web.git", "https://git.example.com//shop/web.git", `https://git.example.com/shop\..\mail`,
		"https://git.example.com@evil.example.com/shop/web.git", "https://user:x@git.example.com/shop/web.git",
		"https://git.example.com:443@evil.example.com/shop/x", `https://evil.example.com\@git.example.com/shop/web.git`,
		"https://git.example.com/shop/web.git?x=1", "https://git.example.com/shop/web.git?", "https://git.example.com/shop/web.git#x",
		"https://git.example.com?/shop/web.git", "https://git.example.com#/shop/web.git", "https://git.example.com/shop/web .git",
		"https://git.example.com/shop/web\n.git", "https://git.example.com/shop/wéb.git", "https://gıt.example.com/shop/web.git",
		"https://git.example.com:8443/shop/web.git", "https://git.example.com/team/web.git", "https://git.example.com:8443/team/web",
		"https://git.example.com:08443/team/web.git", "https://git.example.com:/shop/web.git", "https://git.example.com:70000/shop/web.git",
		"https://evil.git.example.com/shop/web.git", "https://git.example.com.evil/shop/web.git", "https://[::1]/shop/web.git",
		"https://all.example.com", "https://all.example.com/", "https:///shop/web.git", "https://git..example.com/shop/web.git",
	} {
		if _, err := config.repositoryAt(address); reasonOf(err) != "git" {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestAnAllowedRepositoryThatIsNoAddressIsAMistake(t *testing.T) {
	for _, address := range []string{"http://git.example.com", "git.example.com", "https://a@git.example.com", "https://git.example.com/a/../b", "https://*"} {
		_, err := loadConfig(given(t, "GIT_REPOSITORIES=https://git.example.com,"+address))
		if err == nil || !strings.Contains(err.Error(), "ZEN_AGENT_GIT_REPOSITORIES") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// A server that is allowed sends the agent to another one, which is not.
func TestARedirectIsNotFollowed(t *testing.T) {
	f := newForge(t)
	other, requests := f.neighbour(t)
	*f.redirect = other
	if _, err := openRepository(context.Background(), f.config, f.in); err == nil || len(*requests) != 0 {
		t.Fatalf("%v, %v", err, *requests)
	}
}
