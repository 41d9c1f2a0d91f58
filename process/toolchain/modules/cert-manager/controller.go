package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"github.com/cert-manager/cert-manager/pkg/controller"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"   // the controllers register themselves
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"         // issues with a CA's key in a Secret
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned" // issues what begins a chain
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"           // fills the Secret
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"        // makes private keys
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/metrics"           // has the certificates' informer for the series
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"         // sets the Ready condition
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"    // makes CertificateRequests
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"   // deletes old ones
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"           // decides when to issue
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"                 // verifies issuers of the cluster
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"                        // verifies issuers of a namespace
	"github.com/cert-manager/cert-manager/pkg/healthz"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"         // the kinds of issuers
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned" // register themselves, too
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

// What upstream's own program sets by default; its defaults name every controller there is, and would link them all.
const (
	workers               = 5
	healthAddress         = "0.0.0.0:9403"
	electionHealthTimeout = 20 * time.Second
	minimumBackoff        = time.Hour
	maximumBackoff        = 32 * time.Hour
)

var copiedAnnotations = []string{"*", "-kubectl.kubernetes.io/", "-fluxcd.io/", "-argocd.argoproj.io/"}

var errNoLongerLeader = errors.New("another replica has taken the Lease")

// controllerProgram issues and renews certificates.
type controllerProgram struct {
	shared
	clusterResourceNamespace string
	withOwner                bool
}

func (c *controllerProgram) addFlags(flags *pflag.FlagSet) {
	c.shared.addFlags(flags)
	flags.StringVar(&c.clusterResourceNamespace, "cluster-resource-namespace", "kube-system", "namespace of the Secrets that ClusterIssuers name")
	flags.BoolVar(&c.withOwner, "enable-certificate-owner-ref", false, "whether a Secret goes with its Certificate")
	// The chart passes them always. Nothing here reads them.
	flags.String("acme-http01-solver-image", "", "not used: there is no ACME")
	flags.Int("max-concurrent-challenges", 0, "not used: there is no ACME")
}

func (c *controllerProgram) run(ctx context.Context) error {
	if err := logf.ValidateAndApply(c.logging); err != nil {
		return err
	}
	factory, err := controller.NewContextFactory(ctx, controller.ContextOptions{
		KubernetesAPIQPS:   20,
		KubernetesAPIBurst: 50,
		IssuerOptions:      controller.IssuerOptions{ClusterResourceNamespace: c.clusterResourceNamespace},
		CertificateOptions: controller.CertificateOptions{
			EnableOwnerRef:                           c.withOwner,
			CopiedAnnotationPrefixes:                 copiedAnnotations,
			CertificateRequestMinimumBackoffDuration: minimumBackoff,
			CertificateRequestMaximumBackoffDuration: maximumBackoff,
		},
	})
	if err != nil {
		return err
	}
	root, err := factory.Build()
	if err != nil {
		return err
	}
	running, ctx := errgroup.WithContext(ctx)
	health := healthz.NewServer(electionHealthTimeout)
	if err := serveHealth(ctx, running, health); err != nil {
		return err
	}
	if c.metricsAddress != "0" {
		// Before the server is made: it has the series of certificates only if it knows them by then.
		informers := root.SharedInformerFactory.Certmanager().V1()
		root.Metrics.SetupCertificateCollector(informers.Certificates().Lister())
		root.Metrics.SetupIssuerCollector(informers.Issuers().Lister())
		root.Metrics.SetupClusterIssuerCollector(informers.ClusterIssuers().Lister())
		if err := serveMetrics(ctx, running, root, c.metricsAddress); err != nil {
			return err
		}
	}
	running.Go(func() error {
		return c.lead(ctx, root, health, func(ctx context.Context) error { return control(ctx, factory, root) })
	})
	return running.Wait()
}

// control runs every controller that is linked in.
func control(ctx context.Context, factory *controller.ContextFactory, root *controller.Context) error {
	running, ctx := errgroup.WithContext(ctx)
	for name, create := range controller.Known() {
		one, err := create(factory)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		running.Go(func() error { return one.Run(workers, ctx) })
	}
	root.SharedInformerFactory.Start(ctx.Done())
	root.KubeSharedInformerFactory.Start(ctx.Done())
	root.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	return running.Wait()
}

// lead works once this replica has the Lease, and ends with an error when it has lost it.
func (c *controllerProgram) lead(ctx context.Context, root *controller.Context, health *healthz.Server, work func(context.Context) error) error {
	identity, err := os.Hostname()
	if err != nil {
		return err
	}
	lock := &resourcelock.LeaseLock{
		Client:     root.Client.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: identity, EventRecorder: root.Recorder},
	}
	lock.LeaseMeta.Namespace, lock.LeaseMeta.Name = c.electionNamespace, "cert-manager-controller"
	leading, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	leaderelection.RunOrDie(leading, leaderelection.LeaderElectionConfig{
		Lock:            lock,
		LeaseDuration:   c.leaseDuration,
		RenewDeadline:   c.renewDeadline,
		RetryPeriod:     c.retryPeriod,
		ReleaseOnCancel: true,
		WatchDog:        health.LeaderHealthzAdaptor,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) {
				ended <- work(ctx)
				stop()
			},
			OnStoppedLeading: func() {},
		},
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case err := <-ended:
		return err
	default:
		return errNoLongerLeader
	}
}

func serveHealth(ctx context.Context, running *errgroup.Group, health *healthz.Server) error {
	listener, err := net.Listen("tcp", healthAddress)
	if err != nil {
		return err
	}
	running.Go(func() error { return health.Start(ctx, listener) })
	return nil
}

func serveMetrics(ctx context.Context, running *errgroup.Group, root *controller.Context, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := root.Metrics.NewServer(listener)
	running.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	running.Go(func() error {
		<-ctx.Done()
		closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return server.Shutdown(closing)
	})
	return nil
}
