package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// health answers GET /healthz: 200 when a poll succeeded within three intervals, otherwise 503 and the reason.
type health struct {
	mu       sync.Mutex
	interval time.Duration
	success  time.Time
	reason   string
}

func (h *health) succeeded() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.success, h.reason = time.Now(), ""
}

func (h *health) failed(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reason = err.Error()
}

func (h *health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	switch {
	case time.Since(h.success) <= 3*h.interval:
		fmt.Fprintln(w, "ok")
	case h.success.IsZero():
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, or(h.reason, "no poll has finished yet"))
	default:
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintf(w, "no poll succeeded for %d s: %s\n", int(time.Since(h.success).Seconds()), or(h.reason, "the poll in progress has not finished"))
	}
}

// serve answers on the address until the program ends; an address that cannot be used is a failure at once.
func (h *health) serve(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return failure{exitInput, fmt.Sprintf("MAILROOM_HEALTH_ADDRESS %q cannot be used: %v", address, err)}
	}
	slog.Info("health is served", "address", listener.Addr())
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", h)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return nil
}
