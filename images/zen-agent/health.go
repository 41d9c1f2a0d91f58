package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// health is what the kubelet is told: ready when the leader is known, and not any more as soon as it is told to stop.
type health struct {
	ready    atomic.Bool
	draining atomic.Bool
	hook     http.Handler // nil: no webhook
}

func (h *health) handler(counts *metrics) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		switch {
		case h.draining.Load():
			http.Error(w, "draining", http.StatusServiceUnavailable)
		case !h.ready.Load():
			http.Error(w, "the leader is not known yet", http.StatusServiceUnavailable)
		default:
			fmt.Fprintln(w, "ok")
		}
	})
	mux.Handle("GET /metrics", counts)
	if h.hook != nil {
		mux.Handle("POST /webhooks/git", h.hook)
	}
	return mux
}

// listen serves until the context ends, and then as long as it drains.
func (h *health) listen(ctx context.Context, config Config, counts *metrics) error {
	server := &http.Server{
		Addr: fmt.Sprintf(":%d", config.Port), Handler: h.handler(counts),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return fmt.Errorf("ZEN_AGENT_PORT %d cannot be used: %w", config.Port, err)
	case <-ctx.Done():
	}
	h.draining.Store(true)
	time.Sleep(config.Drain)
	patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(patience)
}
