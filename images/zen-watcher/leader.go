package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	coordination "k8s.io/client-go/kubernetes/typed/coordination/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// lead runs the work while this replica holds the Lease; ready as soon as it knows who does. It returns when the Lease is lost or the
// context ends, and then gives the Lease back. Client-go's own timings: a new leader records 15 s after the old one has died.
// Without an election it is the only replica, and leads until the context ends.
func lead(
	ctx context.Context, access *rest.Config, config Config, health *health, counts *metrics, work func(context.Context),
) error {
	if !config.Election {
		slog.Info("records from now on, without an election")
		counts.lead(true)
		health.ready.Store(true)
		work(ctx)
		return nil
	}
	client, err := coordination.NewForConfig(access)
	if err != nil {
		return err
	}
	identity, err := os.Hostname()
	if err != nil {
		return err
	}
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Namespace: config.Namespace, Name: config.Instance},
			Client:     client,
			LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
		},
		LeaseDuration:   15 * time.Second,
		RenewDeadline:   10 * time.Second,
		RetryPeriod:     2 * time.Second,
		ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) {
				slog.Info("records from now on", "lease", config.Instance)
				counts.lead(true)
				work(ctx)
			},
			OnStoppedLeading: func() { counts.lead(false) },
			OnNewLeader: func(leader string) {
				slog.Info("the leader is known", "leader", leader)
				health.ready.Store(true)
			},
		},
	})
	if err != nil {
		return err
	}
	elector.Run(ctx)
	return nil
}
