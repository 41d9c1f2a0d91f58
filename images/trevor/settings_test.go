package main

import (
	"context"
	"strings"
	"testing"
)

func TestAddressesNameEverythingAndShowNothing(t *testing.T) {
	t.Setenv("DATABASE_URL", "mysql://user:hidden-word@db/trevor")
	t.Setenv("REDIS_URL", "")
	_, _, err := addresses()
	if exitCode(err) != exitInput || strings.Contains(err.Error(), "hidden-word") {
		t.Fatal(err)
	}
	for _, want := range []string{"DATABASE_URL is not a URL", "REDIS_URL is missing"} {
		if !strings.Contains(err.Error(), want) {
			t.Error(err)
		}
	}
}

func TestDriverOfSQLAlchemy(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgresql+asyncpg://user:word@db:5432/trevor")
	found, err := databaseAddress()
	if err != nil || found.Scheme != "postgres" {
		t.Error(found, err)
	}
}

func TestUVNeedsAPlaceToWrite(t *testing.T) {
	t.Setenv("UV_NO_SYNC", "")
	t.Setenv("UV_CACHE_DIR", "/proc/nowhere")
	err := uv(context.Background(), []string{"run", "alembic", "heads"})
	if exitCode(err) != exitInput || !strings.Contains(err.Error(), "UV_NO_SYNC=1") {
		t.Error(err)
	}
	t.Setenv("UV_NO_SYNC", "1")
	if err := uv(context.Background(), []string{"run", "alembic", "heads"}); err != nil {
		t.Error(err)
	}
}
