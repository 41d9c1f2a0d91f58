// Command trevor is an HTTP API with a background worker and database migrations. It stands in for the Python service of
// the same name and keeps its contract: commands, environment, ports, health, queue and version table.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

const help = `trevor is an HTTP API with a background worker and database migrations.

usage:
  trevor                             serve the API on port 8000: /health, /metrics, /jobs
  uv run arq trevor.worker.Settings  take jobs from the queue and write results to the database
  arq --check trevor.worker.Settings say whether a worker is alive
  uv run alembic upgrade head        bring the database to the newest revision
  uv run alembic current | heads     say which revision the database has, which is the newest

environment:
  DATABASE_URL          postgresql://user:password@host:port/database
  REDIS_URL             redis://:password@host:port/0; not for alembic
  TREVOR_REVISIONS      set of revisions: 1.0 (default), 1.1, and for trials failing and diverged
  TREVOR_START_SECONDS  how long the API pretends to start, default 0

exit codes:
  0 done   1 a migration failed   2 wrong arguments or environment
  3 a credential was refused   4 revisions do not form one line   5 a server did not answer
`

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stdout, nil)))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...))
	stop()
	if err != nil {
		// On stdout like the log: two streams would not keep their order in a container's log, and the reason has to come last.
		fmt.Println(err)
		os.Exit(exitCode(err))
	}
}

func run(ctx context.Context, command []string) error {
	if slices.Contains(command[1:], "--help") {
		fmt.Print(help)
		return nil
	}
	// the executable is what it is started as
	switch program, args := command[0], command[1:]; program {
	case "trevor":
		return serve(ctx, args)
	case "arq":
		return arq(ctx, args)
	case "alembic":
		return alembic(ctx, args)
	case "uv":
		return uv(ctx, args)
	default:
		return failed(exitInput, "%q is no program of this image; it has uv, alembic, arq and trevor", program)
	}
}

// unknownArguments is what every program answers to arguments it does not have.
func unknownArguments(program string, args []string) error {
	return failed(exitInput, "%s: unknown arguments %q; see %s --help", program, strings.Join(args, " "), program)
}
