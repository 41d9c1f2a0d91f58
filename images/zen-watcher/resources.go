package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// The API of the custom resources, and the version this program speaks.
const (
	group   = "zen.kube-zen.io"
	version = "v1"
)

var (
	observations = schema.GroupVersionResource{Group: group, Version: version, Resource: "observations"}
	filters      = schema.GroupVersionResource{Group: group, Version: version, Resource: "observationfilters"}
	mappings     = schema.GroupVersionResource{Group: group, Version: version, Resource: "observationmappings"}
)

// field is where a value of an Observation comes from.
type field struct {
	Path    string            `json:"path,omitempty"`
	Values  map[string]string `json:"values,omitempty"`
	Default string            `json:"default,omitempty"`
}

// condition is one that an object must meet to be observed.
type condition struct {
	Path string   `json:"path"`
	In   []string `json:"in"`
}

// mapping is the spec of an ObservationMapping.
type mapping struct {
	SourceName string      `json:"sourceName"`
	Group      string      `json:"group,omitempty"`
	Version    string      `json:"version"`
	Resource   string      `json:"resource"`
	Where      []condition `json:"where,omitempty"`
	Category   field       `json:"category"`
	Severity   field       `json:"severity"`
	EventType  field       `json:"eventType"`
	Message    field       `json:"message,omitempty"`
	Subject    field       `json:"subject,omitempty"`
	TTL        int64       `json:"ttlSecondsAfterCreation,omitempty"`
}

func (m mapping) kind() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: m.Group, Version: m.Version, Resource: m.Resource}
}

// filter is the spec of an ObservationFilter.
type filter struct {
	TargetSource      string   `json:"targetSource"`
	MinSeverity       string   `json:"minSeverity,omitempty"`
	IncludeCategories []string `json:"includeCategories,omitempty"`
	ExcludeCategories []string `json:"excludeCategories,omitempty"`
	IncludeEventTypes []string `json:"includeEventTypes,omitempty"`
	ExcludeEventTypes []string `json:"excludeEventTypes,omitempty"`
	IncludeNamespaces []string `json:"includeNamespaces,omitempty"`
	ExcludeNamespaces []string `json:"excludeNamespaces,omitempty"`
}

// subject is the object that an Observation is about.
type subject struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	UID        string `json:"uid,omitempty"`
}

// observation is the spec of an Observation.
type observation struct {
	Source     string  `json:"source"`
	Category   string  `json:"category"`
	Severity   string  `json:"severity"`
	EventType  string  `json:"eventType"`
	Message    string  `json:"message,omitempty"`
	Resource   subject `json:"resource"`
	DetectedAt string  `json:"detectedAt"`
	TTL        int64   `json:"ttlSecondsAfterCreation,omitempty"`
}

// specOf reads the spec of a custom resource; the API server has checked it.
func specOf[T any](object *unstructured.Unstructured) (T, error) {
	var spec T
	content, _, err := unstructured.NestedMap(object.Object, "spec")
	if err == nil {
		err = runtime.DefaultUnstructuredConverter.FromUnstructured(content, &spec)
	}
	return spec, err
}
