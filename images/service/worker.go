package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// work works through items, one a second, until the context ends; it answers health and metrics meanwhile.
func work(ctx context.Context, config Config) error {
	counts, life := newMetrics(), &lifecycle{}
	mux := http.NewServeMux()
	life.routes(mux)
	mux.Handle("GET /metrics", counts)
	go func() {
		for ctx.Err() == nil {
			burn(ctx, config.Work)
			counts.item("done")
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	return life.listen(ctx, config, mux)
}

// job does one piece of work and ends.
func job(ctx context.Context, config Config) error {
	slog.Info("job begins", "secrets", len(config.Secrets))
	burn(ctx, config.Work)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("stopped before the work was done: %w", err)
	}
	slog.Info("job is done")
	return nil
}
