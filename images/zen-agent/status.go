package main

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// mostText is the length of a message in a status, in characters.
const mostText = 1024

// status is that of a remediation, to be changed and written.
type status map[string]any

// setStatus changes the status of a remediation and writes it; it fails when someone changed the object since, so that no two agents
// take the same step.
func (k *kube) setStatus(
	ctx context.Context, object *unstructured.Unstructured, change func(status),
) (*unstructured.Unstructured, error) {
	next := object.DeepCopy()
	kept, _, _ := unstructured.NestedMap(next.Object, "status")
	if kept == nil {
		kept = map[string]any{}
	}
	change(kept)
	next.Object["status"] = kept
	return k.own().UpdateStatus(ctx, next, metav1.UpdateOptions{FieldManager: manager})
}

func moment(now time.Time) string { return now.UTC().Format(time.RFC3339) }

// end sets the phase in which a remediation ends.
func (s status) end(phase, message string, now time.Time) {
	s["phase"], s["message"], s["finishedAt"] = phase, cut(message, mostText), moment(now)
}

// meet sets a condition to True.
func (s status) meet(kind, reason, message string, generation int64, now time.Time) {
	kept, _ := s["conditions"].([]any)
	next := []any{map[string]any{
		"type": kind, "status": "True", "reason": reason, "message": cut(message, mostText),
		"observedGeneration": generation, "lastTransitionTime": moment(now),
	}}
	for _, one := range kept {
		if before, _ := one.(map[string]any); before["type"] != kind {
			next = append(next, one)
		}
	}
	s["conditions"] = next
}

func phaseOf(object *unstructured.Unstructured) string {
	phase, _, _ := unstructured.NestedString(object.Object, "status", "phase")
	return phase
}

// since tells since when a condition is True; false when it is not.
func since(object *unstructured.Unstructured, kind string) (time.Time, bool) {
	kept, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, one := range kept {
		condition, _ := one.(map[string]any)
		if condition["type"] != kind || condition["status"] != "True" {
			continue
		}
		text, _ := condition["lastTransitionTime"].(string)
		at, _ := time.Parse(time.RFC3339, text)
		return at, true
	}
	return time.Time{}, false
}

// startedAt tells when a remediation began.
func startedAt(object *unstructured.Unstructured) time.Time {
	text, _, _ := unstructured.NestedString(object.Object, "status", "startedAt")
	at, _ := time.Parse(time.RFC3339, text)
	return at
}

// isOver tells whether a remediation has ended.
func isOver(object *unstructured.Unstructured) bool {
	switch phaseOf(object) {
	case succeeded, failed, conflicted, rolledBack, rejected:
		return true
	}
	return false
}
