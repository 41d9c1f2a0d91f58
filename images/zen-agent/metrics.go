package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// done is what became of a remediation.
type done struct {
	mode   string
	result string
}

// metrics counts for Prometheus (text format 0.0.4).
type metrics struct {
	mu           sync.Mutex
	requests     map[string]int
	remediations map[done]int
	contact      time.Time
	leading      bool
	notAfter     func() time.Time
}

// newMetrics counts from zero; notAfter tells when the client certificate ends, zero where there is none.
func newMetrics(notAfter func() time.Time) *metrics {
	return &metrics{requests: map[string]int{}, remediations: map[done]int{}, notAfter: notAfter}
}

func (m *metrics) request(result string, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests[result]++
	if result == "ok" {
		m.contact = now
	}
}

func (m *metrics) remediation(mode, result string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remediations[done{mode, result}]++
}

func (m *metrics) lead(leading bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.leading = leading
}

// ServeHTTP answers GET /metrics.
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprint(w, m.text())
}

func (m *metrics) text() string {
	end := m.notAfter()
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	head := func(name, kind, about string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, about, name, kind)
	}
	head("zen_agent_leader", "gauge", "1 while this replica works.")
	fmt.Fprintf(&b, "zen_agent_leader %d\n", number(m.leading))
	head("zen_agent_saas_requests_total", "counter", "Requests to the SaaS, by what came of them.")
	for _, result := range slices.Sorted(maps.Keys(m.requests)) {
		fmt.Fprintf(&b, "zen_agent_saas_requests_total{result=%q} %d\n", result, m.requests[result])
	}
	head("zen_agent_remediations_total", "counter", "Remediations that ended, by the phase they ended in.")
	order := func(x, y done) int { return strings.Compare(x.mode+x.result, y.mode+y.result) }
	for _, key := range slices.SortedFunc(maps.Keys(m.remediations), order) {
		fmt.Fprintf(&b, "zen_agent_remediations_total{mode=%q,result=%q} %d\n", key.mode, key.result, m.remediations[key])
	}
	if !end.IsZero() {
		head("zen_agent_certificate_not_after_seconds", "gauge", "End of the client certificate, as Unix time.")
		fmt.Fprintf(&b, "zen_agent_certificate_not_after_seconds %d\n", end.Unix())
	}
	if !m.contact.IsZero() {
		head("zen_agent_last_saas_contact_seconds", "gauge", "Last answer of the SaaS that was no refusal, as Unix time.")
		fmt.Fprintf(&b, "zen_agent_last_saas_contact_seconds %d\n", m.contact.Unix())
	}
	return b.String()
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
