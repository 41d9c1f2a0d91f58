package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// service is a SaaS of a test, over http.
type service struct {
	mu       sync.Mutex
	away     bool
	orders   []order
	results  []result
	observed []seen
	asked    []string
	refuses  string // name of a result that is answered with 422
	status   int
}

func (s *service) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, request.Method+" "+request.URL.Path)
	if s.away {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	if s.status != 0 {
		w.WriteHeader(s.status)
		io.WriteString(w, `{"error":"the signature is wrong"}`)
		return
	}
	var body struct {
		Results      []result `json:"results"`
		Observations []seen   `json:"observations"`
	}
	_ = json.NewDecoder(request.Body).Decode(&body)
	for _, one := range body.Results {
		if s.refuses != "" && one.Name == s.refuses {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
	}
	s.results, s.observed = append(s.results, body.Results...), append(s.observed, body.Observations...)
	var open []order
	for _, one := range s.orders {
		done := false
		for _, result := range s.results {
			done = done || result.Name == one.Name
		}
		if !done {
			open = append(open, one)
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"remediations": open})
}

// talking gives an agent and what it says to a SaaS.
func talking(t *testing.T, changes ...string) (*agent, *exchange, *service) {
	t.Helper()
	service := &service{}
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	a := newAgent(t, changes...)
	a.executor.config.Endpoint, _ = url.Parse(server.URL)
	return a, a.speaks(), service
}

// speaks is a new exchange, as after a restart or a change of leader.
func (a *agent) speaks() *exchange {
	return newExchange(a.cluster.kube, newSaaS(a.executor.config, nil, a.counts), a.executor.config)
}

func (a *agent) talk(t *testing.T, x *exchange) error {
	t.Helper()
	list, err := a.client.Resource(observations).Namespace("zen").List(context.Background(), metav1.ListOptions{})
	must(t, err)
	var noticed []*unstructured.Unstructured
	for _, one := range list.Items {
		noticed = append(noticed, &one)
	}
	return x.talk(context.Background(), a.all(t), noticed)
}

func scheduled(name string, at time.Time) order {
	return order{Name: name, ApprovedBy: "p@example.com", ApprovedVia: "ui-immediate", Spec: map[string]any{
		"executionMode": "ssa-scheduled", "schedule": at.Format(time.RFC3339), "patch": "spec: {replicas: 2}",
		"target": map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"},
	}}
}

func TestAScheduledChangeRunsWhileTheSaaSIsAwayAndIsReportedOnce(t *testing.T) {
	a, x, service := talking(t, "EXECUTION_MODES=ssa-scheduled")
	a.deploy(t, "helm", shop)
	service.orders = []order{scheduled("night", a.clock.Add(time.Hour))}
	must(t, a.talk(t, x))
	a.round(t)
	a.expect(t, "night", approved, "")
	if by := a.remediation(t, "night").Object["status"].(map[string]any)["approvedBy"]; by != "p@example.com" {
		t.Fatal(by)
	}
	service.away = true
	a.clock = a.clock.Add(59 * time.Minute)
	a.round(t)
	a.expect(t, "night", approved, "")
	a.clock = a.clock.Add(time.Minute)
	a.round(t)
	a.expect(t, "night", succeeded, "")
	if err := a.talk(t, x); reasonOf(err) != "server-error" {
		t.Fatal(err)
	}
	service.away = false
	must(t, a.talk(t, x))
	must(t, a.talk(t, x))
	must(t, a.talk(t, a.speaks())) // another leader
	if len(service.results) != 1 || service.results[0].UID != "uid-of-night" || service.results[0].Phase != succeeded ||
		service.results[0].FinishedAt != "2026-01-31T13:00:00Z" {
		t.Fatalf("%+v", service.results)
	}
	if _, is := since(a.remediation(t, "night"), reported); !is {
		t.Fatal("it does not say that it was reported")
	}
}

// What the SaaS does not want to hear of one order keeps it from hearing nothing else.
func TestARejectionThatTheSaaSRefusesHoldsNothingUp(t *testing.T) {
	a, x, service := talking(t, "EXECUTION_MODES=ssa-scheduled,ssa-immediate")
	a.deploy(t, "helm", shop)
	one, bad := scheduled("fix", a.clock), scheduled("bad", a.clock)
	one.Spec["executionMode"] = "ssa-immediate"
	delete(one.Spec, "schedule")
	bad.ApprovedBy = ""
	service.refuses, service.orders = "bad", []order{bad, one}
	must(t, a.talk(t, x))
	a.round(t)
	must(t, a.talk(t, x))
	if len(service.results) != 1 || service.results[0].Name != "fix" {
		t.Fatalf("%+v", service.results)
	}
}

func TestAnOrderIsTakenOnceAndLeftAsItIs(t *testing.T) {
	a, x, service := talking(t)
	a.deploy(t, "helm", shop)
	one := scheduled("fix", a.clock)
	one.Spec["executionMode"] = "ssa-immediate"
	delete(one.Spec, "schedule")
	service.orders = []order{one}
	must(t, a.talk(t, x))
	must(t, a.talk(t, x))
	a.round(t)
	must(t, x.take(context.Background(), one))
	a.expect(t, "fix", succeeded, "")
	other := scheduled("fix", a.clock)
	other.Spec["patch"] = "spec: {replicas: 9}"
	must(t, x.take(context.Background(), other))
	must(t, a.talk(t, x))
	last := service.results[len(service.results)-1]
	if !strings.HasPrefix(service.results[0].UID, "order-") && !strings.HasPrefix(last.UID, "order-") {
		t.Fatalf("%+v", service.results)
	}
	if patch, _, _ := unstructured.NestedString(a.remediation(t, "fix").Object, "spec", "patch"); patch != "spec: {replicas: 2}" {
		t.Fatal(patch)
	}
}

func TestAnApprovalThatIsOffIsRejectedAndReportedOnce(t *testing.T) {
	a, x, service := talking(t)
	one := scheduled("chat", a.clock)
	one.ApprovedVia = "slack"
	service.orders = []order{one}
	for range 3 {
		must(t, a.talk(t, x))
	}
	if len(a.all(t)) != 0 || len(service.results) != 1 || service.results[0].Phase != rejected ||
		service.results[0].Message != "approvals by slack are not switched on; switched on: ui-immediate" {
		t.Fatalf("%+v", service.results)
	}
}

func TestWhatWasMadeByHandIsNotReported(t *testing.T) {
	a, x, service := talking(t)
	a.deploy(t, "helm", shop)
	a.order(t, "mine", "ssa-immediate", "spec: {replicas: 2}", nil)
	object := a.remediation(t, "mine")
	object.SetLabels(nil)
	must(t, a.fake.Tracker().Update(remediations, object, "zen"))
	a.round(t)
	must(t, a.talk(t, x))
	if a.expect(t, "mine", succeeded, ""); len(service.results) != 0 {
		t.Fatalf("%+v", service.results)
	}
}

func TestObservationsAreToldOnce(t *testing.T) {
	a, x, service := talking(t)
	for n := range batch + 5 {
		object := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"severity": "high"}}}
		object.SetAPIVersion(apiVersion)
		object.SetKind("Observation")
		object.SetNamespace("zen")
		object.SetName(fmt.Sprintf("seen-%d", n))
		object.SetUID("u-1")
		must(t, a.fake.Tracker().Add(object))
	}
	must(t, a.talk(t, x))
	must(t, a.talk(t, x))
	if len(service.observed) != batch+5 || service.observed[0].Spec["severity"] != "high" || service.observed[0].UID != "u-1" {
		t.Fatalf("%d: %+v", len(service.observed), service.observed[0])
	}
	if got := strings.Count(strings.Join(service.asked, "\n"), "POST /v1/observations"); got != 2 {
		t.Fatalf("%d batches", got)
	}
}

func TestARefusalOfTheSaaSIsSaidWithItsSentence(t *testing.T) {
	a, x, service := talking(t)
	service.status = http.StatusUnauthorized
	if err := a.talk(t, x); reasonOf(err) != "unauthorized" || err.Error() != "the SaaS answers 401: the signature is wrong" {
		t.Fatal(err)
	}
	if !strings.Contains(a.counts.text(), `zen_agent_saas_requests_total{result="unauthorized"} 1`) {
		t.Fatal(a.counts.text())
	}
}
