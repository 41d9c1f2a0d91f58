package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// arq runs the worker, or with --check says whether one has been alive within the last seconds.
func arq(ctx context.Context, args []string) error {
	database, from, err := addresses()
	if err != nil {
		return err
	}
	q, err := openQueue(from)
	if err != nil {
		return err
	}
	switch {
	case len(args) == 2 && args[0] == "--check":
		return checkWorker(ctx, q)
	case len(args) != 1:
		return unknownArguments("arq", args)
	}
	first, err := connect(ctx, database)
	if err != nil {
		return err
	}
	_ = first.Close(ctx)
	if err := q.ping(ctx); err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, database.String())
	if err != nil {
		return tellDatabase(database, err)
	}
	defer pool.Close()
	slog.Info("worker is ready", "settings", args[0])
	return work(ctx, q, pool)
}

// work takes one job after the other until told to stop; the one at hand is finished first.
func work(ctx context.Context, q queue, pool *pgxpool.Pool) error {
	done, reported := 0, time.Time{}
	for ctx.Err() == nil {
		one, err := q.take(ctx)
		if err == nil && one != nil {
			err = finish(context.WithoutCancel(ctx), q, pool, one)
			done++
		}
		if err != nil && ctx.Err() == nil {
			slog.Error("job not done", "error", reason(err))
		}
		if time.Since(reported) > healthEvery {
			reported = time.Now()
			_ = q.client.Set(ctx, healthKey, fmt.Sprintf("%s jobs_complete=%d", reported.UTC().Format(time.RFC3339), done), healthLasts).Err()
		}
		if one == nil || err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(250 * time.Millisecond):
			}
		}
	}
	slog.Info("worker ends", "jobs", done)
	return nil
}

// finish does a job and writes its result; a job that is done twice has one result.
func finish(ctx context.Context, q queue, pool *pgxpool.Pool, one *job) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	name, _ := os.Hostname()
	const insert = `INSERT INTO job (id, payload, result, worker, queued_at, finished_at) VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT (id) DO NOTHING`
	if _, err := pool.Exec(ctx, insert, one.ID, one.Payload, strings.ToUpper(one.Payload), name, one.QueuedAt); err != nil {
		return err
	}
	slog.Info("job done", "id", one.ID, "waited", time.Since(one.QueuedAt).Round(time.Millisecond))
	return q.done(ctx, one.ID)
}

func checkWorker(ctx context.Context, q queue) error {
	record, err := q.client.Get(ctx, healthKey).Result()
	if err != nil {
		if told := q.ping(ctx); told != nil {
			return told
		}
		return failed(exitUnexpected, "no worker has been alive for %s", healthLasts)
	}
	fmt.Println("worker alive:", record)
	return nil
}
