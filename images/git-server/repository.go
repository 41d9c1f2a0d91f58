package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Programs of Debian's git.
const (
	gitProgram = "/usr/bin/git"
	backend    = "/usr/lib/git-core/git-http-backend"
)

// maxPush is how many bytes a push may have: it passes through memory.
const maxPush = 32 << 20

// makeRepository makes repository.git in a folder, with a first commit on main, unless it is there.
func makeRepository(folder string) error {
	bare := filepath.Join(folder, "repository.git")
	if _, err := os.Stat(filepath.Join(bare, "HEAD")); err == nil {
		return nil
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	if _, err := git("", "init", "--quiet", "--bare", "--initial-branch=main", "--template=", bare); err != nil {
		return err
	}
	for key, value := range map[string]string{"http.receivepack": "true", "receive.autogc": "false", "gc.auto": "0"} {
		if _, err := git("", "-C", bare, "config", key, value); err != nil {
			return err
		}
	}
	blob, err := git("What runs on the cluster.\n", "-C", bare, "hash-object", "-w", "--stdin")
	if err != nil {
		return err
	}
	tree, err := git("100644 blob "+blob+"\tREADME.md\n", "-C", bare, "mktree")
	if err != nil {
		return err
	}
	commit, err := git("", "-C", bare, "commit-tree", tree, "-m", "First commit")
	if err != nil {
		return err
	}
	_, err = git("", "-C", bare, "update-ref", "refs/heads/main", commit)
	return err
}

// git runs git with a text on its input and gives what it prints.
func git(input string, args ...string) (string, error) {
	command := exec.Command(gitProgram, args...)
	command.Stdin = strings.NewReader(input)
	command.Env = append([]string{
		"GIT_AUTHOR_NAME=git-server", "GIT_AUTHOR_EMAIL=git-server@localhost",
		"GIT_COMMITTER_NAME=git-server", "GIT_COMMITTER_EMAIL=git-server@localhost",
	}, environment...)
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, said.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// environment of every git: no configuration of the machine.
var environment = []string{"PATH=/usr/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"}

// handler lets the one user through to git's http-backend.
func handler(config Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if !equal(user, config.Username) || !equal(password, config.Password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "username and password are needed", http.StatusUnauthorized)
			return
		}
		// CGI knows the length of a body beforehand; git sends a large push in chunks
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPush))
		if err != nil {
			http.Error(w, fmt.Sprintf("the push has more than %d bytes or ended early", maxPush), http.StatusRequestEntityTooLarge)
			return
		}
		r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
		r.Header.Del("Authorization")
		slog.Info("request", "method", r.Method, "path", r.URL.Path, "service", r.URL.Query().Get("service"), "bytes", len(body))
		(&cgi.Handler{
			Path: backend,
			Env:  append([]string{"GIT_PROJECT_ROOT=" + config.Dir, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=" + user}, environment...),
		}).ServeHTTP(w, r)
	})
}

// equal compares in a time that says nothing about where texts differ.
func equal(given, expected string) bool {
	x, y := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(expected))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
