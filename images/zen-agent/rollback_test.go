package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// applies are the server-side applies that were not dry runs, by the name of their object.
func (c *cluster) applies() (names []string) {
	for _, action := range c.fake.Actions() {
		if patch, ok := action.(interface {
			GetName() string
			GetPatch() []byte
		}); ok && action.GetResource() == deployments {
			names = append(names, patch.GetName())
		}
	}
	return names
}

// annotateBy sets an annotation of a remediation, as someone who may write the object, but not its status; "" takes it away.
func (a *agent) annotateBy(t *testing.T, name, key, value string) {
	t.Helper()
	object := a.remediation(t, name)
	annotations := object.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	if annotations[key] = value; value == "" {
		delete(annotations, key)
	}
	object.SetAnnotations(annotations)
	bump(object)
	must(t, a.fake.Tracker().Update(remediations, object, "zen"))
}

// made is an agent with a change that was made, and that a person may take back.
func made(t *testing.T) (*agent, string) {
	t.Helper()
	a := newAgent(t, "ROLLBACK_MODES=manual")
	a.deploy(t, "helm", shop)
	before := a.spec(t)
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 3}", nil)
	a.round(t)
	a.expect(t, "fix", succeeded, "")
	return a, before
}

const forged = `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "%", "namespace": "shop"}, "spec": {"paused": true}}`

func TestARollbackTakesNothingFromAnAnnotation(t *testing.T) {
	for _, name := range []string{"web", "mail"} {
		t.Run(name, func(t *testing.T) {
			a, before := made(t)
			a.annotateBy(t, "fix", group+"/before", strings.ReplaceAll(forged, "%", name))
			a.annotateBy(t, "fix", group+"/commit", "0123456789abcdef0123456789abcdef01234567")
			a.annotateBy(t, "fix", rollbackAnnotation, "requested")
			a.round(t)
			a.expect(t, "fix", rolledBack, "")
			if a.spec(t) != before {
				t.Fatal(a.spec(t))
			}
			for _, one := range a.applies() {
				if one != "web" {
					t.Fatalf("it applied %s", one)
				}
			}
		})
	}
}

func TestWhatWasKeptOfAnotherObjectIsNotApplied(t *testing.T) {
	a, _ := made(t)
	for _, kept := range []string{
		strings.ReplaceAll(forged, "%", "mail"),
		strings.ReplaceAll(strings.ReplaceAll(forged, "%", "web"), `"shop"`, `"mail"`),
		strings.ReplaceAll(strings.ReplaceAll(forged, "%", "web"), "Deployment", "StatefulSet"),
		strings.ReplaceAll(strings.ReplaceAll(forged, "%", "web"), "apps/v1", "apps/v1beta1"),
	} {
		object := &unstructured.Unstructured{}
		must(t, object.UnmarshalJSON([]byte(kept)))
		spec, err := specOf(a.remediation(t, "fix"))
		must(t, err)
		count := len(a.applies())
		if err := a.restore(context.Background(), spec, object); reasonOf(err) != "rollback" || len(a.applies()) != count {
			t.Errorf("%v: %s", err, kept)
		}
	}
}

func TestAFailedRollbackIsTriedOnceAndAgainWhenAPersonAsksAgain(t *testing.T) {
	a, before := made(t)
	a.refuse = errors.NewForbidden(deployments.GroupResource(), "web", nil)
	a.annotateBy(t, "fix", rollbackAnnotation, "requested")
	count := len(a.applies())
	for range 5 {
		a.round(t)
	}
	a.expect(t, "fix", failed, "the rollback failed: the agent may not change Deployment shop/web")
	if tried := len(a.applies()) - count; tried != 1 {
		t.Fatalf("%d attempts", tried)
	}
	a.refuse = nil
	a.round(t)
	a.expect(t, "fix", failed, "") // a person has to act
	a.annotateBy(t, "fix", rollbackAnnotation, "")
	a.round(t)
	a.expect(t, "fix", failed, "")
	a.annotateBy(t, "fix", rollbackAnnotation, "requested")
	a.round(t)
	a.expect(t, "fix", rolledBack, "asked for by the annotation")
	if a.spec(t) != before {
		t.Fatal(a.spec(t))
	}
}

func TestARollbackIsGivenUpWhenTheAPIServerStaysAway(t *testing.T) {
	a, _ := made(t)
	a.refuse = errors.NewServiceUnavailable("away")
	a.annotateBy(t, "fix", rollbackAnnotation, "requested")
	a.round(t)
	a.clock = a.clock.Add(patience - time.Second)
	a.round(t)
	a.expect(t, "fix", succeeded, "")
	a.clock = a.clock.Add(2 * time.Second)
	a.round(t)
	a.expect(t, "fix", failed, "the rollback failed: given up after 10m0s")
	count := len(a.applies())
	a.round(t)
	if len(a.applies()) != count {
		t.Fatal("it is tried on")
	}
}

// What has begun is ended: probes that pass meanwhile do not make a success of a change that is being taken back.
func TestAnAutomaticRollbackThatHasBegunIsEnded(t *testing.T) {
	a := newAgent(t, "VALIDATION_PROBES=kubernetes", "PROBE_SECONDS=60")
	a.deploy(t, "helm", shop)
	before := a.spec(t)
	a.deployed(t, 1)
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 3}", nil)
	a.round(t)
	a.clock = a.clock.Add(61 * time.Second)
	a.refuse = errors.NewServiceUnavailable("away")
	a.round(t)
	a.expect(t, "fix", running, "")
	a.deployed(t, 3)
	a.refuse = nil
	other := of(a.cluster, a.executor.config) // another leader
	other.clock = a.clock
	other.round(t)
	a.expect(t, "fix", rolledBack, "probe kubernetes")
	if a.spec(t) != before {
		t.Fatal(a.spec(t))
	}
}

func TestARollbackAfterTheReportIsReportedOnce(t *testing.T) {
	a, x, service := talking(t, "ROLLBACK_MODES=manual")
	a.deploy(t, "helm", shop)
	service.orders = append(service.orders, immediate("fix"))
	must(t, a.talk(t, x))
	a.round(t)
	must(t, a.talk(t, x))
	a.annotateBy(t, "fix", rollbackAnnotation, "requested")
	a.clock = a.clock.Add(time.Hour)
	a.round(t)
	for range 3 {
		must(t, a.talk(t, x))
	}
	must(t, a.talk(t, a.speaks())) // another leader
	var phases []string
	for _, one := range service.results {
		phases = append(phases, one.Phase)
	}
	if strings.Join(phases, " ") != "Succeeded RolledBack" || service.results[1].UID != "uid-of-fix" {
		t.Fatalf("%+v", service.results)
	}
}
