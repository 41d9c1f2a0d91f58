package main

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

func parsed(t *testing.T, address string) *url.URL {
	t.Helper()
	found, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestUnreachableIsToldWithItsHostAndWithoutThePassword(t *testing.T) {
	patience = time.Second
	_, err := connect(context.Background(), parsed(t, "postgres://trevor:hidden-word@127.0.0.1:1/trevor"))
	if exitCode(err) != exitUnreachable || strings.Contains(err.Error(), "hidden-word") {
		t.Fatal(err)
	}
	for _, want := range []string{"database 127.0.0.1:1 does not answer", "connection refused", "network policy"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	database := parsed(t, "postgres://trevor:hidden-word@db:5432/shop")
	for code, want := range map[string]struct {
		exit int
		text string
	}{
		"28P01": {exitCredentials, `refused the credential of user "trevor"`},
		"3D000": {exitInput, `has no database "/shop"`},
		"53300": {exitUnexpected, "too many clients"},
	} {
		refusal := errors.Join(errors.New("failed to connect"), &pgconn.PgError{Code: code, Message: "too many clients"})
		err := tellDatabase(database, refusal)
		if exitCode(err) != want.exit || !strings.Contains(err.Error(), want.text) || strings.Contains(err.Error(), "hidden-word") {
			t.Errorf("%s: %v", code, err)
		}
	}
}
