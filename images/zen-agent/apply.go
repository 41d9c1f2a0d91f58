package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// manager is the field manager of everything the agent applies.
const manager = "zen-agent"

// plan is a change that the API server has agreed to in a dry run.
type plan struct {
	at     dynamic.ResourceInterface
	apply  *unstructured.Unstructured
	before *unstructured.Unstructured // what is applied to take the change back
	after  *unstructured.Unstructured // what the target would be
}

// plan asks the API server what a change would do. What it takes to undo it is what the agent had applied already, and what there is of
// the fields that nobody else manages: those of others are not the agent's to set.
func (k *kube) plan(ctx context.Context, spec remediation) (*plan, error) {
	change, err := changeOf(spec)
	if err != nil {
		return nil, err
	}
	at, live, err := k.live(ctx, spec.Target)
	if err != nil {
		return nil, err
	}
	own, others := fieldsOf(live)
	next := objectOf(spec.Target, overlay(orEmpty(extract(live.Object, own)), change, own))
	next.SetResourceVersion(live.GetResourceVersion())
	tried, err := at.Apply(ctx, next.GetName(), next, metav1.ApplyOptions{FieldManager: manager, DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return nil, err
	}
	then, _ := fieldsOf(tried)
	undo := then.Leaves().Difference(others).Union(own)
	return &plan{at: at, apply: next, before: objectOf(spec.Target, extract(live.Object, undo)), after: tried}, nil
}

// live reads the target, which has to be there: a remediation changes an object, it makes none.
func (k *kube) live(ctx context.Context, target subject) (dynamic.ResourceInterface, *unstructured.Unstructured, error) {
	at, err := k.of(target)
	if err != nil {
		return nil, nil, err
	}
	live, err := at.Get(ctx, target.Name, metav1.GetOptions{})
	if errors.IsNotFound(err) {
		return nil, nil, refuse("target", "%s is not there", target)
	}
	if err != nil {
		return nil, nil, err
	}
	if target.UID != "" && string(live.GetUID()) != target.UID {
		return nil, nil, refuse("target", "%s is another object than the approved one: its UID is %s", target, live.GetUID())
	}
	return at, live, nil
}

// run applies a plan, never by force.
func (p *plan) run(ctx context.Context) error {
	_, err := p.at.Apply(ctx, p.apply.GetName(), p.apply, metav1.ApplyOptions{FieldManager: manager})
	return err
}

// restore applies to the target what there was before a change. What is of another object is refused, and its identity is never taken
// from it.
func (k *kube) restore(ctx context.Context, spec remediation, before *unstructured.Unstructured) error {
	kept := subject{APIVersion: before.GetAPIVersion(), Kind: before.GetKind(), Namespace: before.GetNamespace(), Name: before.GetName()}
	want := spec.Target
	if want.UID = ""; kept != want {
		return refuse("rollback", "what was kept is of %s %s, and the target is %s", kept.APIVersion, kept, want)
	}
	at, _, err := k.live(ctx, spec.Target)
	if err == nil {
		_, err = at.Apply(ctx, spec.Target.Name, objectOf(spec.Target, before.Object), metav1.ApplyOptions{FieldManager: manager})
	}
	return err
}

func orEmpty(given any) any {
	if given == nil {
		return map[string]any{}
	}
	return given
}

// verdict says what an error of the API server means for a remediation: the phase it ends in and why, or "" when it is worth another try.
func verdict(err error, spec remediation) (phase, message string) {
	if why, ok := err.(*refusal); ok {
		return failed, why.Sentence
	}
	if others := managersOf(err); others != "" {
		return conflicted, others + "; make the change there"
	}
	switch {
	case errors.IsForbidden(err):
		return failed, fmt.Sprintf("the agent may not change %s; rbac.remediationKinds and rbac.namespaces of its chart say what it may", spec.Target)
	case errors.IsInvalid(err), errors.IsBadRequest(err), errors.IsMethodNotSupported(err), errors.IsRequestEntityTooLargeError(err):
		return failed, "the API server refuses the change: " + err.Error()
	case errors.IsNotFound(err):
		return failed, fmt.Sprintf("%s is not there", spec.Target)
	}
	return "", ""
}

// managersOf names who manages the fields that a change wants, and which fields those are; "" when that is not the error.
func managersOf(err error) string {
	status, ok := err.(errors.APIStatus)
	if !ok || !errors.IsConflict(err) || status.Status().Details == nil {
		return ""
	}
	fields := map[string][]string{}
	var names []string
	for _, cause := range status.Status().Details.Causes {
		if cause.Type != metav1.CauseTypeFieldManagerConflict {
			continue
		}
		name := strings.TrimPrefix(cause.Message, "conflict with ")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		fields[name] = append(fields[name], cause.Field)
	}
	var says []string
	for _, name := range names {
		says = append(says, fmt.Sprintf("%s manages %s", name, strings.Join(fields[name], ", ")))
	}
	return strings.Join(says, "; ")
}
