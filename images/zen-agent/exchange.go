package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// batch is how many observations or results are told at once.
const batch = 100

// exchange talks to the SaaS: takes orders, reports how they ended, tells what was observed.
type exchange struct {
	kube    *kube
	saas    *saas
	config  Config
	known   bool            // the SaaS knows this agent
	told    map[string]bool // observations, by name and UID
	state   string          // why it fails; "" while it works
	notices notices
	denied  map[string][]result // orders that could not be taken, by name, until they are reported
}

func newExchange(kube *kube, saas *saas, config Config) *exchange {
	return &exchange{kube: kube, saas: saas, config: config, told: map[string]bool{}, denied: map[string][]result{}, notices: notices{kube: kube}}
}

// round does all of it once, as far as the SaaS answers; what failed is logged when that changes.
func (x *exchange) round(ctx context.Context, ordered, noticed []*unstructured.Unstructured) {
	err := x.talk(ctx, ordered, noticed)
	if ctx.Err() != nil {
		return
	}
	state := ""
	if err != nil {
		state = err.Error()
	}
	if state != x.state && err != nil {
		slog.Warn("the SaaS cannot be used", "reason", reasonOf(err), "why", state)
	} else if state != x.state {
		slog.Info("the SaaS answers again")
	}
	x.notices.tell(ctx, err)
	x.state = state
}

func reasonOf(err error) string {
	if why, ok := err.(*refusal); ok {
		return why.Reason
	}
	return "unexpected"
}

func (x *exchange) talk(ctx context.Context, ordered, noticed []*unstructured.Unstructured) error {
	if !x.known {
		if err := x.saas.register(ctx); err != nil {
			return err
		}
		x.known = true
		slog.Info("the SaaS knows this agent", "endpoint", x.config.Endpoint.String())
	}
	orders, err := x.saas.orders(ctx)
	if err != nil {
		return err
	}
	for _, one := range orders {
		if err := x.take(ctx, one); err != nil {
			slog.Warn("cannot take an order", "remediation", one.Name, "why", err.Error())
		}
	}
	if err := x.report(ctx, ordered); err != nil {
		return err
	}
	return x.tell(ctx, noticed)
}

// take makes a ZenAgentRemediation of an order that was approved, and marks it as such. What is there already is left, but for an approval that was
// not written yet.
func (x *exchange) take(ctx context.Context, one order) error {
	if why := x.config.unapproved(one); why != "" {
		x.deny(one, why)
		return nil
	}
	object, err := x.kube.own().Create(ctx, newRemediation(x.config, one),
		metav1.CreateOptions{FieldManager: manager, FieldValidation: metav1.FieldValidationStrict})
	switch {
	case errors.IsAlreadyExists(err):
		if object, err = x.kube.own().Get(ctx, one.Name, metav1.GetOptions{}); err != nil {
			return err
		}
		spec, _, _ := unstructured.NestedMap(object.Object, "spec")
		if !sameSpec(spec, one.Spec) {
			x.deny(one, "a ZenAgentRemediation of this name, with another spec, is in the cluster already")
			return nil
		}
	case errors.IsInvalid(err), errors.IsBadRequest(err):
		x.deny(one, "the API server refuses it: "+err.Error())
		return nil
	case err != nil:
		return err
	}
	if phase := phaseOf(object); phase != "" && phase != "Pending" {
		return nil
	}
	_, err = x.kube.setStatus(ctx, object, func(s status) {
		s["phase"], s["approvedBy"], s["approvedVia"] = approved, cut(one.ApprovedBy, 253), one.ApprovedVia
	})
	if err == nil {
		slog.Info("taken", "remediation", one.Name, "approvedBy", one.ApprovedBy, "approvedVia", one.ApprovedVia)
	}
	return err
}

// deny notes that an order is none this cluster takes. There is no object whose UID could be told: the order's own digest stands for it.
func (x *exchange) deny(one order, why string) {
	text, _ := json.Marshal(one)
	sum := sha256.Sum256(text)
	x.denied[one.Name] = []result{{one.Name, "order-" + hex.EncodeToString(sum[:16]), rejected, cut(why, mostText), moment(time.Now())}}
}

// report tells how remediations of the SaaS ended, and notes in each that it was told: it is told once, also after a restart.
func (x *exchange) report(ctx context.Context, ordered []*unstructured.Unstructured) error {
	for name, results := range x.denied {
		err := x.saas.finished(ctx, results)
		if err != nil && reasonOf(err) != "refused" { // refused is this result alone; the others are told
			return err
		}
		slog.Warn("rejected", "remediation", name, "why", results[0].Message, "told", err == nil)
		delete(x.denied, name)
	}
	for _, before := range ordered {
		if !isUnreported(before) {
			continue
		}
		object, err := x.kube.own().Get(ctx, before.GetName(), metav1.GetOptions{})
		if errors.IsNotFound(err) || err == nil && !isUnreported(object) {
			continue
		}
		if err != nil {
			return err
		}
		err = x.saas.finished(ctx, []result{endOf(object)})
		if reasonOf(err) == "refused" { // this result alone; the others are told
			slog.Warn("cannot report", "remediation", object.GetName(), "why", err.Error())
			continue
		}
		if err != nil {
			return err
		}
		if err := x.mark(ctx, object); err != nil && !errors.IsNotFound(err) {
			return err
		}
	}
	return nil
}

// isUnreported tells whether a remediation of the SaaS has ended and that was not told yet.
func isUnreported(object *unstructured.Unstructured) bool {
	_, is := since(object, reported)
	return !is && isOver(object) && object.GetLabels()["app.kubernetes.io/managed-by"] == manager
}

// mark notes that the end of a remediation was told. The object may have changed since it was read; one that has ended anew meanwhile is
// told of once more.
func (x *exchange) mark(ctx context.Context, object *unstructured.Unstructured) error {
	told := endOf(object)
	for {
		_, err := x.kube.setStatus(ctx, object, func(s status) {
			s.meet(reported, "Told", "the SaaS knows how it ended", object.GetGeneration(), time.Now())
		})
		if !errors.IsConflict(err) {
			return err
		}
		if object, err = x.kube.own().Get(ctx, object.GetName(), metav1.GetOptions{}); err != nil || endOf(object) != told {
			return err
		}
	}
}

// endOf gives how a remediation ended, as it is told.
func endOf(object *unstructured.Unstructured) result {
	return result{
		object.GetName(), string(object.GetUID()), phaseOf(object), keptOf(object, "message"), keptOf(object, "finishedAt"),
	}
}

// tell tells observations that were not told yet by this replica; the SaaS keeps one of each.
func (x *exchange) tell(ctx context.Context, noticed []*unstructured.Unstructured) error {
	var next []seen
	there := map[string]bool{}
	for _, object := range noticed {
		key := object.GetName() + " " + string(object.GetUID())
		if there[key] = true; !x.told[key] {
			spec, _, _ := unstructured.NestedMap(object.Object, "spec")
			next = append(next, seen{object.GetName(), string(object.GetUID()), spec})
		}
	}
	for some := range slices.Chunk(next, batch) {
		if err := x.saas.observed(ctx, some); err != nil {
			return err
		}
		for _, one := range some {
			x.told[one.Name+" "+one.UID] = true
		}
	}
	for key := range x.told {
		if !there[key] {
			delete(x.told, key)
		}
	}
	return nil
}
