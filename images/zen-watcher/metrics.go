package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// outcome is what became of an object that a mapping matched.
type outcome struct {
	source   string
	severity string
	result   string // recorded, filtered, known, failed
}

// metrics counts for Prometheus (text format 0.0.4).
type metrics struct {
	mu       sync.Mutex
	outcomes map[outcome]int
	watches  map[string]bool // resource, whether it is being watched
	expired  int
	leading  bool
}

func newMetrics() *metrics {
	return &metrics{outcomes: map[outcome]int{}, watches: map[string]bool{}}
}

func (m *metrics) count(source, severity, result string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.outcomes[outcome{source, severity, result}]++
}

func (m *metrics) expire() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expired++
}

func (m *metrics) lead(leading bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.leading = leading
}

func (m *metrics) watch(resources map[string]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watches = resources
}

// ServeHTTP answers GET /metrics.
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprint(w, m.text())
}

func (m *metrics) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	head := func(name, kind, about string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, about, name, kind)
	}
	head("zen_watcher_leader", "gauge", "1 while this replica records.")
	fmt.Fprintf(&b, "zen_watcher_leader %d\n", number(m.leading))
	head("zen_watcher_watches", "gauge", "1 for each resource that is watched, 0 for one that cannot be.")
	for _, resource := range slices.Sorted(maps.Keys(m.watches)) {
		fmt.Fprintf(&b, "zen_watcher_watches{resource=%q} %d\n", resource, number(m.watches[resource]))
	}
	head("zen_watcher_observations_total", "counter", "Objects a mapping matched, by what became of them.")
	order := func(x, y outcome) int {
		return strings.Compare(x.source+x.severity+x.result, y.source+y.severity+y.result)
	}
	for _, key := range slices.SortedFunc(maps.Keys(m.outcomes), order) {
		fmt.Fprintf(&b, "zen_watcher_observations_total{source=%q,severity=%q,result=%q} %d\n",
			key.source, key.severity, key.result, m.outcomes[key])
	}
	head("zen_watcher_expired_total", "counter", "Observations deleted because their time was over.")
	fmt.Fprintf(&b, "zen_watcher_expired_total %d\n", m.expired)
	return b.String()
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
