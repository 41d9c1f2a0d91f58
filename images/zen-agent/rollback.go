package main

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Reasons of the condition Rollback.
const (
	probesFailed = "ProbesFailed" // begun by the agent
	requested    = "Requested"    // begun by a person
)

// isWanted tells whether a person asks for a remediation to be rolled back. One that failed is not tried again until the annotation was
// taken away and set anew.
func (e *executor) isWanted(object *unstructured.Unstructured) bool {
	return isRequested(object) && !isSpent(object) && e.config.rollsBack("manual") &&
		slices.Contains([]string{succeeded, failed}, phaseOf(object))
}

func isRequested(object *unstructured.Unstructured) bool {
	return object.GetAnnotations()[rollbackAnnotation] == "requested"
}

// isSpent tells whether the rollback that a person asked for has failed.
func isSpent(object *unstructured.Unstructured) bool {
	at := conditionOf(object, rollback)
	return at.status == "False" && at.reason == requested
}

// isRollingBack tells whether a rollback has begun and not ended: it is gone on with, whatever probes and annotations say meanwhile.
func isRollingBack(object *unstructured.Unstructured) bool {
	return conditionOf(object, rollback).status == "Unknown"
}

// takeBack begins what a person asks for, or forgets that it failed once they do not ask any more.
func (e *executor) takeBack(ctx context.Context, object *unstructured.Unstructured, spec remediation) error {
	if isSpent(object) {
		_, err := e.kube.setStatus(ctx, object, func(s status) { s.drop(rollback) })
		return err
	}
	return e.beginRollback(ctx, object, spec, requested, "asked for by the annotation "+rollbackAnnotation)
}

// beginRollback says that and why a change is taken back, before it is.
func (e *executor) beginRollback(ctx context.Context, object *unstructured.Unstructured, spec remediation, reason, why string) error {
	next, err := e.kube.setStatus(ctx, object, func(s status) {
		s.set(rollback, "Unknown", reason, why, object.GetGeneration(), e.now())
	})
	if err != nil {
		return err
	}
	return e.rollBack(ctx, next, spec)
}

// rollBack takes a change back. An error that will not go away, or has not for too long, ends it.
func (e *executor) rollBack(ctx context.Context, object *unstructured.Unstructured, spec remediation) error {
	begun := conditionOf(object, rollback)
	err, done := e.undo(ctx, object, spec), "rolled back"
	if spec.Gitops != nil {
		done = "reverted by a commit on the branch " + spec.Gitops.Branch + "; it is taken back in the cluster once that is delivered"
	}
	if err == nil {
		return e.end(ctx, object, spec, rolledBack, begun.message+"; "+done, func(s status) {
			s.set(rollback, "True", begun.reason, begun.message, object.GetGeneration(), e.now())
		})
	}
	phase, message := verdict(err, spec)
	if phase == "" && ctx.Err() == nil && e.now().Sub(begun.since) > patience {
		phase, message = failed, "given up after "+patience.String()+": "+err.Error()
	}
	if phase == "" {
		return err
	}
	return e.end(ctx, object, spec, failed, begun.message+"; the rollback failed: "+message, func(s status) {
		s.set(rollback, "False", begun.reason, message, object.GetGeneration(), e.now())
	})
}

// undo applies what there was before, or reverts the commit; both as the status says, which nobody but the agent writes.
func (e *executor) undo(ctx context.Context, object *unstructured.Unstructured, spec remediation) error {
	if spec.ExecutionMode == "gitops-immediate" {
		return e.revert(ctx, object, spec)
	}
	kept := keptOf(object, "before")
	if kept == "" {
		return refuse("rollback", "the agent changed nothing that could be taken back")
	}
	before := &unstructured.Unstructured{}
	if err := before.UnmarshalJSON([]byte(kept)); err != nil {
		return refuse("rollback", "what there was before cannot be read: %v", err)
	}
	if err := e.permits(spec); err != nil {
		return err
	}
	return e.kube.restore(ctx, spec, before)
}

// keptOf gives a text of the status of a remediation.
func keptOf(object *unstructured.Unstructured, key string) string {
	text, _, _ := unstructured.NestedString(object.Object, "status", key)
	return text
}
