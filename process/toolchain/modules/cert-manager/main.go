// Command hardened is cert-manager's controller, webhook and CA injector in one binary: which of them runs is the name it is started by.
// Of issuers it knows those that need nothing outside of the cluster, a CA's key in a Secret and self-signed ones. ACME, Vault, Venafi and the
// clients of clouds are not linked in. Upstream's own programs are modules that no proxy serves; this module's path is below upstream's because
// they are made of packages that are internal there.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	logsapi "k8s.io/component-base/logs/api/v1"
	ctrl "sigs.k8s.io/controller-runtime"

	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

// program is one of the binary's programs: it takes its flags from the command line, and runs until ctx ends.
type program interface {
	addFlags(flags *pflag.FlagSet)
	run(ctx context.Context) error
}

var programs = map[string]func() (program, error){
	"cert-manager-controller": func() (program, error) { return &controllerProgram{}, nil },
	"cert-manager-webhook":    newWebhookProgram,
	"cert-manager-cainjector": func() (program, error) { return &injectorProgram{}, nil },
}

func main() {
	name := filepath.Base(os.Args[0])
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, name, os.Args[1:]); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func start(ctx context.Context, name string, arguments []string) error {
	create, isKnown := programs[name]
	if !isKnown {
		return errors.New("this binary has no such program")
	}
	chosen, err := create()
	if err != nil {
		return err
	}
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	chosen.addFlags(flags)
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	logf.InitLogs()
	defer logf.FlushLogs()
	ctrl.SetLogger(logf.Log)
	return chosen.run(logf.NewContext(ctx, logf.Log, name))
}

// Flags that the controller and the injector share.
type shared struct {
	logging           *logsapi.LoggingConfiguration
	electionNamespace string
	leaseDuration     time.Duration
	renewDeadline     time.Duration
	retryPeriod       time.Duration
	metricsAddress    string
}

func (s *shared) addFlags(flags *pflag.FlagSet) {
	s.logging = logsapi.NewLoggingConfiguration()
	logf.AddFlags(s.logging, flags)
	flags.StringVar(&s.electionNamespace, "leader-election-namespace", "kube-system", "namespace of the Lease")
	flags.DurationVar(&s.leaseDuration, "leader-election-lease-duration", 60*time.Second, "how long a silent leader remains one")
	flags.DurationVar(&s.renewDeadline, "leader-election-renew-deadline", 40*time.Second, "how long the leader tries to renew")
	flags.DurationVar(&s.retryPeriod, "leader-election-retry-period", 15*time.Second, "time between two tries")
	flags.StringVar(&s.metricsAddress, "metrics-listen-address", "0.0.0.0:9402", "address of the metrics; 0: none")
}
