package main

import (
	"context"
	"slices"
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

// end sets the phase in which a remediation ends. That it was reported is not true of this end.
func (s status) end(phase, message string, now time.Time) {
	s["phase"], s["message"], s["finishedAt"] = phase, cut(message, mostText), moment(now)
	s.drop(reported)
}

// meet sets a condition to True.
func (s status) meet(kind, reason, message string, generation int64, now time.Time) {
	s.set(kind, "True", reason, message, generation, now)
}

// set sets a condition.
func (s status) set(kind, value, reason, message string, generation int64, now time.Time) {
	s.drop(kind)
	kept, _ := s["conditions"].([]any)
	s["conditions"] = append([]any{map[string]any{
		"type": kind, "status": value, "reason": reason, "message": cut(message, mostText),
		"observedGeneration": generation, "lastTransitionTime": moment(now),
	}}, kept...)
}

// drop takes a condition away.
func (s status) drop(kind string) {
	kept, there := s["conditions"].([]any)
	if !there {
		return
	}
	s["conditions"] = slices.DeleteFunc(kept, func(one any) bool {
		condition, _ := one.(map[string]any)
		return condition["type"] == kind
	})
}

func phaseOf(object *unstructured.Unstructured) string {
	phase, _, _ := unstructured.NestedString(object.Object, "status", "phase")
	return phase
}

// condition is one of a remediation; empty when it is not there.
type condition struct {
	status, reason, message string
	since                   time.Time
}

func conditionOf(object *unstructured.Unstructured, kind string) condition {
	kept, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, one := range kept {
		given, _ := one.(map[string]any)
		if given["type"] != kind {
			continue
		}
		text := func(key string) string {
			value, _ := given[key].(string)
			return value
		}
		at, _ := time.Parse(time.RFC3339, text("lastTransitionTime"))
		return condition{text("status"), text("reason"), text("message"), at}
	}
	return condition{}
}

// since tells since when a condition is True; false when it is not.
func since(object *unstructured.Unstructured, kind string) (time.Time, bool) {
	found := conditionOf(object, kind)
	return found.since, found.status == "True"
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
