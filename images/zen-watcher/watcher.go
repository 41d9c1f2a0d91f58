package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// again is how soon a resource that cannot be watched is tried once more.
const again = 15 * time.Second

// item is an object of a watched resource.
type item struct {
	resource schema.GroupVersionResource
	key      string // namespace/name
}

// watcher holds a watch for every resource a mapping names, and records what their objects show.
type watcher struct {
	config   Config
	client   dynamic.Interface
	counts   *metrics
	queue    workqueue.TypedRateLimitingInterface[item]
	changed  chan struct{}
	mappings cache.SharedIndexInformer
	filters  cache.SharedIndexInformer
	mu       sync.Mutex
	watches  map[schema.GroupVersionResource]*resourceWatch
}

func newWatcher(client dynamic.Interface, config Config, counts *metrics) *watcher {
	return &watcher{
		config:  config,
		client:  client,
		counts:  counts,
		queue:   workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[item]()),
		changed: make(chan struct{}, 1),
		watches: map[schema.GroupVersionResource]*resourceWatch{},
	}
}

// run watches and records until the context ends.
func (w *watcher) run(ctx context.Context) {
	own := dynamicinformer.NewFilteredDynamicSharedInformerFactory(w.client, 0, w.config.Namespace, nil)
	w.mappings, w.filters = own.ForResource(mappings).Informer(), own.ForResource(filters).Informer()
	for _, informer := range []cache.SharedIndexInformer{w.mappings, w.filters} {
		_, _ = informer.AddEventHandler(onSpecChange(w.signal))
	}
	own.Start(ctx.Done())
	own.WaitForCacheSync(ctx.Done())
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() { w.work(ctx) })
	}
	group.Go(func() { w.expire(ctx) })
	w.reconcile(ctx)
	retry := time.NewTicker(again)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			w.queue.ShutDown()
			group.Wait()
			return
		case <-w.changed:
			w.reconcile(ctx)
			w.observeAgain()
		case <-retry.C:
			w.reconcile(ctx)
		}
	}
}

func (w *watcher) signal() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// onSpecChange leaves out changes of the status, which are this program's own.
func onSpecChange(tell func()) cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { tell() },
		DeleteFunc: func(any) { tell() },
		UpdateFunc: func(before, after any) {
			if before.(*unstructured.Unstructured).GetGeneration() != after.(*unstructured.Unstructured).GetGeneration() {
				tell()
			}
		},
	}
}

// reconcile starts and ends watches, so that there is one for each resource a mapping names, and says in the status how it is.
func (w *watcher) reconcile(ctx context.Context) {
	wanted := map[schema.GroupVersionResource]error{}
	for _, one := range specs[mapping](w.mappings) {
		wanted[one.kind()] = nil
	}
	w.mu.Lock()
	for resource, watch := range w.watches {
		if _, ok := wanted[resource]; !ok {
			watch.stop()
			delete(w.watches, resource)
		}
	}
	w.mu.Unlock()
	for resource := range wanted {
		if w.watchOf(resource) != nil {
			continue
		}
		watch, err := startWatch(ctx, w.client, resource, w.config.Namespaces, w.queue)
		if wanted[resource] = err; err != nil {
			slog.Warn("cannot be watched", "resource", resource.String(), "why", err.Error())
			continue
		}
		slog.Info("is watched", "resource", resource.String())
		w.mu.Lock()
		w.watches[resource] = watch
		w.mu.Unlock()
	}
	states := map[string]bool{}
	for resource, err := range wanted {
		states[resource.GroupResource().String()] = err == nil
	}
	w.counts.watch(states)
	w.report(ctx, wanted)
}

func (w *watcher) watchOf(resource schema.GroupVersionResource) *resourceWatch {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.watches[resource]
}

// observeAgain looks at every object once more: mappings or filters changed.
func (w *watcher) observeAgain() {
	w.mu.Lock()
	watches := maps.Clone(w.watches)
	w.mu.Unlock()
	for resource, watch := range watches {
		for _, key := range watch.keys() {
			w.queue.Add(item{resource, key})
		}
	}
}

func (w *watcher) work(ctx context.Context) {
	for {
		one, over := w.queue.Get()
		if over {
			return
		}
		if err := w.process(ctx, one); err != nil && ctx.Err() == nil {
			slog.Warn("cannot record", "object", one.key, "resource", one.resource.String(), "why", err.Error())
			w.queue.AddRateLimited(one)
		} else {
			w.queue.Forget(one)
		}
		w.queue.Done(one)
	}
}

// process records what every mapping of its resource makes of an object.
func (w *watcher) process(ctx context.Context, one item) error {
	watch := w.watchOf(one.resource)
	if watch == nil {
		return nil
	}
	object := watch.get(one.key)
	if object == nil {
		return nil
	}
	all := specs[filter](w.filters)
	for _, m := range specs[mapping](w.mappings) {
		if m.kind() != one.resource {
			continue
		}
		seen, matches := observe(m, object)
		if !matches || seen.isOver(time.Now()) {
			continue
		}
		if !seen.passes(all) {
			w.counts.count(seen.Source, seen.Severity, "filtered")
			continue
		}
		if err := w.record(ctx, seen); err != nil {
			return err
		}
	}
	return nil
}

// specs are those of all objects of an informer, in the order of their names.
func specs[T any](informer cache.SharedIndexInformer) []T {
	keys := informer.GetIndexer().ListKeys()
	slices.Sort(keys)
	var all []T
	for _, key := range keys {
		object, there, _ := informer.GetIndexer().GetByKey(key)
		if !there {
			continue
		}
		spec, err := specOf[T](object.(*unstructured.Unstructured))
		if err != nil {
			slog.Warn("cannot be read", "object", key, "why", err.Error())
			continue
		}
		all = append(all, spec)
	}
	return all
}
