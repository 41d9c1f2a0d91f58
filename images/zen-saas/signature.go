package main

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// skew is how far a request's time may be from this machine's.
const skew = 5 * time.Minute

var nonceForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// verifier judges signatures of requests. It holds the derived key in memory and nowhere else.
type verifier struct {
	tenant  string
	cluster string
	key     []byte
	now     func() time.Time

	mu   sync.Mutex
	seen map[string]time.Time // nonce, and when it may be forgotten: its request would be refused for its time by then
}

func newVerifier(config Config) (*verifier, error) {
	key, err := hkdf.Key(sha256.New, []byte(config.Token), []byte(config.Tenant+"/"+config.Cluster), "zen hmac v1", 32)
	if err != nil {
		return nil, fmt.Errorf("the key cannot be derived: %w", err)
	}
	return &verifier{tenant: config.Tenant, cluster: config.Cluster, key: key, now: time.Now, seen: map[string]time.Time{}}, nil
}

// sign is the signature of a request: hexadecimal HMAC-SHA256 of its parts, a line each.
func sign(key []byte, method, uri, timestamp, nonce string, body []byte) string {
	digest := sha256.Sum256(body)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(strings.Join([]string{method, uri, timestamp, nonce, hex.EncodeToString(digest[:])}, "\n")))
	return hex.EncodeToString(mac.Sum(nil))
}

// verify says why a request is refused, in a sentence that names no secret. A nonce is used up by a valid signature alone.
func (v *verifier) verify(r *http.Request, body []byte) error {
	get := func(name string) string { return r.Header.Get("X-Zen-" + name) }
	if get("Tenant") != v.tenant || get("Cluster") != v.cluster {
		return errors.New("tenant and cluster are not those of this endpoint")
	}
	timestamp, nonce := get("Timestamp"), get("Nonce")
	at, err := time.Parse(time.RFC3339, timestamp)
	if err != nil {
		return errors.New("X-Zen-Timestamp is no time such as 2026-01-31T12:00:00Z")
	}
	now := v.now()
	if away := now.Sub(at); away > skew || away < -skew {
		return fmt.Errorf("the request's time is %s away from this endpoint's, more than %s; check the clock", away.Abs().Round(time.Second), skew)
	}
	if !nonceForm.MatchString(nonce) {
		return errors.New("X-Zen-Nonce is not 32 hexadecimal digits")
	}
	expected := sign(v.key, r.Method, r.URL.RequestURI(), timestamp, nonce, body)
	if !hmac.Equal([]byte(expected), []byte(get("Signature"))) {
		return errors.New("the signature does not match; check bootstrap token, tenant and cluster")
	}
	return v.use(nonce, now, at)
}

func (v *verifier) use(nonce string, now, at time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for old, end := range v.seen {
		if now.After(end) {
			delete(v.seen, old)
		}
	}
	if _, used := v.seen[nonce]; used {
		return errors.New("the nonce was used before: a replayed request")
	}
	v.seen[nonce] = at.Add(skew)
	return nil
}
