// Command marquez stands in for Marquez, the lineage server, whose own program is not in any registry of packages. It takes OpenLineage
// events at POST /api/v1/lineage, keeps them in PostgreSQL and answers what Marquez' Python client reads: namespaces, sources, datasets
// and their versions, jobs, runs, the lineage graph and the events. It has no tags, no search, no column lineage and none of the calls
// that Marquez itself calls deprecated, which wrote jobs and datasets without events.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

const help = `marquez stands in for the lineage server of the same name.

usage:
  marquez           answer requests until told to stop
  marquez --help    show this text

environment:
  MARQUEZ_PORT           port of the API, default 5000
  MARQUEZ_ADMIN_PORT     port of health and metrics, default 5001
  MARQUEZ_HOST           address of both, default all
  MARQUEZ_DRAIN_SECONDS  seconds it still answers after it was told to stop, not ready any more, default 2
  POSTGRES_HOST          default localhost
  POSTGRES_PORT          default 5432
  POSTGRES_DB            default marquez
  POSTGRES_USER          who owns the database
  POSTGRES_PASSWORD      its password

requests, below /api/v1:
  POST /lineage                      an OpenLineage event: of a run, a job or a dataset
  GET  /lineage?nodeId=job:<namespace>:<name>&depth=20    or dataset:<namespace>:<name>
  GET  /events/lineage?before=&after=&sortDirection=desc
  GET  /namespaces  /namespaces/<name>           PUT /namespaces/<name>
  GET  /sources  /sources/<name>
  GET  /namespaces/<name>/datasets  …/<dataset>  …/<dataset>/versions  …/<dataset>/versions/<version>
  GET  /namespaces/<name>/jobs  …/<job>  …/<job>/runs
  GET  /jobs/runs/<id>  /jobs/runs/<id>/facets?type=run
lists take limit (at most 1000) and offset.

on the admin port:
  GET /ping  GET /healthcheck  GET /metrics

exit codes:
  0 done   1 unexpected   2 wrong arguments or environment   3 the database refused the credential
  4 the database's schema is of a newer version   5 the database did not answer
`

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		// On stdout like the log: two streams would not keep their order in a container's log, and the reason has to come last.
		fmt.Println(err)
		os.Exit(exitCode(err))
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		fmt.Print(help)
		return nil
	}
	if len(args) > 0 {
		return failed(exitInput, "unknown arguments %q; see marquez --help", args)
	}
	config, err := loadConfig(os.Getenv)
	if err != nil {
		return err
	}
	pool, err := openDatabase(ctx, config.Database)
	if err != nil {
		return err
	}
	defer pool.Close()
	return serve(ctx, config, pool)
}
