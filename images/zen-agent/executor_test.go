package main

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
)

// agent is an executor in a cluster, with a clock of its own.
type agent struct {
	*executor
	*cluster
	clock time.Time
}

func newAgent(t *testing.T, changes ...string) *agent {
	t.Helper()
	config, err := loadConfig(given(t, changes...))
	must(t, err)
	return of(newCluster(t), config)
}

// of is another agent in the same cluster, as after a restart or a change of leader.
func of(c *cluster, config Config) *agent {
	a := &agent{cluster: c, clock: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}
	a.executor = newExecutor(c.kube, config, newMetrics(func() time.Time { return time.Time{} }))
	a.executor.now = func() time.Time { return a.clock }
	return a
}

// round takes a step of everything that is due.
func (a *agent) round(t *testing.T) {
	t.Helper()
	var group sync.WaitGroup
	a.executor.round(context.Background(), a.all(t), &group)
	group.Wait()
}

// order takes an order for shop/web.
func (a *agent) order(t *testing.T, name, mode, patch string, more map[string]any) {
	t.Helper()
	spec := map[string]any{"executionMode": mode, "patch": patch, "target": map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web",
	}}
	for key, one := range more {
		spec[key] = one
	}
	a.take(t, order{Name: name, Spec: spec, ApprovedBy: "p", ApprovedVia: "ui-immediate"})
}

func (a *agent) expect(t *testing.T, name, phase, says string) {
	t.Helper()
	object := a.remediation(t, name)
	message, _ := object.Object["status"].(map[string]any)["message"].(string)
	if phaseOf(object) != phase || !strings.Contains(message, says) {
		t.Fatalf("%s is %s: %s", name, phaseOf(object), message)
	}
}

const shop = `"spec": {"containers": [{"name": "web", "image": "web:1", "args": ["a"]}]}`

func TestAnImmediateChangeIsApplied(t *testing.T) {
	a := newAgent(t)
	a.deploy(t, "helm", shop)
	a.order(t, "fix", "ssa-immediate", "spec: {containers: [{name: web, readOnly: true}]}", nil)
	a.round(t)
	a.expect(t, "fix", succeeded, "probes passed: basic")
	if got := a.spec(t); got != `{"containers":[{"args":["a"],"image":"web:1","name":"web","readOnly":true}]}` {
		t.Fatal(got)
	}
	own, _ := fieldsOf(a.deployment(t))
	if got := own.String(); !strings.Contains(got, `.spec.containers[name="web"].readOnly`) || strings.Contains(got, "image") {
		t.Fatal(got)
	}
}

func TestASecondChangeKeepsTheFirst(t *testing.T) {
	a := newAgent(t)
	a.deploy(t, "helm", shop)
	a.order(t, "one", "ssa-immediate", "spec: {paused: true, containers: [{name: web, readOnly: true}]}", nil)
	a.round(t)
	a.order(t, "two", "ssa-immediate", "spec: {replicas: 3, containers: [{name: side, image: 'side:1'}]}", nil)
	a.round(t)
	a.expect(t, "two", succeeded, "")
	want := `{"containers":[{"args":["a"],"image":"web:1","name":"web","readOnly":true},{"image":"side:1","name":"side"}],"paused":true,"replicas":3}`
	if got := a.spec(t); got != want {
		t.Fatal(got)
	}
}

func TestAConflictNamesTheOtherManagerAndChangesNothing(t *testing.T) {
	a := newAgent(t)
	a.deploy(t, "helm", shop)
	before := a.spec(t)
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2, containers: [{name: web, image: 'web:2'}]}", nil)
	a.round(t)
	a.expect(t, "fix", conflicted, `"helm"`)
	a.expect(t, "fix", conflicted, `manages .spec.containers[name="web"].image; make the change there`)
	if a.spec(t) != before {
		t.Fatal(a.spec(t))
	}
}

func TestAChangeThatDoesNotPassIsRolledBack(t *testing.T) {
	a := newAgent(t, "VALIDATION_PROBES=basic,kubernetes", "PROBE_SECONDS=60")
	a.deploy(t, "helm", shop)
	a.order(t, "first", "ssa-immediate", "spec: {paused: true}", nil)
	a.deployed(t, 1)
	a.round(t)
	before := a.spec(t)
	a.order(t, "fix", "ssa-immediate", "spec: {paused: false, replicas: 3, containers: [{name: web, readOnly: true}]}", nil)
	a.round(t)
	a.expect(t, "fix", running, "")
	if a.spec(t) == before {
		t.Fatal("nothing was applied")
	}
	a.clock = a.clock.Add(59 * time.Second)
	a.round(t)
	a.expect(t, "fix", running, "")
	other := of(a.cluster, a.executor.config) // another leader goes on with it
	other.clock = a.clock.Add(2 * time.Second)
	other.round(t)
	other.expect(t, "fix", rolledBack, "probe kubernetes: of 3 pods 1 are new and 1 available")
	if got := a.spec(t); got != before {
		t.Fatalf("%s, before it was %s", got, before)
	}
}

// deployed says in the status that so many pods run.
func (a *agent) deployed(t *testing.T, pods int64) {
	t.Helper()
	object := a.deployment(t)
	object.Object["status"] = map[string]any{"replicas": pods, "updatedReplicas": pods, "availableReplicas": pods}
	bump(object)
	must(t, a.fake.Tracker().Update(deployments, object, "shop"))
}

func TestAChangeIsRolledBackWhenAPersonAsks(t *testing.T) {
	a := newAgent(t, "ROLLBACK_MODES=manual")
	a.deploy(t, "helm", shop)
	before := a.spec(t)
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 3}", nil)
	a.round(t)
	a.annotateBy(t, "fix", rollbackAnnotation, "requested")
	a.round(t)
	a.expect(t, "fix", rolledBack, "asked for by the annotation")
	if a.spec(t) != before {
		t.Fatal(a.spec(t))
	}
}

func TestWhatTheAgentDoesNotDoIsSaid(t *testing.T) {
	cluster := map[string]any{"apiVersion": "v1", "kind": "Node", "name": "node-1"}
	target := func(kind, namespace, name, uid string) map[string]any {
		return map[string]any{"target": map[string]any{
			"apiVersion": "apps/v1", "kind": kind, "namespace": namespace, "name": name, "uid": uid,
		}}
	}
	for title, one := range map[string]struct {
		mode, patch string
		more        map[string]any
		phase, says string
	}{
		"a mode that is off": {"ssa-scheduled", "spec: {replicas: 1}", map[string]any{"schedule": "2026-01-31T11:00:00Z"}, rejected,
			"this agent does not do ssa-scheduled; switched on: ssa-immediate"},
		"another namespace": {"ssa-immediate", "spec: {replicas: 1}", target("Deployment", "mail", "web", ""), failed,
			"may not change namespace mail; allowed: shop"},
		"the whole cluster": {"ssa-immediate", "spec: {}", map[string]any{"target": cluster}, failed, "may not change objects of the whole cluster"},
		"a Secret":          {"ssa-immediate", "data: {a: b}", target("Secret", "shop", "web", ""), failed, "a Secret is never changed"},
		"an unknown kind":   {"ssa-immediate", "spec: {a: b}", target("Widget", "shop", "web", ""), failed, "does not serve apps/v1 Widget"},
		"what is not there": {"ssa-immediate", "spec: {replicas: 1}", target("Deployment", "shop", "mail", ""), failed, "Deployment shop/mail is not there"},
		"another object":    {"ssa-immediate", "spec: {replicas: 1}", target("Deployment", "shop", "web", "u-2"), failed, "is another object than the approved one"},
	} {
		t.Run(title, func(t *testing.T) {
			a := newAgent(t, "NAMESPACES=shop")
			a.deploy(t, "helm", shop)
			a.order(t, "fix", one.mode, one.patch, one.more)
			a.round(t)
			a.expect(t, "fix", one.phase, one.says)
		})
	}
}

func TestWhatRBACForbidsFails(t *testing.T) {
	a := newAgent(t)
	a.deploy(t, "helm", shop)
	a.refuse = errors.NewForbidden(deployments.GroupResource(), "web", nil)
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", nil)
	a.round(t)
	a.expect(t, "fix", failed, "the agent may not change Deployment shop/web; rbac.remediationKinds")
}

func TestAnAPIServerThatIsAwayIsTriedAgain(t *testing.T) {
	a := newAgent(t)
	a.deploy(t, "helm", shop)
	a.refuse = errors.NewServiceUnavailable("away")
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", nil)
	a.round(t)
	a.expect(t, "fix", running, "")
	a.refuse = nil
	a.round(t)
	a.expect(t, "fix", succeeded, "")
	kept := map[string]any{}
	must(t, json.Unmarshal([]byte(keptOf(a.remediation(t, "fix"), "before")), &kept))
	if kept["spec"] != nil {
		t.Fatalf("what there was before has what the change set: %v", kept)
	}
	a.order(t, "more", "ssa-immediate", "spec: {paused: true}", nil)
	a.refuse = errors.NewServiceUnavailable("away")
	a.round(t)
	a.clock = a.clock.Add(patience + time.Second)
	a.round(t)
	a.expect(t, "more", failed, "given up after 10m0s")
}
