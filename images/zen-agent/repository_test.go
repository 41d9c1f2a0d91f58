package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// forge serves a git repository by git's own program, over https and behind a password.
type forge struct {
	dir    string // the bare repository
	config Config
	in     gitops
	// asked counts requests; redirect, where it is set, is where they are sent
	asked    *int
	redirect *string
	ca       *authority
}

// webFile is the manifest of shop/web in it.
const webFile = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the shop
  namespace: shop
spec:
  replicas: 1   # of a person
`

func newForge(t *testing.T) *forge {
	t.Helper()
	root, secrets := t.TempDir(), t.TempDir()
	f := &forge{dir: filepath.Join(root, "shop.git"), asked: new(int), redirect: new(string)}
	f.run(t, root, "init", "--quiet", "--bare", "--initial-branch=main", f.dir)
	f.run(t, f.dir, "config", "http.receivepack", "true")
	work := filepath.Join(root, "work")
	f.run(t, root, "clone", "--quiet", f.dir, work)
	write(t, filepath.Join(work, "web.yaml"), webFile)
	f.run(t, work, "add", ".")
	f.run(t, work, "-c", "user.name=p", "-c", "user.email=p@example.com", "commit", "--quiet", "-m", "first")
	f.run(t, work, "push", "--quiet", "origin", "HEAD:main")
	backend := strings.TrimSpace(f.run(t, root, "--exec-path")) + "/git-http-backend"
	handler := &cgi.Handler{Path: backend, Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=agent"}, Stderr: io.Discard}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		*f.asked++
		if *f.redirect != "" {
			http.Redirect(w, request, *f.redirect+request.URL.RequestURI(), http.StatusFound)
			return
		}
		if _, password, _ := request.BasicAuth(); password != "right" {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, request)
	}))
	ca := newAuthority(t)
	pair := ca.issue(t, t.TempDir(), template("localhost"))
	server.TLS = newPeer(t).server.Clone()
	server.TLS.ClientAuth, server.TLS.Certificates[0] = 0, pair
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	write(t, filepath.Join(secrets, "username"), "agent")
	write(t, filepath.Join(secrets, "password"), "right\n")
	write(t, filepath.Join(secrets, "ca.crt"), ca.pem)
	f.in = gitops{Repository: strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/shop.git", Branch: "main", Path: "web.yaml"}
	config, err := loadConfig(given(t, "GIT_DIR="+secrets, "GIT_REPOSITORIES="+f.in.Repository))
	must(t, err)
	f.config, f.ca = config, ca
	return f
}

// link adds a symbolic link to the default branch.
func (f *forge) link(t *testing.T, name, to string) {
	t.Helper()
	must(t, os.Symlink(to, filepath.Join(filepath.Dir(f.dir), "work", name)))
}

func (f *forge) run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	command := exec.Command("git", args...)
	command.Dir = dir
	text, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, text)
	}
	return string(text)
}

func (f *forge) open(t *testing.T) *repository {
	t.Helper()
	repo, err := openRepository(context.Background(), f.config, f.in)
	must(t, err)
	return repo
}

func TestACommitIsPushedFoundAndReverted(t *testing.T) {
	f := newForge(t)
	hash, err := f.open(t).push(context.Background(), "web.yaml", "new\n", "Change\n\nZen-Remediation: zen/a 1\n")
	must(t, err)
	if got := f.run(t, f.dir, "log", "-1", "--format=%H %an %s", "main"); got != hash+" zen-agent Change\n" {
		t.Fatal(got)
	}
	if got := f.run(t, f.dir, "show", "main:web.yaml"); got != "new\n" {
		t.Fatal(got)
	}
	repo := f.open(t)
	if repo.find("Zen-Remediation: zen/a 1") != hash || repo.find("Zen-Remediation: zen/a 2") != "" {
		t.Fatal("the commit is found by its line, and by no other")
	}
	before, err := repo.before(hash, "Zen-Remediation: zen/a 1", "web.yaml")
	must(t, err)
	if _, err := repo.before(hash, "Zen-Remediation: zen/b 1", "web.yaml"); reasonOf(err) != "git" {
		t.Fatal(err)
	}
	if before != webFile {
		t.Fatal(before)
	}
	_, err = repo.push(context.Background(), "web.yaml", before, "Revert\n")
	must(t, err)
	if got := f.run(t, f.dir, "diff", "--stat", "main~2", "main"); got != "" {
		t.Fatal(got)
	}
	if _, err := f.open(t).before(hash, "Zen-Remediation: zen/a 1", "web.yaml"); err == nil || !strings.Contains(err.Error(), "was changed after commit") {
		t.Fatal(err)
	}
}

func TestABranchThatIsNotThereIsMade(t *testing.T) {
	f := newForge(t)
	f.in.Branch = "remediations/web"
	hash, err := f.open(t).push(context.Background(), "web.yaml", "new\n", "Change\n")
	must(t, err)
	if got := f.run(t, f.dir, "rev-parse", "remediations/web", "remediations/web~1", "main"); !strings.HasPrefix(got, hash) {
		t.Fatal(got)
	}
	if f.run(t, f.dir, "rev-parse", "remediations/web~1") != f.run(t, f.dir, "rev-parse", "main") {
		t.Fatal("it does not come from main")
	}
}

// The push is of the one branch: what others do to another one meanwhile does not matter, and nothing of it is sent.
func TestOneBranchAloneIsPushed(t *testing.T) {
	f := newForge(t)
	f.in.Branch = "zen/fix"
	repo := f.open(t)
	f.put(t, map[string]string{"other.yaml": "of a person\n"})
	main := f.run(t, f.dir, "rev-parse", "main")
	hash, err := repo.push(context.Background(), "web.yaml", "new\n", "Change\n")
	must(t, err)
	if got := f.run(t, f.dir, "rev-parse", "zen/fix", "main"); got != hash+"\n"+main {
		t.Fatal(got)
	}
}

func TestTheOldHistoryIsNotFetched(t *testing.T) {
	f := newForge(t)
	work := filepath.Join(filepath.Dir(f.dir), "work")
	for range history + 5 {
		f.run(t, work, "-c", "user.name=p", "-c", "user.email=p@example.com", "commit", "--quiet", "--allow-empty", "-m", "more")
	}
	f.run(t, work, "push", "--quiet", "origin", "HEAD:main")
	if _, err := f.open(t).push(context.Background(), "web.yaml", "new\n", "Change\n"); err != nil {
		t.Fatal(err)
	}
	if got := f.run(t, f.dir, "rev-list", "--count", "main"); got != "107\n" {
		t.Fatal(got)
	}
}

func TestARepositoryThatCannotBeUsedIsSaidInPlainWords(t *testing.T) {
	for _, one := range []struct {
		title, says string
		lasts       bool
		change      func(*testing.T, *forge)
	}{
		{"ssh", "is not reached by https", true, func(_ *testing.T, f *forge) { f.in.Repository = "ssh://git@localhost/shop.git" }},
		{"a path out of it", "is no path in a repository", true, func(_ *testing.T, f *forge) { f.in.Path = "../web.yaml" }},
		{"git's own folder", "is no path in a repository", true, func(_ *testing.T, f *forge) { f.in.Path = "x/.git/config" }},
		{"one that is not allowed", "may not commit to", true,
			func(_ *testing.T, f *forge) {
				f.in.Repository = strings.Replace(f.in.Repository, "shop.git", "shop.git.git", 1)
			}},
		{"a wrong password", "refuses the credentials", true,
			func(t *testing.T, f *forge) { write(t, filepath.Join(f.config.GitDir, "password"), "wrong") }},
		{"another name", "does not know the repository", true,
			func(_ *testing.T, f *forge) { f.in.Repository += "/mail" }},
		{"a server of another CA", "signed by a CA that is not trusted", false,
			func(t *testing.T, f *forge) { write(t, filepath.Join(f.config.GitDir, "ca.crt"), newAuthority(t).pem) }},
	} {
		t.Run(one.title, func(t *testing.T) {
			f := newForge(t)
			one.change(t, f)
			_, err := openRepository(context.Background(), f.config, f.in)
			if _, lasts := err.(*refusal); err == nil || !strings.Contains(err.Error(), one.says) || lasts != one.lasts {
				t.Fatalf("%T %v", err, err)
			}
		})
	}
}
