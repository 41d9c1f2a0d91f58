package main

import (
	"encoding/hex"
	"net/http"
	"testing"
	"time"
)

// Both values were computed by another implementation of RFC 5869 and HMAC.
const (
	knownKey       = "ebe2a8122edf333f842bf5438271024ccc631501971212f46b0cb3cfdb4f17a5"
	knownSignature = "1b7db1ef9e785988ceeb5964daea50cc84b42d3bc6a9464a51682f180afbada4"
)

func TestDeriveKeyKnownAnswer(t *testing.T) {
	key, err := deriveKey("token-of-a-test", "tenant-1", "cluster-1")
	if err != nil || hex.EncodeToString(key) != knownKey {
		t.Fatalf("%x, %v", key, err)
	}
	for _, other := range [][2]string{{"tenant-2", "cluster-1"}, {"tenant-1", "cluster-2"}} {
		if key, _ := deriveKey("token-of-a-test", other[0], other[1]); hex.EncodeToString(key) == knownKey {
			t.Errorf("%v has the same key", other)
		}
	}
}

func TestSignatureKnownAnswer(t *testing.T) {
	key, _ := hex.DecodeString(knownKey)
	sign := func(method, uri, at, nonce, body string) string {
		return signature(key, method, uri, at, nonce, []byte(body))
	}
	const at, nonce = "2026-01-31T12:00:00Z", "000102030405060708090a0b0c0d0e0f"
	if got := sign("POST", "/v1/results?a=b", at, nonce, `{"results":[]}`); got != knownSignature {
		t.Fatal(got)
	}
	for _, got := range []string{
		sign("PUT", "/v1/results?a=b", at, nonce, `{"results":[]}`), sign("POST", "/v1/results", at, nonce, `{"results":[]}`),
		sign("POST", "/v1/results?a=b", "2026-01-31T12:00:01Z", nonce, `{"results":[]}`),
		sign("POST", "/v1/results?a=b", at, nonce[1:]+"0", `{"results":[]}`), sign("POST", "/v1/results?a=b", at, nonce, `{"results":[ ]}`),
	} {
		if got == knownSignature {
			t.Error("a part of the request is not signed")
		}
	}
}

func TestSignUsesEachNonceOnce(t *testing.T) {
	config, err := loadConfig(given(t))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for range 1000 {
		request, _ := http.NewRequest("GET", "https://saas.example.com/v1/remediations", nil)
		if err := sign(request, nil, config, time.Date(2026, 1, 31, 13, 0, 0, 0, time.FixedZone("", 3600))); err != nil {
			t.Fatal(err)
		}
		nonce := request.Header.Get("X-Zen-Nonce")
		if len(nonce) != 32 || used[nonce] || request.Header.Get("X-Zen-Timestamp") != "2026-01-31T12:00:00Z" {
			t.Fatalf("%v", request.Header)
		}
		used[nonce] = true
		key, _ := hex.DecodeString(knownKey)
		if request.Header.Get("X-Zen-Signature") != signature(key, "GET", "/v1/remediations", "2026-01-31T12:00:00Z", nonce, nil) {
			t.Fatal("signed something else")
		}
	}
}
