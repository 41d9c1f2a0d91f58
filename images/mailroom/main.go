// Command mailroom sorts one person's mail: it polls a screener mailbox and files each message by the sender's contact group.
// It stands in for the Python service of the same name and keeps its contract: commands, configuration, environment, health.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

const help = `mailroom sorts mail from a screener mailbox by the sender's contact group.

usage:
  mailroom                  poll and sort until told to stop
  mailroom setup            check that every mailbox and contact group exists
  mailroom setup --apply    create what is missing, then check
  mailroom --help           show this text

environment:
  MAILROOM_CONFIG            config file, default /app/config.yaml
  MAILROOM_JMAP_TOKEN        API token for mail
  MAILROOM_CARDDAV_USERNAME  account address for contacts
  MAILROOM_CARDDAV_PASSWORD  app password for contacts
  MAILROOM_HEALTH_ADDRESS    where /healthz listens while polling, default :8080

exit codes:
  0 done   1 unexpected   2 wrong arguments, config or environment
  3 a credential was refused   4 mailboxes or contact groups are missing   5 a server did not answer
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		// On stdout like the log: two streams would not keep their order in a container's log, and the summary has to come last.
		fmt.Println(err)
		os.Exit(exitCode(err))
	}
}

func run(args []string) error {
	apply := slices.Equal(args, []string{"setup", "--apply"})
	check := slices.Equal(args, []string{"setup"})
	switch {
	case len(args) == 1 && (args[0] == "--help" || args[0] == "-h"):
		fmt.Print(help)
		return nil
	case len(args) > 0 && !apply && !check:
		return failure{exitInput, fmt.Sprintf("unknown arguments %q; usage: mailroom [setup [--apply]] (see mailroom --help)", args)}
	}
	config, wrongConfig := loadConfig(or(os.Getenv("MAILROOM_CONFIG"), "/app/config.yaml"))
	secrets, wrongSecrets := loadCredentials()
	if err := together(wrongConfig, wrongSecrets); err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: config.Level})))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if apply || check {
		return setup(ctx, config, secrets, apply, os.Stdout)
	}
	health := &health{interval: config.Interval}
	if err := health.serve(or(os.Getenv("MAILROOM_HEALTH_ADDRESS"), ":8080")); err != nil {
		return err
	}
	return poll(ctx, config, secrets, health)
}
