package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// mostHook is the length of a webhook that is read.
const mostHook = 1 << 20

// webhook takes the word that something was synced. Any replica can get it: it is written to the remediations that wait for a commit, or
// will, where the leader sees it.
type webhook struct {
	kube  *kube
	dir   string
	now   func() time.Time
	mu    sync.Mutex
	early []call // about remediations that are not there yet
	waits bool   // delivers them after a while
}

// newWebhook is nil where validation is by polling.
func newWebhook(kube *kube, config Config) http.Handler {
	if !config.Webhook {
		return nil
	}
	return &webhook{kube: kube, dir: config.GitDir, now: time.Now}
}

// webhookSecret reads the secret of the signatures.
func webhookSecret(dir string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(dir, "webhook-secret"))
	if err != nil {
		return nil, fmt.Errorf("the secret of webhooks cannot be read: %w", err)
	}
	key, err := secretOf(string(text))
	if err != nil {
		return nil, fmt.Errorf("webhook-secret %w", err)
	}
	if len(key) < 16 {
		return nil, fmt.Errorf("webhook-secret has fewer than 16 characters")
	}
	return []byte(key), nil
}

// ServeHTTP answers POST /webhooks/git.
func (w *webhook) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(answer, request.Body, mostHook))
	if err != nil {
		http.Error(answer, "the body cannot be read", http.StatusBadRequest)
		return
	}
	key, err := webhookSecret(w.dir)
	if err != nil {
		slog.Error(err.Error())
		http.Error(answer, "the agent has no secret for webhooks", http.StatusServiceUnavailable)
		return
	}
	if !isSigned(request.Header, body, key) {
		http.Error(answer, "the signature is missing or wrong", http.StatusUnauthorized)
		return
	}
	told, err := w.tell(request.Context(), string(body))
	if err != nil {
		slog.Warn("cannot pass on a webhook", "why", err.Error())
		http.Error(answer, "the API server does not answer; send it again", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintf(answer, "told to %d remediations\n", told)
}

// isSigned tells whether the header has the HMAC-SHA256 of the body, as Flux (X-Signature) and forges (X-Hub-Signature-256) send it.
func isSigned(header http.Header, body, key []byte) bool {
	given := header.Get("X-Signature")
	if given == "" {
		given = header.Get("X-Hub-Signature-256")
	}
	said, err := hex.DecodeString(strings.TrimPrefix(given, "sha256="))
	if err != nil || !strings.HasPrefix(given, "sha256=") {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	return hmac.Equal(said, mac.Sum(nil))
}
