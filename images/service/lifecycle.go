package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// lifecycle is what the platform is told: ready after the start, and not any more as soon as it is told to stop.
type lifecycle struct {
	ready    atomic.Bool
	draining atomic.Bool
}

func (l *lifecycle) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		switch {
		case l.draining.Load():
			http.Error(w, "draining", http.StatusServiceUnavailable)
		case !l.ready.Load():
			http.Error(w, "starting", http.StatusServiceUnavailable)
		default:
			fmt.Fprintln(w, "ok")
		}
	})
}

// closing asks clients to open no further request on a connection of a server that goes away.
func (l *lifecycle) closing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// listen serves until the context ends. Then, in this order: not ready, so that nobody new is sent here; still answering, while
// everyone learns that; no new connections, what is under way is finished.
func (l *lifecycle) listen(ctx context.Context, config Config, handler http.Handler) error {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", config.Port))
	if err != nil {
		return fmt.Errorf("SERVICE_PORT %d cannot be used: %w", config.Port, err)
	}
	server := &http.Server{Handler: l.closing(handler), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	slog.Info("listening", "address", listener.Addr().String())
	go l.becomeReady(ctx, config.Start)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	l.draining.Store(true)
	slog.Info("draining", "seconds", config.Drain.Seconds())
	time.Sleep(config.Drain)
	patience, cancel := context.WithTimeout(context.Background(), config.Shutdown)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		return errors.Join(errors.New("requests were cut off"), err)
	}
	slog.Info("stopped")
	return nil
}

func (l *lifecycle) becomeReady(ctx context.Context, after time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(after):
		l.ready.Store(true)
		slog.Info("ready")
	}
}
