package main

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// resourceWatch keeps the objects of one resource, of all namespaces or of some.
type resourceWatch struct {
	indexers []cache.Indexer
	stop     context.CancelFunc
}

// startWatch begins to watch a resource; its objects go into the queue as they come and change. It fails when the resource is not
// served, or the ServiceAccount may not list it.
func startWatch(
	ctx context.Context, client dynamic.Interface, resource schema.GroupVersionResource, namespaces []string,
	queue workqueue.TypedRateLimitingInterface[item],
) (*resourceWatch, error) {
	if len(namespaces) == 0 {
		namespaces = []string{metav1.NamespaceAll}
	}
	for _, namespace := range namespaces {
		if _, err := client.Resource(resource).Namespace(namespace).List(ctx, metav1.ListOptions{Limit: 1}); err != nil {
			return nil, err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	watch := &resourceWatch{stop: stop}
	add := func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			queue.Add(item{resource, key})
		}
	}
	for _, namespace := range namespaces {
		informer := dynamicinformer.NewFilteredDynamicInformer(client, resource, namespace, 0, cache.Indexers{}, nil).Informer()
		_ = informer.SetTransform(withoutManagedFields)
		_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc: add, UpdateFunc: func(_, after any) { add(after) },
		})
		watch.indexers = append(watch.indexers, informer.GetIndexer())
		go informer.RunWithContext(ctx)
	}
	return watch, nil
}

func (w *resourceWatch) get(key string) *unstructured.Unstructured {
	for _, indexer := range w.indexers {
		if object, there, _ := indexer.GetByKey(key); there {
			return object.(*unstructured.Unstructured)
		}
	}
	return nil
}

func (w *resourceWatch) keys() []string {
	var all []string
	for _, indexer := range w.indexers {
		all = append(all, indexer.ListKeys()...)
	}
	return all
}

// withoutManagedFields keeps the cache small: who wrote which field is not looked at.
func withoutManagedFields(object any) (any, error) {
	if one, ok := object.(*unstructured.Unstructured); ok {
		one.SetManagedFields(nil)
	}
	return object, nil
}
