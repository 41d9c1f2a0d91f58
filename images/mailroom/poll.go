package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// poll sorts the screener mailbox at every interval until the context ends. Only a refused credential ends it with an error:
// asking again would get the account locked. Everything else is logged, shown by /healthz, and tried again.
func poll(ctx context.Context, config Config, secrets credentials, health *health) error {
	slog.Info("polling", "mailbox", config.Screener, "interval", config.Interval)
	ticker := time.NewTicker(config.Interval)
	defer ticker.Stop()
	for {
		sorted, err := pollOnce(ctx, config, secrets)
		switch {
		case ctx.Err() != nil:
			slog.Info("stopped")
			return nil
		case err != nil && exitCode(err) == exitCredentials:
			return err
		case err != nil:
			slog.Error("poll failed", "reason", err)
			health.failed(err)
		default:
			slog.Debug("poll finished", "sorted", sorted)
			health.succeeded()
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

func pollOnce(ctx context.Context, config Config, secrets credentials) (sorted int, err error) {
	account, err := connect(ctx, config, secrets)
	if err != nil {
		return 0, err
	}
	if err := account.refresh(ctx); err != nil {
		return 0, err
	}
	screener := account.boxes.find(mailboxPath{config.Screener})
	if screener == "" {
		return 0, failure{exitMissing, missingText([]mailboxPath{{config.Screener}}, nil)}
	}
	if boxes, groups := account.missing(config); len(boxes)+len(groups) > 0 {
		slog.Warn("not all mail can be sorted", "missing_mailboxes", boxes, "missing_groups", groups)
	}
	messages, err := account.mail.messagesIn(ctx, screener, time.Now().Add(-config.Debounce))
	if err != nil {
		return 0, err
	}
	for _, m := range messages {
		if ctx.Err() != nil {
			break
		}
		moved, err := account.file(context.WithoutCancel(ctx), config, m) // a move that has begun is finished
		if err != nil {
			return sorted, fmt.Errorf("after %d messages: %w", sorted, err)
		}
		if moved {
			sorted++
		}
	}
	return sorted, nil
}
