// Command zen-agent stands in for zen-agent: it takes approved remediations from the SaaS and makes them in the cluster, by server-side
// apply at once or at their time, or by a commit to a repository. Any number of replicas can run; one at a time works.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	_ "golang.org/x/crypto/x509roots/fallback" // public CAs: the image has no others
	"k8s.io/client-go/rest"
)

// version is told to the SaaS.
const version = "1.0.2"

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		fmt.Print(help)
		return 0
	}
	if len(args) > 0 {
		fmt.Printf("unknown arguments %q; see zen-agent --help\n", args)
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

// serve answers health, metrics and webhooks, and works while it holds the Lease, until the context ends.
func serve(ctx context.Context, config Config) error {
	access, err := rest.InClusterConfig()
	if err != nil {
		return fmt.Errorf("it runs in a pod with a ServiceAccount's token: %w", err)
	}
	access.QPS, access.Burst, access.UserAgent = 50, 100, "zen-agent"
	kube, err := newKube(access, config.Namespace)
	if err != nil {
		return err
	}
	files := newKeyPair(config)
	counts := newMetrics(files.notAfter)
	health := &health{hook: newWebhook(kube, config)}
	served := make(chan error, 1)
	go func() { served <- health.listen(ctx, config, counts) }()
	leading := make(chan error, 1)
	go func() {
		leading <- lead(ctx, access, config, health, counts, func(ctx context.Context) {
			work(ctx, kube, newSaaS(config, files, counts), config, counts)
		})
	}()
	select {
	case err = <-served:
		if ctx.Err() != nil {
			err = errors.Join(err, <-leading)
		}
	case err = <-leading:
		if ctx.Err() == nil && err == nil {
			return errors.New("the Lease was lost; another replica works")
		}
		err = errors.Join(err, <-served)
	}
	return err
}
