// Command zen-saas stands in for the SaaS endpoint that zen-agent reports to: it hands out approved remediations, keeps
// observations and results in memory, and shows them on a page.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const help = `zen-saas stands in for the SaaS endpoint of zen-agent.

usage:
  zen-saas          serve until told to stop
  zen-saas --help   show this text

environment:
  ZEN_SAAS_TOKEN          bootstrap token of the agent, from which the HMAC key is derived; required
  ZEN_SAAS_TENANT_ID      tenant it serves; required
  ZEN_SAAS_CLUSTER_ID     cluster it serves; required
  ZEN_SAAS_TLS_DIR        folder with tls.crt, tls.key and ca.crt: mutual TLS 1.3, a client certificate of that CA is required; default: plain HTTP
  ZEN_SAAS_OCSP_DIR       folder with tls.crt and tls.key of an OCSP responder, the CA or one of its; default: nothing can be stapled
  ZEN_SAAS_ADDRESS        where the API listens, default :8443 with TLS, :8080 without
  ZEN_SAAS_ADMIN_ADDRESS  where the page and the switches listen, without login, default :8081
  ZEN_SAAS_DRAIN_SECONDS  seconds it still answers after it was told to stop, not ready any more, default 2

Certificates are read at each handshake: a rotated Secret needs no restart. Everything it keeps is gone when it stops.

API, each request signed:
  POST /v1/agents   GET /v1/remediations   POST /v1/observations   POST /v1/results

admin requests:
  GET /   GET /state   POST /remediations   DELETE /state   PUT /ocsp   PUT /connections   GET /healthz   GET /readyz   GET /metrics

exit codes:
  0 told to stop   1 unexpected   2 wrong arguments or environment
`

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		fmt.Print(help)
		return 0
	}
	if len(args) > 0 {
		fmt.Printf("unknown arguments %q; see zen-saas --help\n", args)
		return 2
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	config, err := loadConfig(os.Getenv)
	if err != nil {
		fmt.Println(err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, config); err != nil {
		slog.Error(err.Error())
		return 1
	}
	return 0
}

// serve answers agents and people until the context ends, and then as long as it drains.
func serve(ctx context.Context, config Config) error {
	verifier, err := newVerifier(config)
	if err != nil {
		return err
	}
	s := &saas{config: config, store: newStore(), verifier: verifier, counts: newMetrics(), staple: &staple{config: config}}
	api, err := s.listenAPI()
	if err != nil {
		return err
	}
	admin, err := s.listenAdmin()
	if err != nil {
		return err
	}
	<-ctx.Done()
	s.draining.Store(true)
	time.Sleep(config.Drain)
	patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(api.Shutdown(patience), admin.Shutdown(patience))
}
