package main

import (
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// kube is the cluster: its objects, and which kinds it serves under which names.
type kube struct {
	client    dynamic.Interface
	mapper    meta.RESTMapper
	namespace string // of the ZenAgentRemediations
}

func newKube(access *rest.Config, namespace string) (*kube, error) {
	client, err := dynamic.NewForConfig(access)
	if err != nil {
		return nil, err
	}
	kinds, err := discovery.NewDiscoveryClientForConfig(access)
	if err != nil {
		return nil, err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(kinds))
	return &kube{client: client, mapper: mapper, namespace: namespace}, nil
}

func (k *kube) own() dynamic.ResourceInterface {
	return k.client.Resource(remediations).Namespace(k.namespace)
}

// kindOf gives the resource of an object's kind, or a sentence why it is none.
func (k *kube) kindOf(target subject) (*meta.RESTMapping, error) {
	version, err := schema.ParseGroupVersion(target.APIVersion)
	if err != nil {
		return nil, refuse("target", "%q is no version of an API", target.APIVersion)
	}
	mapping, err := k.mapper.RESTMapping(version.WithKind(target.Kind).GroupKind(), version.Version)
	if meta.IsNoMatchError(err) {
		return nil, refuse("target", "the cluster does not serve %s %s", target.APIVersion, target.Kind)
	}
	return mapping, err
}

// of gives the way to an object, or a sentence why it is none that a remediation may change.
func (k *kube) of(target subject) (dynamic.ResourceInterface, error) {
	mapping, err := k.kindOf(target)
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return k.client.Resource(mapping.Resource), nil
	}
	if target.Namespace == "" {
		return nil, refuse("target", "a %s is in a namespace, and target.namespace is missing", target.Kind)
	}
	return k.client.Resource(mapping.Resource).Namespace(target.Namespace), nil
}
