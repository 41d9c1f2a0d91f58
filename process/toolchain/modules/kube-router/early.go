package main

import (
	"fmt"
	"sync"
	"time"

	v1core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
)

// pod is what the plugin tells an agent of a pod whose network has just been made.
type pod struct {
	Namespace, Name string
	UID             types.UID
	// IP is its address, Host its node's.
	IP, Host string
}

// earlyAddresses is an informer of pods that knows an address as soon as there is one: the API server hears of it only when the pod runs.
type earlyAddresses struct {
	cache.SharedIndexInformer
	mutex sync.RWMutex
	pods  map[types.UID]pod
}

func newEarlyAddresses(informer cache.SharedIndexInformer) *earlyAddresses {
	early := &earlyAddresses{SharedIndexInformer: informer, pods: map[types.UID]pod{}}
	forget := func(object any, isKnown func(*v1core.Pod, pod) bool) {
		if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = gone.Obj
		}
		if one, ok := object.(*v1core.Pod); ok {
			early.mutex.Lock()
			defer early.mutex.Unlock()
			if isKnown(one, early.pods[one.UID]) {
				delete(early.pods, one.UID)
			}
		}
	}
	// The handlers only tidy up; an informer takes them before it starts.
	_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(_, object any) {
			forget(object, func(one *v1core.Pod, told pod) bool { return one.Status.PodIP == told.IP })
		},
		DeleteFunc: func(object any) { forget(object, func(*v1core.Pod, pod) bool { return true }) },
	})
	return early
}

// add notes a pod's address. The pod itself may be told of later than its address; one that never is, is an error.
func (e *earlyAddresses) add(told pod) error {
	for late := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		object, isThere, _ := e.SharedIndexInformer.GetIndexer().GetByKey(told.Namespace + "/" + told.Name)
		if one, ok := object.(*v1core.Pod); isThere && ok && one.UID == told.UID {
			e.mutex.Lock()
			defer e.mutex.Unlock()
			e.pods[told.UID] = told
			return nil
		}
		if time.Now().After(late) {
			return fmt.Errorf("the API server knows no pod %s in %s with UID %s", told.Name, told.Namespace, told.UID)
		}
	}
}

// GetIndexer gives the pods, with the addresses that are known early.
func (e *earlyAddresses) GetIndexer() cache.Indexer {
	return earlyIndexer{e.SharedIndexInformer.GetIndexer(), e}
}

type earlyIndexer struct {
	cache.Indexer
	early *earlyAddresses
}

func (i earlyIndexer) List() []any { return i.early.filled(i.Indexer.List()) }

func (i earlyIndexer) Index(name string, object any) ([]any, error) {
	objects, err := i.Indexer.Index(name, object)
	return i.early.filled(objects), err
}

func (i earlyIndexer) ByIndex(name, value string) ([]any, error) {
	objects, err := i.Indexer.ByIndex(name, value)
	return i.early.filled(objects), err
}

func (e *earlyAddresses) filled(objects []any) []any {
	e.mutex.RLock()
	defer e.mutex.RUnlock()
	for at, object := range objects {
		one, ok := object.(*v1core.Pod)
		if !ok {
			continue
		}
		if told, isTold := e.pods[one.UID]; isTold {
			one = one.DeepCopy()
			one.Status.HostIP, one.Status.PodIP = told.Host, told.IP
			one.Status.PodIPs = []v1core.PodIP{{IP: told.IP}}
			objects[at] = one
		}
	}
	return objects
}
