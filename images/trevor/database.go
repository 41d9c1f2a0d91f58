package main

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// patience is how long a server may take to answer the first time: a new pod's rules and names need a moment.
var patience = 15 * time.Second

// connect opens one connection to the database. A server that does not answer is asked again for a while, one that refuses is not.
func connect(ctx context.Context, database *url.URL) (*pgx.Conn, error) {
	for end := time.Now().Add(patience); ; {
		attempt, cancel := context.WithTimeout(ctx, 3*time.Second)
		connection, err := pgx.Connect(attempt, database.String())
		cancel()
		if err == nil {
			return connection, nil
		}
		told := tellDatabase(database, err)
		if ctx.Err() != nil || exitCode(told) != exitUnreachable || time.Now().After(end) {
			return nil, told
		}
		slog.Info("waiting for the database", "host", database.Host)
		time.Sleep(time.Second)
	}
}

// tellDatabase says what a refused or missing connection means, without anything of the URL but user, host and name.
func tellDatabase(database *url.URL, err error) error {
	user, name := database.User.Username(), database.Path
	refusal, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case refused && (refusal.Code == "28P01" || refusal.Code == "28000"):
		return failed(exitCredentials, "database %s refused the credential of user %q (SQLSTATE %s); check DATABASE_URL in its Secret", database.Host, user, refusal.Code)
	case refused && refusal.Code == "3D000":
		return failed(exitInput, "database %s has no database %q (SQLSTATE %s)", database.Host, name, refusal.Code)
	case refused:
		return failed(exitUnexpected, "database %s: %s (SQLSTATE %s)", database.Host, refusal.Message, refusal.Code)
	}
	return failed(exitUnreachable, "database %s does not answer: %v; does it run, and does a network policy let this pod reach it?", database.Host, reason(err))
}

// reason is the innermost error of a failed connection: the outer ones repeat the address.
func reason(err error) error {
	for {
		joined, many := err.(interface{ Unwrap() []error })
		if many {
			all := joined.Unwrap()
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
