// Command git-server serves one git repository over HTTP: git's own http-backend does the work, this adds TLS and a login.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const help = `git-server serves one git repository, with a first commit on main.

usage:
  git-server          serve until told to stop
  git-server --help   show this text

environment:
  GIT_SERVER_USERNAME       user who may read and write; required
  GIT_SERVER_PASSWORD       that user's password; required
  GIT_SERVER_TLS_DIR        folder with tls.crt and tls.key, read at each handshake; default: plain HTTP
  GIT_SERVER_DIR            folder of the repository, default /tmp/git
  GIT_SERVER_ADDRESS        where git listens, default :8443 with TLS, :8080 without
  GIT_SERVER_ADMIN_ADDRESS  where /healthz listens, default :8081

The repository is https://<address>/repository.git. Without a volume it is gone with the pod.

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
		fmt.Printf("unknown arguments %q; see git-server --help\n", args)
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

func serve(ctx context.Context, config Config) error {
	if err := makeRepository(config.Dir); err != nil {
		return err
	}
	git := &http.Server{Handler: handler(config), TLSConfig: config.tls(), ReadHeaderTimeout: 5 * time.Second}
	health := http.NewServeMux()
	health.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	admin := &http.Server{Handler: health, ReadHeaderTimeout: 5 * time.Second}
	for _, one := range []struct {
		server        *http.Server
		address, what string
	}{{git, config.Address, "git"}, {admin, config.AdminAddress, "health"}} {
		listener, err := net.Listen("tcp", one.address)
		if err != nil {
			return fmt.Errorf("address %q cannot be used for %s: %w", one.address, one.what, err)
		}
		slog.Info(one.what, "address", listener.Addr().String())
		go func() {
			if one.server.TLSConfig != nil {
				_ = one.server.ServeTLS(listener, "", "")
			} else {
				_ = one.server.Serve(listener)
			}
		}()
	}
	<-ctx.Done()
	patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(git.Shutdown(patience), admin.Shutdown(patience))
}
