package main

import (
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func event() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": "BackOff", "message": "Back-off restarting",
		"metadata":       map[string]any{"name": "web.1", "namespace": "shop", "creationTimestamp": "2026-01-31T12:00:00Z"},
		"involvedObject": map[string]any{"apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "web", "uid": "u-1"},
	}}
}

func ofEvents() mapping {
	return mapping{
		SourceName: "events", Version: "v1", Resource: "events",
		Where:     []condition{{Path: "type", In: []string{"Warning"}}},
		Category:  field{Default: "operations"},
		Severity:  field{Path: "reason", Values: map[string]string{"BackOff": "high"}, Default: "medium"},
		EventType: field{Path: "reason"},
		Message:   field{Path: "message"},
		Subject:   field{Path: "involvedObject"},
		TTL:       3600,
	}
}

func TestObserve(t *testing.T) {
	seen, matches := observe(ofEvents(), event())
	want := observation{
		Source: "events", Category: "operations", Severity: "high", EventType: "BackOff", Message: "Back-off restarting",
		Resource:   subject{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "web", UID: "u-1"},
		DetectedAt: "2026-01-31T12:00:00Z", TTL: 3600,
	}
	if !matches || seen != want {
		t.Fatalf("got %+v, want %+v", seen, want)
	}
}

func TestObserveLeavesOutWhatDoesNotMeetTheConditions(t *testing.T) {
	normal := event()
	normal.Object["type"] = "Normal"
	if _, matches := observe(ofEvents(), normal); matches {
		t.Fatal("a Normal event was observed")
	}
}

func TestObserveWithoutASubjectIsAboutTheObject(t *testing.T) {
	m := ofEvents()
	m.Subject = field{Path: "nowhere"}
	if seen, _ := observe(m, event()); seen.Resource.Kind != "Event" || seen.Resource.Name != "web.1" {
		t.Fatalf("about %+v", seen.Resource)
	}
}

func TestObserveKeepsWithinTheSchema(t *testing.T) {
	odd := event()
	odd.Object["reason"] = "/a b:" + strings.Repeat("ü", 5) + "c/"
	odd.Object["message"] = strings.Repeat("ü", 2000)
	seen, matches := observe(ofEvents(), odd)
	if !matches || seen.EventType != "a-b-c" || len([]rune(seen.Message)) != mostText {
		t.Fatalf("type %q, %d characters", seen.EventType, len([]rune(seen.Message)))
	}
	odd.Object["reason"] = "///"
	if _, matches := observe(ofEvents(), odd); matches {
		t.Fatal("an event type without a letter was observed")
	}
}

func TestSeverity(t *testing.T) {
	for _, one := range []struct {
		field field
		want  string
	}{
		{field{Default: "low"}, "low"},
		{field{Path: "type", Default: "low"}, "low"},
		{field{Path: "level", Default: "low"}, "critical"},
		{field{Path: "level", Values: map[string]string{"CRITICAL": "info"}, Default: "low"}, "info"},
		{field{Path: "type", Values: map[string]string{"Normal": "info"}, Default: "low"}, "low"},
	} {
		object := event()
		object.Object["level"] = "CRITICAL"
		if got := severity(one.field, object); got != one.want {
			t.Errorf("%+v: got %s, want %s", one.field, got, one.want)
		}
	}
}

func TestPasses(t *testing.T) {
	seen, _ := observe(ofEvents(), event())
	for name, one := range map[string]struct {
		filters []filter
		want    bool
	}{
		"none":                {nil, true},
		"another source's":    {[]filter{{TargetSource: "scans", MinSeverity: "critical"}}, true},
		"severe enough":       {[]filter{{TargetSource: "events", MinSeverity: "high"}}, true},
		"not severe enough":   {[]filter{{TargetSource: "*", MinSeverity: "critical"}}, false},
		"excluded type":       {[]filter{{TargetSource: "events", ExcludeEventTypes: []string{"BackOff"}}}, false},
		"another namespace":   {[]filter{{TargetSource: "events", IncludeNamespaces: []string{"mail"}}}, false},
		"excluded category":   {[]filter{{TargetSource: "events", ExcludeCategories: []string{"operations"}}}, false},
		"one of two refuses":  {[]filter{{TargetSource: "*", MinSeverity: "low"}, {TargetSource: "events", MinSeverity: "critical"}}, false},
		"included in another": {[]filter{{TargetSource: "events", IncludeNamespaces: []string{"mail", "shop"}}}, true},
	} {
		if got := seen.passes(one.filters); got != one.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestNameIsOfTheFinding(t *testing.T) {
	first, _ := observe(ofEvents(), event())
	later := event()
	later.Object["message"] = "again"
	second, _ := observe(ofEvents(), later)
	if first.name() != second.name() || !strings.HasPrefix(first.name(), "events-") {
		t.Fatalf("%s, %s", first.name(), second.name())
	}
	other := event()
	other.Object["involvedObject"].(map[string]any)["uid"] = "u-2"
	if third, _ := observe(ofEvents(), other); third.name() == first.name() {
		t.Fatal("another object's finding has the same name")
	}
}

func TestIsOver(t *testing.T) {
	seen, _ := observe(ofEvents(), event())
	detected := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	if seen.isOver(detected.Add(59*time.Minute)) || !seen.isOver(detected.Add(61*time.Minute)) {
		t.Fatal("kept for an hour")
	}
}

func TestLoadConfigTellsEveryMistake(t *testing.T) {
	given := map[string]string{
		"ZEN_WATCHER_PORT": "0", "ZEN_WATCHER_NAMESPACES": "shop,Mail", "ZEN_WATCHER_LEADER_ELECTION": "no",
	}
	_, err := loadConfig(func(key string) string { return given[key] })
	for _, key := range []string{
		"ZEN_WATCHER_NAMESPACE must", "ZEN_WATCHER_PORT must", "ZEN_WATCHER_NAMESPACES must", "ZEN_WATCHER_LEADER_ELECTION must",
	} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
	config, err := loadConfig(func(key string) string {
		return map[string]string{"ZEN_WATCHER_NAMESPACE": "zen", "ZEN_WATCHER_NAMESPACES": "shop, mail"}[key]
	})
	if err != nil || config.Port != 8080 || !config.Election || strings.Join(config.Namespaces, "+") != "shop+mail" {
		t.Fatalf("%+v, %v", config, err)
	}
}

func TestMetrics(t *testing.T) {
	counts := newMetrics()
	counts.count("events", "high", "recorded")
	counts.watch(map[string]bool{"events": true, "nodes": false})
	counts.lead(true)
	for _, line := range []string{
		"zen_watcher_leader 1\n", "zen_watcher_watches{resource=\"nodes\"} 0\n",
		"zen_watcher_observations_total{source=\"events\",severity=\"high\",result=\"recorded\"} 1\n",
	} {
		if !strings.Contains(counts.text(), line) {
			t.Errorf("%q is not in\n%s", line, counts.text())
		}
	}
}
