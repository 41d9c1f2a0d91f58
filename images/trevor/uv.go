package main

import (
	"context"
	"os"
	"path/filepath"
)

// uv runs a command of the project's environment, as `uv run` does. Without UV_NO_SYNC it would first bring the environment
// up to date, which needs a cache it can write to: on a read-only root that is the first thing to fail.
func uv(ctx context.Context, args []string) error {
	if len(args) < 2 || args[0] != "run" {
		return unknownArguments("uv", args)
	}
	if os.Getenv("UV_NO_SYNC") == "" {
		cache := os.Getenv("UV_CACHE_DIR")
		if cache == "" {
			cache = filepath.Join(or(os.Getenv("HOME"), "/"), ".cache/uv")
		}
		if err := os.MkdirAll(cache, 0o700); err != nil {
			return failed(exitInput, "uv cannot make its cache: %v; set UV_NO_SYNC=1, or UV_CACHE_DIR to a folder below /tmp", err)
		}
	}
	return run(ctx, args[1:])
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
