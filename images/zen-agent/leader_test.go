package main

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// lock is a Lease in memory.
type lock struct {
	mu     sync.Mutex
	record *resourcelock.LeaderElectionRecord
}

func (l *lock) Get(context.Context) (*resourcelock.LeaderElectionRecord, []byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.record == nil {
		return nil, nil, errors.NewNotFound(schema.GroupResource{Resource: "leases"}, "zen-agent")
	}
	text, err := json.Marshal(l.record)
	return l.record, text, err
}

func (l *lock) Create(_ context.Context, record resourcelock.LeaderElectionRecord) error {
	return l.Update(nil, record)
}

func (l *lock) Update(_ context.Context, record resourcelock.LeaderElectionRecord) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.record = &record
	return nil
}

func (l *lock) holder() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.record.HolderIdentity
}

func (l *lock) RecordEvent(string) {}
func (l *lock) Identity() string   { return "agent-1" }
func (l *lock) Describe() string   { return "zen/zen-agent" }

func TestTheLeaseIsGivenBackAfterTheWorkHasEnded(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	held, health, counts := &lock{}, &health{}, newMetrics(func() time.Time { return time.Time{} })
	working, holder := make(chan struct{}), ""
	ended := make(chan error)
	go func() {
		ended <- elect(ctx, held, health, counts, func(ctx context.Context) {
			close(working)
			<-ctx.Done()
			time.Sleep(100 * time.Millisecond) // the last step
			holder = held.holder()
		})
	}()
	<-working
	stop()
	must(t, <-ended)
	if holder != "agent-1" || held.holder() != "" {
		t.Fatalf("held by %q while it worked, by %q afterwards", holder, held.holder())
	}
	if !health.ready.Load() {
		t.Fatal("it did not get ready")
	}
}
