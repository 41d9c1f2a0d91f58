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

// again is how often it is said that something still fails: Events are kept for an hour by default.
const again = 10 * time.Minute

// notices tells the people of the cluster, by Events of its pod, whether the SaaS can be used.
type notices struct {
	kube *kube
	said string // the last reason why it cannot be used; "" while it can
	at   time.Time
}

// tell makes an Event when the reason of a failure changes or goes away, and again while there is one. Failing to is logged: it must not
// keep anything else from being done.
func (n *notices) tell(ctx context.Context, failure error) {
	kind, reason, message, why := "Normal", "SaaSAnswers", "the SaaS answers again", ""
	if failure != nil {
		why = reasonOf(failure)
		kind, reason, message = "Warning", "SaaSUnavailable", why+": "+failure.Error()
	}
	if why == n.said && (why == "" || time.Since(n.at) < again) {
		return
	}
	pod, err := os.Hostname()
	if err == nil {
		_, err = n.kube.client.Resource(events).Namespace(n.kube.namespace).Create(ctx, eventOf(pod, n.kube.namespace, kind, reason, message), metav1.CreateOptions{})
	}
	if err != nil {
		slog.Warn("an Event cannot be made", "why", err.Error())
		return
	}
	n.said, n.at = why, time.Now()
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
