// Command service stands in for one service of a company platform: it honours the contract between a service and its platform, health and
// readiness, metrics, graceful shutdown, secrets from the environment, and can be told to be slow, busy or broken.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

const help = `service stands in for one service of a company platform.

usage:
  service               answer requests until told to stop
  service worker        work through items until told to stop; answers health and metrics only
  service job           do one piece of work and end
  service check [path]  ask this pod's own /readyz, or another path, and print the answer; for exec probes
  service visit http://host/path seconds
                        ask an address again and again and count the answers; 0 when all were 200
  service --help        show this text

environment:
  SERVICE_NAME              name in answers and logs, default service
  SERVICE_PORT              port, default 8080
  SERVICE_SECRETS           variables that must hold a secret, separated by commas; their digests are shown, never they
  SERVICE_DEPENDENCIES      what GET /dependencies asks: name=http://host[:port], separated by commas
  SERVICE_START_SECONDS     seconds until it is ready, default 0
  SERVICE_DRAIN_SECONDS     seconds it still answers after it was told to stop, not ready any more, default 2
  SERVICE_SHUTDOWN_SECONDS  seconds that requests under way then get, default 20
  SERVICE_LATENCY_MS        milliseconds every answer of / takes longer, default 0
  SERVICE_ERROR_PERCENT     how many of a hundred answers of / are 500, default 0
  SERVICE_WORK_MS           milliseconds of processor time a worker's item or a job takes, default 10

requests:
  GET /              name, version, pod
  GET /work?ms=100   the same after so many milliseconds of processor time, at most 10000
  GET /secrets       for each secret the first digits of its digest
  GET /dependencies  which of them answer
  GET /healthz  GET /readyz  GET /metrics

exit codes:
  0 done   1 unexpected   2 wrong arguments or environment
`

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	command, rest := "serve", args
	if len(args) > 0 {
		command, rest = args[0], args[1:]
	}
	if command == "--help" || command == "-h" {
		fmt.Print(help)
		return 0
	}
	if command == "check" && len(rest) <= 1 {
		return check(rest)
	}
	if command == "visit" {
		return visit(rest)
	}
	commands := map[string]func(context.Context, Config) error{"serve": serve, "worker": work, "job": job}
	start, known := commands[command]
	if !known || len(rest) > 0 {
		return refuse(fmt.Errorf("unknown arguments %q; see service --help", args))
	}
	config, err := loadConfig(os.Getenv)
	if err != nil {
		return refuse(err)
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", config.Name, "pod", config.Pod))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, config); err != nil {
		slog.Error(err.Error())
		return 1
	}
	return 0
}

// refuse says what is wrong on stdout like the log: two streams would not keep their order in a container's log.
func refuse(err error) int {
	fmt.Println(err)
	return 2
}
