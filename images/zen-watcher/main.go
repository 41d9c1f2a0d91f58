// Command zen-watcher stands in for zen-watcher: it watches the kinds that ObservationMappings name and records what it sees as
// Observations, unless an ObservationFilter refuses it. Any number of replicas can run; one at a time records.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

const help = `zen-watcher turns objects of the cluster into Observations.

usage:
  zen-watcher           watch and record until told to stop
  zen-watcher --help    show this text

environment:
  ZEN_WATCHER_NAMESPACE      namespace of its ObservationMappings, ObservationFilters, Observations and its Lease; required
  ZEN_WATCHER_INSTANCE       name of its Lease, and label of what it records, default zen-watcher
  ZEN_WATCHER_NAMESPACES     namespaces it looks into, separated by commas; default: all
  ZEN_WATCHER_LEADER_ELECTION
                             false: this is the only replica, and records without a Lease; default true
  ZEN_WATCHER_PORT           port of /healthz, /readyz and /metrics, default 8080
  ZEN_WATCHER_DRAIN_SECONDS  seconds it still answers after it was told to stop, not ready any more, default 2

Which kinds are watched is said by ObservationMappings, which of their objects are recorded by ObservationFilters; both take effect
without a restart. It may watch only what its ClusterRole lets it list and watch: a mapping of another kind says so in its status.

requests:
  GET /healthz  GET /readyz  GET /metrics

exit codes:
  0 told to stop   1 unexpected, or the Lease was lost   2 wrong arguments or environment
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
		fmt.Printf("unknown arguments %q; see zen-watcher --help\n", args)
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
	if err := watch(ctx, config); err != nil {
		slog.Error(err.Error())
		return 1
	}
	return 0
}

// watch answers health and metrics, and records while it holds the Lease, until the context ends.
func watch(ctx context.Context, config Config) error {
	access, err := rest.InClusterConfig()
	if err != nil {
		return fmt.Errorf("it runs in a pod with a ServiceAccount's token: %w", err)
	}
	access.QPS, access.Burst, access.UserAgent = 50, 100, "zen-watcher"
	client, err := dynamic.NewForConfig(access)
	if err != nil {
		return err
	}
	health, counts := &health{}, newMetrics()
	served := make(chan error, 1)
	go func() { served <- health.listen(ctx, config, counts) }()
	leading := make(chan error, 1)
	go func() {
		leading <- lead(ctx, access, config, health, counts, func(ctx context.Context) {
			newWatcher(client, config, counts).run(ctx)
		})
	}()
	select {
	case err = <-served:
	case err = <-leading:
		if ctx.Err() == nil && err == nil {
			return errors.New("the Lease was lost; another replica records")
		}
		err = errors.Join(err, <-served)
	}
	return err
}
