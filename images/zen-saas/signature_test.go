package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const token = "bootstrap-token-5f0c"

func newSaas(t *testing.T) *saas {
	t.Helper()
	config := Config{Token: token, Tenant: "acme", Cluster: "shop-1"}
	verifier, err := newVerifier(config)
	check(t, err)
	return &saas{config: config, store: newStore(), verifier: verifier, counts: newMetrics(), staple: &staple{config: config}}
}

var nonces int

// signed is a request as the agent makes it.
func signed(s *saas, method, url, body string) *http.Request {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	nonces++
	nonce := fmt.Sprintf("%032x", nonces)
	stamp(s, r, body, time.Now().UTC().Format(time.RFC3339), nonce)
	return r
}

func stamp(s *saas, r *http.Request, body, timestamp, nonce string) {
	r.Header.Set("X-Zen-Tenant", s.config.Tenant)
	r.Header.Set("X-Zen-Cluster", s.config.Cluster)
	r.Header.Set("X-Zen-Timestamp", timestamp)
	r.Header.Set("X-Zen-Nonce", nonce)
	r.Header.Set("X-Zen-Signature", sign(s.verifier.key, r.Method, r.URL.RequestURI(), timestamp, nonce, []byte(body)))
}

// The key and a signature that were computed elsewhere, by openssl: what both sides of the connection have to agree on.
func TestKeyAndSignatureAreThoseOfTheContract(t *testing.T) {
	s := newSaas(t)
	got := sign(s.verifier.key, "POST", "/v1/agents", "2026-01-31T12:00:00Z", strings.Repeat("ab", 16), []byte("{}"))
	if want := "ccb516697701258247c4728c4009760819b3b39aeadc420406ae9f347525c40e"; got != want {
		t.Fatal(got)
	}
}

func TestEachRefusalOfASignature(t *testing.T) {
	const body = `{"results":[]}`
	const nonce = "00112233445566778899aabbccddeeff"
	now := time.Now().UTC().Format(time.RFC3339)
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }
	for name, one := range map[string]struct {
		change func(s *saas, r *http.Request)
		says   string
	}{
		"another tenant":    {func(_ *saas, r *http.Request) { r.Header.Set("X-Zen-Tenant", "other") }, "tenant and cluster"},
		"another cluster":   {func(_ *saas, r *http.Request) { r.Header.Del("X-Zen-Cluster") }, "tenant and cluster"},
		"no time":           {func(_ *saas, r *http.Request) { r.Header.Del("X-Zen-Timestamp") }, "is no time"},
		"six minutes late":  {func(s *saas, r *http.Request) { stamp(s, r, body, at(-6*time.Minute), nonce) }, "away from this endpoint's, more than 5m0s"},
		"six minutes early": {func(s *saas, r *http.Request) { stamp(s, r, body, at(6*time.Minute), nonce) }, "check the clock"},
		"a short nonce":     {func(s *saas, r *http.Request) { stamp(s, r, body, now, nonce[1:]) }, "32 hexadecimal digits"},
		"no signature":      {func(_ *saas, r *http.Request) { r.Header.Del("X-Zen-Signature") }, "signature does not match"},
		"another time":      {func(_ *saas, r *http.Request) { r.Header.Set("X-Zen-Timestamp", at(-time.Minute)) }, "signature does not match"},
		"another nonce":     {func(_ *saas, r *http.Request) { r.Header.Set("X-Zen-Nonce", strings.Repeat("0", 32)) }, "signature does not match"},
		"another body":      {func(_ *saas, r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{}`)) }, "signature does not match"},
		"another query":     {func(_ *saas, r *http.Request) { r.URL.RawQuery = "all=1" }, "signature does not match"},
		"another way":       {func(_ *saas, r *http.Request) { r.URL.Path = "/v1/observations" }, "signature does not match"},
		"a key of a stranger": {func(s *saas, r *http.Request) {
			stranger, _ := newVerifier(Config{Token: "guessed", Tenant: "acme", Cluster: "shop-1"})
			stamp(&saas{config: s.config, verifier: stranger}, r, body, now, nonce)
		}, "check bootstrap token"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSaas(t)
			r := signed(s, "POST", "/v1/results", body)
			stamp(s, r, body, now, nonce)
			one.change(s, r)
			status, said := answerOf(s, r)
			if status != http.StatusUnauthorized || !strings.Contains(said, one.says) || strings.Contains(said, token) {
				t.Fatal(status, said)
			}
			// the nonce was not used up by it
			again := signed(s, "POST", "/v1/results", body)
			stamp(s, again, body, now, nonce)
			if status, said := answerOf(s, again); status != http.StatusOK {
				t.Fatal(status, said)
			}
		})
	}
}

func TestAReplayIsRefused(t *testing.T) {
	s := newSaas(t)
	r := signed(s, "GET", "/v1/remediations", "")
	if status, said := answerOf(s, r); status != http.StatusOK {
		t.Fatal(status, said)
	}
	if status, said := answerOf(s, r); status != http.StatusUnauthorized || !strings.Contains(said, "replayed") {
		t.Fatal(status, said)
	}
}

func TestNoncesAreForgottenWhenTheirTimeIsRefusedAnyway(t *testing.T) {
	s := newSaas(t)
	ask := func() { answerOf(s, signed(s, "GET", "/v1/remediations", "")) }
	ask()
	now := time.Now().Add(2*skew + time.Minute)
	s.verifier.now = func() time.Time { return now }
	check(t, s.verifier.use("ff", now, now))
	if n := len(s.verifier.seen); n != 1 {
		t.Fatal(n)
	}
}
