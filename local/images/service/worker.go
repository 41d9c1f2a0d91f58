package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
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

// check asks this pod's own server, for exec probes; 0 when it answers 200.
func check(args []string) int {
	path := "/readyz"
	if len(args) == 1 {
		path = args[0]
	}
	client := &http.Client{Timeout: 2 * time.Second}
	response, err := client.Get("http://127.0.0.1:" + cmp.Or(os.Getenv("SERVICE_PORT"), "8080") + path)
	if err != nil {
		fmt.Println("no answer")
		return 1
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		fmt.Println(response.Status)
		return 1
	}
	return 0
}
