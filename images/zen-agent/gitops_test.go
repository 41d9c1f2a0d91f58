package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const hookSecret = "a-secret-of-sixteen"

// inGit is an agent with a repository.
func inGit(t *testing.T, changes ...string) (*agent, *forge) {
	t.Helper()
	f := newForge(t)
	write(t, filepath.Join(f.config.GitDir, "webhook-secret"), hookSecret+"\n")
	a := newAgent(t, append(changes, "EXECUTION_MODES=gitops-immediate", "GIT_DIR="+f.config.GitDir, "GIT_REPOSITORIES="+f.in.Repository)...)
	a.deploy(t, "flux", `"spec": {"replicas": 1}`)
	return a, f
}

// scaled is the same with an order that is committed to it.
func scaled(t *testing.T, changes ...string) (*agent, *forge) {
	t.Helper()
	a, f := inGit(t, changes...)
	a.byCommit(t, f, "fix", "spec: {replicas: 3}", nil, nil)
	return a, f
}

// sync does what Flux or Argo CD does after the commit.
func (a *agent) sync(t *testing.T, replicas int64) {
	t.Helper()
	object := a.deployment(t)
	object.Object["spec"] = map[string]any{"replicas": replicas}
	bump(object)
	must(t, a.fake.Tracker().Update(deployments, object, "shop"))
}

func TestACommitIsMadeAndAwaited(t *testing.T) {
	a, f := scaled(t)
	a.round(t)
	a.round(t)
	if got := f.run(t, f.dir, "log", "--format=%an %s", "zen/fix"); got != "zen-agent Remediate Deployment shop/web\np first\n" {
		t.Fatal(got)
	}
	if got := f.run(t, f.dir, "show", "zen/fix:web.yaml"); !strings.Contains(got, "replicas: 3 # of a person") {
		t.Fatal(got)
	}
	if got := f.run(t, f.dir, "show", "main:web.yaml"); got != webFile {
		t.Fatalf("main was changed without a review\n%s", got)
	}
	a.expect(t, "fix", running, "")
	a.sync(t, 3)
	a.round(t)
	a.expect(t, "fix", running, "") // it looks every ten seconds
	a.clock = a.clock.Add(11 * time.Second)
	a.round(t)
	a.expect(t, "fix", succeeded, "")
}

func TestACommitThatIsThereIsNotMadeAgain(t *testing.T) {
	a, f := scaled(t)
	mark := "Zen-Remediation: zen/fix uid-of-fix\n"
	f.in.Branch = "zen/fix"
	repo := f.open(t)
	_, err := repo.push(t.Context(), "web.yaml", "replicas: 3\n", "Remediate\n\n"+mark)
	must(t, err)
	a.round(t)
	if got := f.run(t, f.dir, "rev-list", "--count", "zen/fix"); got != "2\n" {
		t.Fatal(got)
	}
	if _, done := since(a.remediation(t, "fix"), committed); !done {
		t.Fatal("it does not go on")
	}
}

func TestACommitThatDoesNotArriveFails(t *testing.T) {
	a, _ := scaled(t)
	a.round(t)
	a.clock = a.clock.Add(25 * time.Hour)
	a.round(t)
	a.expect(t, "fix", failed, "the commit has not arrived in the cluster within 24h0m0s; it stays in the repository")
}

func TestACommitThatDoesNotPassIsReverted(t *testing.T) {
	a, f := scaled(t, "VALIDATION_PROBES=kubernetes", "ROLLBACK_MODES=automatic,git-revert")
	a.round(t)
	a.sync(t, 3)
	a.clock = a.clock.Add(11 * time.Second)
	a.round(t)
	a.expect(t, "fix", running, "")
	a.clock = a.clock.Add(121 * time.Second)
	a.round(t)
	a.expect(t, "fix", rolledBack, "probe kubernetes")
	a.expect(t, "fix", rolledBack, "; reverted by a commit on the branch zen/fix")
	if got := f.run(t, f.dir, "show", "zen/fix:web.yaml"); got != webFile {
		t.Fatal(got)
	}
}

func TestAWebhookIsWhatValidationWaitsFor(t *testing.T) {
	a, _ := scaled(t, "GITOPS_VALIDATION=webhook")
	handler := (&health{hook: newWebhook(a.cluster.kube, a.executor.config)}).handler(a.counts)
	call := func(header, key, body string) int {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte(body))
		request := httptest.NewRequest("POST", "/webhooks/git", bytes.NewBufferString(body))
		request.Header.Set(header, "sha256="+hex.EncodeToString(mac.Sum(nil)))
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		return answer.Code
	}
	a.clock = time.Now().Add(-time.Second)
	a.round(t)
	a.sync(t, 3)
	a.clock = time.Now()
	a.round(t)
	a.expect(t, "fix", running, "")
	for _, one := range []struct{ header, key string }{
		{"X-Signature", "another-secret-of-sixteen"}, {"X-Other", hookSecret}, {"X-Signature", ""},
	} {
		if code := call(one.header, one.key, "{}"); code != http.StatusUnauthorized {
			t.Errorf("%+v: %d", one, code)
		}
	}
	a.round(t)
	a.expect(t, "fix", running, "")
	for _, header := range []string{"X-Signature", "X-Hub-Signature-256"} {
		if code := call(header, hookSecret, `{"kind":"Kustomization"}`); code != http.StatusOK {
			t.Fatal(code)
		}
	}
	a.round(t)
	a.expect(t, "fix", succeeded, "")
	polling := (&health{hook: newWebhook(nil, Config{})}).handler(a.counts)
	answer := httptest.NewRecorder()
	if polling.ServeHTTP(answer, httptest.NewRequest("POST", "/webhooks/git", nil)); answer.Code != http.StatusNotFound {
		t.Errorf("where validation is by polling: %d", answer.Code)
	}
}
