package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var events = schema.GroupVersionResource{Version: "v1", Resource: "events"}

const normal, warning = "Normal", "Warning"

// again is how often it is said that something still fails: Events are kept for an hour by default.
const again = 10 * time.Minute

// notices tells the people of the cluster, by Events of its pod, whether the SaaS can be used.
type notices struct {
	kube *kube
	said string // the last reason, or the type of a notice without one
	at   time.Time
}

// tell makes an Event when the reason changes, and again while there is one. Failing to is logged: it must not keep anything else from being done.
func (n *notices) tell(ctx context.Context, kind, why, message string) {
	key := kind + why
	if key == n.said && (kind == normal || time.Since(n.at) < again) || kind == normal && n.said == "" {
		return
	}
	reason := "SaaSAnswers"
	if kind == warning {
		reason, message = "SaaSUnavailable", why+": "+message
	}
	pod, err := os.Hostname()
	if err == nil {
		_, err = n.kube.client.Resource(events).Namespace(n.kube.namespace).Create(ctx, eventOf(pod, n.kube.namespace, kind, reason, message), metav1.CreateOptions{})
	}
	if err != nil {
		slog.Warn("an Event cannot be made", "why", err.Error())
		return
	}
	n.said, n.at = key, time.Now()
}

func eventOf(pod, namespace, kind, reason, message string) *unstructured.Unstructured {
	now := time.Now().UTC().Format(time.RFC3339)
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion":     "v1",
		"kind":           "Event",
		"metadata":       map[string]any{"generateName": pod + ".", "namespace": namespace},
		"involvedObject": map[string]any{"apiVersion": "v1", "kind": "Pod", "name": pod, "namespace": namespace},
		"type":           kind,
		"reason":         reason,
		"message":        message,
		"source":         map[string]any{"component": manager},
		"firstTimestamp": now,
		"lastTimestamp":  now,
		"count":          int64(1),
	}}
}
