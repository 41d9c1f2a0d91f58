package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// alembic answers `upgrade <revision>`, `current` and `heads`, with alembic's own version table.
func alembic(ctx context.Context, args []string) error {
	all, err := loadRevisions()
	if err != nil {
		return err
	}
	switch {
	case len(args) == 1 && args[0] == "heads":
		fmt.Println(strings.Join(all.heads(), " (head)\n") + " (head)")
		return nil
	case len(args) == 1 && args[0] == "current":
		return withDatabase(ctx, func(connection *pgx.Conn) error {
			now, err := current(ctx, connection)
			fmt.Println(cmp.Or(now, "(nothing)"))
			return err
		})
	case len(args) == 2 && args[0] == "upgrade":
		return upgrade(ctx, all, args[1])
	}
	return unknownArguments("alembic", args)
}

func withDatabase(ctx context.Context, work func(*pgx.Conn) error) error {
	database, err := databaseAddress()
	if err != nil {
		return err
	}
	connection, err := connect(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close(context.WithoutCancel(ctx)) }()
	return work(connection)
}

// upgrade applies every revision between the database's and the target, each in a transaction of its own, and logs what came of it.
func upgrade(ctx context.Context, all revisions, word string) error {
	to, err := all.target(word)
	if err != nil {
		return err
	}
	return withDatabase(ctx, func(connection *pgx.Conn) error {
		begun := time.Now()
		before, err := current(ctx, connection)
		if err != nil {
			return err
		}
		steps, err := all.path(before, to)
		if err != nil {
			return err
		}
		for _, step := range steps {
			slog.Info("running upgrade", "revision", step)
			if err := apply(ctx, connection, step); err != nil {
				return failed(exitUnexpected, "migration failed: revision %s: %v; the database stays at %s", step, err, cmp.Or(step.parent, "(nothing)"))
			}
		}
		took := time.Since(begun)
		if len(steps) > 0 {
			if err := record(ctx, connection, before, to, took); err != nil {
				return err
			}
		}
		slog.Info("migration finished", "before", cmp.Or(before, "(nothing)"), "after", to, "revisions", len(steps), "seconds", took.Seconds())
		return nil
	})
}

const tables = `CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE IF NOT EXISTS migration (before text, after text, seconds double precision, finished_at timestamptz DEFAULT now());`

// current is the database's revision, "" when it never had one.
func current(ctx context.Context, connection *pgx.Conn) (string, error) {
	if _, err := connection.Exec(ctx, tables, pgx.QueryExecModeSimpleProtocol); err != nil {
		return "", err
	}
	rows, err := connection.Query(ctx, "SELECT version_num FROM alembic_version")
	if err != nil {
		return "", err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", err
	}
	if len(found) > 1 {
		return "", failed(exitRevisions, "FAILED: the database is at several revisions: %s", strings.Join(found, ", "))
	}
	return strings.Join(found, ""), nil
}

// apply runs one revision and notes it, both or neither.
func apply(ctx context.Context, connection *pgx.Conn, step revision) error {
	return pgx.BeginFunc(ctx, connection, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, step.sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		if step.parent == "" {
			_, err := tx.Exec(ctx, "INSERT INTO alembic_version VALUES ($1)", step.id)
			return err
		}
		done, err := tx.Exec(ctx, "UPDATE alembic_version SET version_num = $1 WHERE version_num = $2", step.id, step.parent)
		if err == nil && done.RowsAffected() != 1 {
			return fmt.Errorf("another migration runs at the same time")
		}
		return err
	})
}

// record keeps what the metrics tell of the last migration.
func record(ctx context.Context, connection *pgx.Conn, before, after string, took time.Duration) error {
	_, err := connection.Exec(ctx, "INSERT INTO migration (before, after, seconds) VALUES ($1, $2, $3)", before, after, took.Seconds())
	return err
}
