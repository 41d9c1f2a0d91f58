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

// finishing is how long work that is under way has, when it is told to stop, before the Lease is given back.
const finishing = 10 * time.Second

// lead works while this replica holds the Lease; ready as soon as it knows who does. It returns when the Lease is lost or the context
// ends; then work ends first, and the Lease is given back after it. Client-go's own timings: a new leader works 15 s after the old one
// has died. Without an election it works at once.
func lead(
	ctx context.Context, access *rest.Config, config Config, health *health, counts *metrics, work func(context.Context),
) error {
	if !config.Election {
		health.ready.Store(true)
		counts.lead(true)
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
	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Namespace: config.Namespace, Name: config.Instance},
		Client:     client,
		LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
	}
	return elect(ctx, lock, health, counts, work)
}

func elect(
	ctx context.Context, lock resourcelock.Interface, health *health, counts *metrics, work func(context.Context),
) error {
	// The election outlives the context: the Lease is held until the work has ended.
	held, release := context.WithCancel(context.WithoutCancel(ctx))
	defer release()
	started, ended := make(chan struct{}), make(chan struct{})
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:            lock,
		LeaseDuration:   15 * time.Second,
		RenewDeadline:   10 * time.Second,
		RetryPeriod:     2 * time.Second,
		ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(leading context.Context) {
				close(started)
				defer close(ended)
				slog.Info("works from now on", "lease", lock.Describe())
				counts.lead(true)
				working, cancel := context.WithCancel(leading)
				defer cancel()
				defer context.AfterFunc(ctx, cancel)()
				work(working)
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
	defer context.AfterFunc(ctx, func() {
		defer release()
		select {
		case <-started:
		default:
			return
		}
		select {
		case <-ended:
		case <-time.After(finishing):
		}
	})()
	elector.Run(held)
	return nil
}
