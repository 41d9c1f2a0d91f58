package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// stepApply applies the change of a remediation, and then validates it.
func (e *executor) stepApply(ctx context.Context, object *unstructured.Unstructured, spec remediation) error {
	if _, done := since(object, applied); done {
		return e.validate(ctx, object, spec)
	}
	if err := e.permits(spec); err != nil {
		return e.fails(ctx, object, spec, err)
	}
	change, err := e.kube.plan(ctx, spec)
	if err != nil {
		return e.fails(ctx, object, spec, err)
	}
	if err := e.probes.permitted(ctx, e.kube, spec.Target, change.after); err != nil {
		return e.fails(ctx, object, spec, err)
	}
	// Kept from an attempt of which it is not known whether it came through: the first text is the one from before the change.
	if keptOf(object, "before") == "" {
		if object, err = e.keep(ctx, object, change.before); err != nil {
			return e.fails(ctx, object, spec, err)
		}
	}
	if err := change.run(ctx); err != nil {
		return e.fails(ctx, object, spec, err)
	}
	slog.Info("applied", "remediation", object.GetName(), "target", spec.Target.String())
	next, err := e.kube.setStatus(ctx, object, func(s status) {
		s.meet(applied, "ServerSideApply", "by the field manager "+manager, object.GetGeneration(), e.now())
	})
	if err != nil {
		return err
	}
	return e.validate(ctx, next, spec)
}

// keep writes down what there was before the change: into the status, which nobody but the agent writes.
func (e *executor) keep(ctx context.Context, object, before *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	text, err := json.Marshal(before)
	if err != nil {
		return object, err
	}
	next, err := e.kube.setStatus(ctx, object, func(s status) { s["before"] = string(text) })
	if err != nil {
		return object, err
	}
	return next, nil
}

// validate ends a remediation when its probes pass. When they do not within their time, the change is rolled back, where that is on.
func (e *executor) validate(ctx context.Context, object *unstructured.Unstructured, spec remediation) error {
	begun, _ := since(object, applied)
	why := e.probes.check(ctx, e.kube, spec)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case why == nil:
		return e.end(ctx, object, spec, succeeded, "done; probes passed: "+strings.Join(e.probes.names(), ", "))
	case e.now().Sub(begun) < e.config.ProbeTime && !isForbiddenProbe(why):
		return nil
	}
	sentence := "the change did not pass: " + why.Error()
	mode := "automatic"
	if spec.ExecutionMode == "gitops-immediate" {
		mode = "git-revert"
	}
	if !e.config.rollsBack(mode) {
		return e.end(ctx, object, spec, failed, sentence+"; it was not rolled back")
	}
	return e.beginRollback(ctx, object, spec, probesFailed, sentence)
}
