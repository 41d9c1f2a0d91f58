package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const password = "git-password-71ac"

func serveOne(t *testing.T) *httptest.Server {
	t.Helper()
	for _, program := range []string{gitProgram, backend} {
		if _, err := os.Stat(program); err != nil {
			t.Skip(program, "is not on this machine")
		}
	}
	config := Config{Username: "agent", Password: password, Dir: t.TempDir()}
	check(t, makeRepository(config.Dir))
	check(t, makeRepository(config.Dir)) // another start finds it there
	server := httptest.NewServer(handler(config))
	t.Cleanup(server.Close)
	return server
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func client(t *testing.T, args ...string) (string, error) {
	command := exec.Command("git", args...)
	command.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ASKPASS=",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestARealGitClonesAndPushes(t *testing.T) {
	server := serveOne(t)
	at, _ := url.Parse(server.URL + "/repository.git")
	at.User = url.UserPassword("agent", password)
	work := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		if said, err := client(t, args...); err != nil {
			t.Fatal(args[0], said)
		}
	}
	git("clone", "-q", at.String(), work)
	// more than http.postBuffer and not compressible: sent in chunks
	noise := make([]byte, 3<<20)
	for i, state := 0, uint32(1); i < len(noise); i++ {
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24)
	}
	check(t, os.WriteFile(filepath.Join(work, "noise"), noise, 0o600))
	git("-C", work, "add", ".")
	git("-C", work, "commit", "-q", "-m", "more")
	git("-C", work, "push", "-q", "origin", "main", "main:refs/heads/remediation/one")
	copied := t.TempDir()
	git("clone", "-q", "--depth=1", "--branch=remediation/one", at.String(), copied)
	if got, err := os.ReadFile(filepath.Join(copied, "noise")); err != nil || string(got) != string(noise) {
		t.Fatal("another content", err)
	}
}

func TestNobodyElseReadsOrWrites(t *testing.T) {
	server := serveOne(t)
	for _, who := range []*url.Userinfo{nil, url.UserPassword("agent", "guessed"), url.UserPassword("other", password), url.UserPassword("agent", "")} {
		at, _ := url.Parse(server.URL + "/repository.git/info/refs?service=git-receive-pack")
		at.User = who
		response, err := http.Get(at.String())
		check(t, err)
		response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Fatal(who, response.StatusCode)
		}
	}
}

func TestNothingOutsideOfTheRepositoryIsServed(t *testing.T) {
	server := serveOne(t)
	for _, path := range []string{"/", "/other.git/info/refs?service=git-upload-pack", "/repository.git/../../etc/passwd", "/repository.git/config"} {
		request, err := http.NewRequest("GET", server.URL+path, nil)
		check(t, err)
		request.SetBasicAuth("agent", password)
		response, err := http.DefaultClient.Do(request)
		check(t, err)
		response.Body.Close()
		if response.StatusCode < 400 {
			t.Fatal(path, response.StatusCode)
		}
	}
}

func TestEveryMistakeOfTheEnvironmentAtOnce(t *testing.T) {
	_, err := loadConfig(func(key string) string { return map[string]string{"GIT_SERVER_TLS_DIR": "/nowhere"}[key] })
	for _, part := range []string{"GIT_SERVER_USERNAME is", "GIT_SERVER_PASSWORD is", "GIT_SERVER_TLS_DIR: "} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Fatal(part, err)
		}
	}
}
