package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// hooked is an agent whose remediation someone else commits, and what takes webhooks for it.
func hooked(t *testing.T) (*agent, *webhook) {
	t.Helper()
	a, _ := inGit(t, "GITOPS_VALIDATION=webhook")
	a.clock = time.Now()
	return a, newWebhook(a.cluster.kube, a.executor.config).(*webhook)
}

// elsewhere takes an order without a patch: someone else commits the change.
func (a *agent) elsewhere(t *testing.T, name string) {
	t.Helper()
	a.order(t, name, "gitops-immediate", "", map[string]any{"patch": nil, "gitops": map[string]any{"repository": "https://git.example.com/shop", "path": "web.yaml"}})
}

// told sends a webhook as Flux does.
func told(t *testing.T, w *webhook, body string) string {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write([]byte(body))
	request := httptest.NewRequest("POST", "/webhooks/git", bytes.NewBufferString(body))
	request.Header.Set("X-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer := httptest.NewRecorder()
	if w.ServeHTTP(answer, request); answer.Code != http.StatusOK {
		t.Fatal(answer.Code, answer.Body)
	}
	return answer.Body.String()
}

const aboutOther = `{"commits": [{"id": "0123", "message": "Unrelated\n\nZen-Remediation: zen/other\n"}]}`
const aboutOne = `{"commits": [{"id": "4567", "message": "Harden\n\nZen-Remediation: zen/one\n"}]}`

func TestACallThatNamesAnotherRemediationIsNotBelieved(t *testing.T) {
	a, w := hooked(t)
	a.elsewhere(t, "one")
	a.round(t)
	a.round(t)
	for _, body := range []string{
		`{"kind": "Kustomization"}`, aboutOther, `{"message": "Zen-Remediation: zen/one-more"}`, `{"message": "Zen-Remediation: shop/one"}`,
		`{"message": "Zen-Remediation: zen/one 11111111-2222-3333-4444-555555555555"}`, `{"message": "one"}`,
	} {
		told(t, w, body)
		a.round(t)
		a.expect(t, "one", running, "")
	}
	told(t, w, aboutOne)
	a.round(t)
	a.expect(t, "one", succeeded, "")
}

func TestACallByItsUIDOrCommitIsBelieved(t *testing.T) {
	a, w := hooked(t)
	a.elsewhere(t, "one")
	a.round(t)
	told(t, w, `{"metadata": {"remediation": "`+string(a.remediation(t, "one").GetUID())+`"}}`)
	a.round(t)
	a.expect(t, "one", succeeded, "")
}

func TestACallThatComesEarlyIsKept(t *testing.T) {
	for title, early := range map[string]func(*testing.T, *agent, *webhook){
		"before the agent has the order": func(t *testing.T, a *agent, w *webhook) {
			told(t, w, aboutOne)
			a.elsewhere(t, "one")
			for end := time.Now().Add(20 * time.Second); a.remediation(t, "one").GetAnnotations()[namedAnnotation] == "" && time.Now().Before(end); {
				time.Sleep(50 * time.Millisecond) // it is delivered by itself
			}
		},
		"before it begins": func(t *testing.T, a *agent, w *webhook) {
			a.elsewhere(t, "one")
			told(t, w, aboutOne)
		},
		"before it waits": func(t *testing.T, a *agent, w *webhook) {
			a.elsewhere(t, "one")
			a.clock = time.Now().Add(5 * time.Minute)
			told(t, w, aboutOne)
		},
	} {
		t.Run(title, func(t *testing.T) {
			a, w := hooked(t)
			early(t, a, w)
			a.round(t)
			a.round(t)
			a.expect(t, "one", succeeded, "")
		})
	}
}

// Only a line of its own names a remediation, with its whole UID or none: what is written after another word may be anybody's.
func TestWhatOnlyLooksLikeTheMarkNamesNothing(t *testing.T) {
	for _, body := range []string{
		`{"message": "Approved by: Zen-Remediation: zen/one"}`,
		`{"message": "Zen-Remediation: zen/one or another"}`,
		`{"message": "Zen-Remediation: zen/one 0b0f7a2c-3c1d-4a52-9f0e-6a1f2d7c8b9"}`,
		"Zen-Remediation: zen/one, and more",
	} {
		if all := callsIn(body, "zen", time.Now()); len(all) != 0 {
			t.Fatalf("%s names %v", body, all)
		}
	}
	for _, body := range []string{
		`{"commits": [{"message": "Remediate\n\nApproved by: p\nZen-Remediation: zen/one\n"}]}`,
		"Zen-Remediation: zen/one\r\n",
	} {
		if all := callsIn(body, "zen", time.Now()); len(all) != 1 || all[0].name != "one" {
			t.Fatalf("%s names %v", body, all)
		}
	}
	if hasLine("Approved by: Zen-Remediation: zen/one\n", "Zen-Remediation: zen/one") || !hasLine("a\nZen-Remediation: zen/one\n", "Zen-Remediation: zen/one") {
		t.Fatal("a mark is a line")
	}
}

func TestACallIsKeptForABoundedTime(t *testing.T) {
	a, w := hooked(t)
	told(t, w, aboutOne)
	w.now = func() time.Time { return time.Now().Add(keptFor + time.Second) }
	a.elsewhere(t, "one")
	w.deliver(t.Context())
	a.round(t)
	a.round(t)
	a.expect(t, "one", running, "")
	if len(w.early) != 0 {
		t.Fatalf("%v is kept", w.early)
	}
	a.elsewhere(t, "two") // told long before it begins
	told(t, w, `{"message": "Zen-Remediation: zen/two"}`)
	a.clock = time.Now().Add(2*keptFor + time.Minute)
	a.round(t)
	a.round(t)
	a.expect(t, "two", running, "")
	for range 3 * mostEarly {
		a.clock = a.clock.Add(time.Second)
		told(t, w, `{"message": "Zen-Remediation: zen/n-`+hex.EncodeToString([]byte(a.clock.String()))+`"}`)
	}
	if len(w.early) > mostEarly {
		t.Fatalf("%d are kept", len(w.early))
	}
}

func TestWhatIsOverIsToldNothing(t *testing.T) {
	a, w := hooked(t)
	a.elsewhere(t, "one")
	a.round(t)
	told(t, w, aboutOne)
	a.round(t)
	a.expect(t, "one", succeeded, "")
	before := a.remediation(t, "one").GetAnnotations()[namedAnnotation]
	told(t, w, aboutOne)
	if after := a.remediation(t, "one").GetAnnotations()[namedAnnotation]; after != before || len(w.early) != 0 {
		t.Fatal(after, w.early)
	}
}

// With a patch the object is what counts: a call about another commit, as after a merge, is a reason to look, and no more than that.
func TestWithAPatchTheObjectIsBelievedAndNotTheCall(t *testing.T) {
	a, _ := scaled(t, "GITOPS_VALIDATION=webhook")
	w := newWebhook(a.cluster.kube, a.executor.config).(*webhook)
	a.clock = time.Now().Add(-time.Second)
	a.round(t)
	a.round(t)
	told(t, w, aboutOther)
	a.round(t)
	a.expect(t, "fix", running, "")
	a.clock = time.Now()
	a.sync(t, 3)
	told(t, w, aboutOther)
	a.clock = time.Now()
	a.round(t)
	a.expect(t, "fix", succeeded, "")
}

// The call comes between the push and the agent's note of it, and no other follows.
func TestACallBeforeTheCommitIsNotedIsNotMissed(t *testing.T) {
	a, _ := scaled(t, "GITOPS_VALIDATION=webhook")
	w := newWebhook(a.cluster.kube, a.executor.config).(*webhook)
	a.clock = time.Now()
	told(t, w, `{"kind": "Kustomization"}`)
	a.sync(t, 3)
	a.clock = time.Now().Add(2 * time.Second)
	a.round(t)
	a.round(t)
	a.expect(t, "fix", succeeded, "")
}
