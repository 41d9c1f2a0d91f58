package main

import (
	"context"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// An order counts as approved when it says who approved it and by which way that is switched on; anything else is denied.
func TestWhatNobodyApprovedIsRejectedAndReportedOnce(t *testing.T) {
	for title, one := range map[string]struct{ by, via, says string }{
		"nobody":          {"", "ui-immediate", "not approved: the order does not say who approved it"},
		"a zero width":    {"\u200b\u2800", "ui-immediate", "not approved: the order does not say who approved it"},
		"a blank":         {" \t\n", "ui-immediate", "not approved: the order does not say who approved it"},
		"no way":          {"p@example.com", "", "not approved: the order does not say by which way it was approved"},
		"nothing":         {"", "", "not approved: the order does not say who approved it"},
		"a way of itself": {"p@example.com", "self", "approvals by self are not switched on; switched on: ui-immediate"},
	} {
		t.Run(title, func(t *testing.T) {
			a, x, service := talking(t)
			a.deploy(t, "helm", shop)
			order := immediate("fix")
			order.ApprovedBy, order.ApprovedVia = one.by, one.via
			service.orders = append(service.orders, order)
			for range 3 {
				must(t, a.talk(t, x))
				a.round(t)
			}
			if len(a.all(t)) != 0 {
				t.Fatalf("it was taken: %v", a.remediation(t, "fix").Object["status"])
			}
			if len(service.results) != 1 || service.results[0].Phase != rejected || service.results[0].Message != one.says {
				t.Fatalf("%+v", service.results)
			}
		})
	}
}

func TestWhoApprovedAndByWhichWayIsKept(t *testing.T) {
	a, x, service := talking(t)
	a.deploy(t, "helm", shop)
	service.orders = append(service.orders, immediate("fix"))
	must(t, a.talk(t, x))
	kept := a.remediation(t, "fix").Object["status"].(map[string]any)
	if kept["approvedBy"] != "p@example.com" || kept["approvedVia"] != "ui-immediate" || kept["phase"] != approved {
		t.Fatal(kept)
	}
}

// Whatever wrote the phase: without a name in the status nothing is done.
func TestAStatusWithoutAnApproverIsRejected(t *testing.T) {
	a := newAgent(t)
	a.deploy(t, "helm", shop)
	before := a.spec(t)
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", nil)
	object := a.remediation(t, "fix")
	unstructured.RemoveNestedField(object.Object, "status", "approvedBy")
	must(t, a.fake.Tracker().Update(remediations, object, "zen"))
	a.round(t)
	a.expect(t, "fix", rejected, "its status does not say who approved it")
	if a.spec(t) != before {
		t.Fatal(a.spec(t))
	}
}

// immediate is an order for shop/web.
func immediate(name string) order {
	return order{Name: name, ApprovedBy: "p@example.com", ApprovedVia: "ui-immediate", Spec: map[string]any{
		"executionMode": "ssa-immediate", "patch": "spec: {replicas: 2}",
		"target": map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"},
	}}
}

// take takes an order that has to be one this agent takes.
func (a *agent) take(t *testing.T, one order) {
	t.Helper()
	x := newExchange(a.cluster.kube, nil, a.executor.config)
	must(t, x.take(context.Background(), one))
	if len(x.denied) != 0 {
		t.Fatalf("%+v", x.denied)
	}
}
