package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// patience is how long the database may take to answer the first time: a new pod's rules and names need a moment.
var patience = 30 * time.Second

// schemaVersion is that of schema.sql. A database with an older one is brought up to it, one with a newer one is left alone.
const schemaVersion = 1

//go:embed schema.sql
var schema string

// schemaLock is the advisory lock under which a replica creates or checks the schema at start: replicas may start at the same time.
const schemaLock = 0x6d61727175657a

// openDatabase connects, and brings the schema up to date.
func openDatabase(ctx context.Context, database *url.URL) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(database.String())
	if err != nil {
		return nil, failed(exitInput, "the database's address is not understood (not shown); check POSTGRES_HOST, POSTGRES_PORT and POSTGRES_DB")
	}
	config.MaxConns = 8
	// A database that was started anew leaves dead connections here; none of them costs a request.
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return true }
	config.ConnConfig.ConnectTimeout = 3 * time.Second
	for name, value := range map[string]string{
		"application_name":                    "marquez",
		"timezone":                            "UTC",
		"statement_timeout":                   "15s",
		"lock_timeout":                        "10s",
		"idle_in_transaction_session_timeout": "30s",
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, tellDatabase(database, err)
	}
	if err := waitFor(ctx, pool, database); err != nil {
		pool.Close()
		return nil, err
	}
	if err := migrate(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// waitFor asks a database that does not answer again for a while; one that refuses is not asked again.
func waitFor(ctx context.Context, pool *pgxpool.Pool, database *url.URL) error {
	for end := time.Now().Add(patience); ; {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := pool.Ping(attempt)
		cancel()
		if err == nil {
			return nil
		}
		told := tellDatabase(database, err)
		if ctx.Err() != nil || exitCode(told) != exitUnreachable || time.Now().After(end) {
			return told
		}
		slog.Info("waiting for the database", "host", database.Host)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// migrate makes the tables in one transaction: all of them or none, and once, however many replicas begin.
func migrate(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(schemaLock)); err != nil {
			return fmt.Errorf("the schema's lock: %w", err)
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS schema_versions (version int PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now())"); err != nil {
			return fmt.Errorf("the schema's version: %w", err)
		}
		var found int
		if err := tx.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM schema_versions").Scan(&found); err != nil {
			return fmt.Errorf("the schema's version: %w", err)
		}
		switch {
		case found > schemaVersion:
			return failed(exitSchema, "the database's schema has version %d, this program knows %d; run the newer program, or give this one a database of its own", found, schemaVersion)
		case found == schemaVersion:
			slog.Info("the schema is there", "version", found)
			return nil
		}
		if _, err := tx.Exec(ctx, schema); err != nil {
			return fmt.Errorf("the schema: %w", err)
		}
		if _, err := tx.Exec(ctx, "INSERT INTO schema_versions (version) VALUES ($1)", schemaVersion); err != nil {
			return fmt.Errorf("the schema's version: %w", err)
		}
		if err := putDefaultNamespace(ctx, tx); err != nil {
			return err
		}
		slog.Info("the schema was made", "version", schemaVersion)
		return nil
	})
}

// tellDatabase says what a refused or missing connection means, without anything of the URL but user, host and name.
func tellDatabase(database *url.URL, err error) error {
	refusal, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case refused && (refusal.Code == "28P01" || refusal.Code == "28000"):
		return failed(exitCredentials, "database %s refused the credential of user %q (SQLSTATE %s); check POSTGRES_USER and POSTGRES_PASSWORD in their Secret", database.Host, database.User.Username(), refusal.Code)
	case refused && refusal.Code == "3D000":
		return failed(exitInput, "database %s has no database %q (SQLSTATE %s); check POSTGRES_DB", database.Host, database.Path[1:], refusal.Code)
	case refused && refusal.Code != "57P03": // 57P03: it is starting
		return failed(exitUnexpected, "database %s: %s (SQLSTATE %s)", database.Host, refusal.Message, refusal.Code)
	}
	return failed(exitUnreachable, "database %s does not answer: %v; does it run, and does a network policy let this pod reach it?", database.Host, reason(err))
}

// reason is the innermost error of a failed connection: the outer ones repeat the address.
func reason(err error) error {
	for {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			all := many.Unwrap()
			err = all[len(all)-1]
			continue
		}
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
