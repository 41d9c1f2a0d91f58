package main

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// The API of the custom resources, and the version this program speaks.
const (
	group      = "zen.kube-zen.io"
	apiVersion = group + "/v1"
)

var (
	remediations = schema.GroupVersionResource{Group: group, Version: "v1", Resource: "zenagentremediations"}
	observations = schema.GroupVersionResource{Group: group, Version: "v1", Resource: "observations"}
)

// Phases of a remediation.
const (
	approved   = "Approved"
	running    = "Running"
	succeeded  = "Succeeded"
	failed     = "Failed"
	conflicted = "Conflict"
	rolledBack = "RolledBack"
	rejected   = "Rejected"
)

// Conditions of a remediation.
const (
	committed = "Committed" // the commit is in the repository
	applied   = "Applied"   // the change is in the cluster
	reported  = "Reported"  // the SaaS knows how it ended
	rollback  = "Rollback"  // Unknown: begun; True: taken back; False: it failed, and a person has to act
)

// Annotations of a remediation, and of its target: what others say. What the agent keeps is in the status.
const (
	webhookAnnotation  = group + "/webhook"     // when the last webhook came
	rollbackAnnotation = group + "/rollback"    // "requested": a person wants it rolled back
	probeURL           = group + "/probe-url"   // of a target: what the probe http asks
	probeQuery         = group + "/probe-query" // of a target: what the probe metrics asks
)

// subject is an object of the cluster.
type subject struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	UID        string `json:"uid,omitempty"`
}

func (s subject) String() string {
	if s.Namespace == "" {
		return s.Kind + " " + s.Name
	}
	return s.Kind + " " + s.Namespace + "/" + s.Name
}

// gitops is where a change is committed.
type gitops struct {
	Repository string `json:"repository"`
	Branch     string `json:"branch,omitempty"`
	Path       string `json:"path"`
}

// remediation is the spec of a ZenAgentRemediation.
type remediation struct {
	ExecutionMode string  `json:"executionMode"`
	Schedule      string  `json:"schedule,omitempty"`
	Target        subject `json:"target"`
	Patch         string  `json:"patch,omitempty"`
	Gitops        *gitops `json:"gitops,omitempty"`
}

// specOf reads the spec of a ZenAgentRemediation; the API server has checked it.
func specOf(object *unstructured.Unstructured) (remediation, error) {
	var spec remediation
	content, _, err := unstructured.NestedMap(object.Object, "spec")
	if err == nil {
		err = runtime.DefaultUnstructuredConverter.FromUnstructured(content, &spec)
	}
	if spec.Gitops != nil && spec.Gitops.Branch == "" {
		spec.Gitops.Branch = ownBranch(object.GetName())
	}
	return spec, err
}

// newRemediation is the object of an order.
func newRemediation(config Config, one order) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"spec": one.Spec}}
	object.SetAPIVersion(apiVersion)
	object.SetKind("ZenAgentRemediation")
	object.SetNamespace(config.Namespace)
	object.SetName(one.Name)
	object.SetLabels(ownLabels(config))
	return object
}

// ownLabels mark what the SaaS ordered: how it ended is reported.
func ownLabels(config Config) map[string]string {
	return map[string]string{"app.kubernetes.io/managed-by": manager, "app.kubernetes.io/instance": config.Instance}
}

// sameSpec tells whether two specs say the same, whatever the API server filled in.
func sameSpec(one, other map[string]any) bool {
	text := func(spec map[string]any) string {
		read, err := specOf(&unstructured.Unstructured{Object: map[string]any{"spec": spec}})
		if err != nil {
			return err.Error()
		}
		written, _ := json.Marshal(read)
		return string(written)
	}
	return text(one) == text(other)
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
