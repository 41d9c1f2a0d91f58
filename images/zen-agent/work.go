package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
)

// beat is how often it is looked what is due.
const beat = 2 * time.Second

// work makes remediations and talks to the SaaS until the context ends, and returns when all that was under way has ended. The two do
// not wait for each other: what was approved is done while the SaaS is away.
func work(ctx context.Context, kube *kube, saas *saas, config Config, counts *metrics) {
	own := dynamicinformer.NewFilteredDynamicSharedInformerFactory(kube.client, 0, kube.namespace, nil)
	ordered, noticed := own.ForResource(remediations).Informer(), own.ForResource(observations).Informer()
	own.Start(ctx.Done())
	own.WaitForCacheSync(ctx.Done())
	var group sync.WaitGroup
	defer group.Wait()
	exchange := newExchange(kube, saas, config)
	group.Go(func() {
		every(ctx, config.Poll, func() { exchange.round(ctx, objectsOf(ordered), objectsOf(noticed)) })
	})
	executor := newExecutor(kube, config, counts)
	every(ctx, beat, func() { executor.round(ctx, objectsOf(ordered), &group) })
}

// every does something at once and again and again, until the context ends.
func every(ctx context.Context, pause time.Duration, do func()) {
	for ctx.Err() == nil {
		do()
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func objectsOf(informer cache.SharedIndexInformer) []*unstructured.Unstructured {
	var all []*unstructured.Unstructured
	for _, one := range informer.GetIndexer().List() {
		if object, ok := one.(*unstructured.Unstructured); ok {
			all = append(all, object)
		} else {
			slog.Error("an object cannot be read")
		}
	}
	return all
}
