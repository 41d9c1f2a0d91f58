package main

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"
)

// keyInfo binds the derived key to its use.
const keyInfo = "zen hmac v1"

// deriveKey gives the key of the signatures: HKDF-SHA256 of the bootstrap token, bound to tenant and cluster. It is derived for each
// signature and kept nowhere.
func deriveKey(token secret, tenant, cluster string) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(token), []byte(tenant+"/"+cluster), keyInfo, sha256.Size)
}

// sign adds who asks, when, a nonce and the signature over all of it to a request.
func sign(request *http.Request, body []byte, config Config, now time.Time) error {
	nonce := make([]byte, 16)
	rand.Read(nonce) // never fails
	key, err := deriveKey(config.Token, config.Tenant, config.Cluster)
	if err != nil {
		return err
	}
	timestamp := now.UTC().Format(time.RFC3339)
	header := request.Header
	header.Set("X-Zen-Tenant", config.Tenant)
	header.Set("X-Zen-Cluster", config.Cluster)
	header.Set("X-Zen-Timestamp", timestamp)
	header.Set("X-Zen-Nonce", hex.EncodeToString(nonce))
	header.Set("X-Zen-Signature",
		signature(key, request.Method, request.URL.RequestURI(), timestamp, hex.EncodeToString(nonce), body))
	return nil
}

// signature is the HMAC-SHA256, in hex, over the lines that make a request what it is.
func signature(key []byte, method, uri, timestamp, nonce string, body []byte) string {
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s\n%s\n%s\n%s\n%s", method, uri, timestamp, nonce, hex.EncodeToString(sum[:]))
	return hex.EncodeToString(mac.Sum(nil))
}
