package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// lastRefusals is how many refusals are kept in words.
const lastRefusals = 20

// metrics counts for Prometheus (text format 0.0.4), for the page and for tests.
type metrics struct {
	mu           sync.Mutex
	requests     map[[2]string]int // route and result: accepted, refused
	certificates map[string]int    // serial number of the client's certificate, accepted requests
	handshakes   map[string]int    // serial number of the server's certificate, handshakes whose client is trusted
	refusals     []string
	refused      int // handshakes
	duplicates   int
}

func newMetrics() *metrics {
	return &metrics{requests: map[[2]string]int{}, certificates: map[string]int{}, handshakes: map[string]int{}}
}

func (m *metrics) accept(route, serial string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests[[2]string{route, "accepted"}]++
	if serial != "" {
		m.certificates[serial]++
	}
}

func (m *metrics) refuse(route, why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests[[2]string{route, "refused"}]++
	m.remember(why)
}

func (m *metrics) handshake(serial string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.handshakes[serial]++
}

func (m *metrics) refuseHandshake(why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused++
	m.remember(why)
}

func (m *metrics) remember(why string) {
	m.refusals = append(m.refusals, why)
	m.refusals = m.refusals[max(0, len(m.refusals)-lastRefusals):]
}

func (m *metrics) duplicate(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.duplicates += n
}

func (m *metrics) summary(v *view) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v.Requests = map[string]int{"accepted": 0, "refused": m.refused}
	for key, n := range m.requests {
		v.Requests[key[1]] += n
	}
	v.Certificates, v.Handshakes = maps.Clone(m.certificates), maps.Clone(m.handshakes)
	v.Refusals = append([]string{}, m.refusals...)
}

func (m *metrics) text(v view) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	head := func(name, kind, about string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, about, name, kind)
	}
	head("zen_saas_requests_total", "counter", "Requests of agents, by what became of them.")
	order := func(x, y [2]string) int { return strings.Compare(x[0]+x[1], y[0]+y[1]) }
	for _, key := range slices.SortedFunc(maps.Keys(m.requests), order) {
		fmt.Fprintf(&b, "zen_saas_requests_total{route=%q,result=%q} %d\n", key[0], key[1], m.requests[key])
	}
	for _, one := range []struct {
		name, kind, about string
		value             int
	}{
		{"zen_saas_refused_handshakes_total", "counter", "TLS handshakes that failed.", m.refused},
		{"zen_saas_duplicate_results_total", "counter", "Results that had come before.", m.duplicates},
		{"zen_saas_observations", "gauge", "Observations kept.", len(v.Observations)},
		{"zen_saas_remediations", "gauge", "Remediations queued, done ones included.", len(v.Remediations)},
		{"zen_saas_results", "gauge", "Results kept.", len(v.Results)},
	} {
		head(one.name, one.kind, one.about)
		fmt.Fprintf(&b, "%s %d\n", one.name, one.value)
	}
	return b.String()
}
