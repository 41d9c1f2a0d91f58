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

// bounds are the upper ends of the histogram's buckets, in seconds.
var bounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// metrics counts requests and their time for Prometheus (text format 0.0.4).
type metrics struct {
	mu       sync.Mutex
	requests map[[2]string]int     // handler, code
	times    map[string]*histogram // handler
	items    map[string]int        // result, of a worker
	inFlight int
}

type histogram struct {
	buckets []int // one for each bound, not yet summed up
	sum     float64
	count   int
}

func newMetrics() *metrics {
	return &metrics{requests: map[[2]string]int{}, times: map[string]*histogram{}, items: map[string]int{}}
}

func (m *metrics) item(result string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items[result]++
}

func (m *metrics) observe(handler string, code int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inFlight--
	m.requests[[2]string{handler, fmt.Sprint(code)}]++
	h := m.times[handler]
	if h == nil {
		h = &histogram{buckets: make([]int, len(bounds))}
		m.times[handler] = h
	}
	if at, _ := slices.BinarySearch(bounds, took.Seconds()); at < len(bounds) {
		h.buckets[at]++
	}
	h.sum += took.Seconds()
	h.count++
}

// counted is the handler under a name, each of its requests counted.
func (m *metrics) counted(name string, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		m.inFlight++
		m.mu.Unlock()
		recorder := &recorder{ResponseWriter: w, code: http.StatusOK}
		start := time.Now()
		defer func() { m.observe(name, recorder.code, time.Since(start)) }()
		handler(recorder, r)
	}
}

type recorder struct {
	http.ResponseWriter
	code int
}

func (r *recorder) WriteHeader(code int) {
	r.code = code
	r.ResponseWriter.WriteHeader(code)
}

// ServeHTTP answers GET /metrics.
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprint(w, m.text())
}

func (m *metrics) text() string {
	var b strings.Builder
	head := func(name, kind, about string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, about, name, kind)
	}
	head("http_requests_total", "counter", "Requests answered, by handler and status code.")
	keys := slices.SortedFunc(maps.Keys(m.requests), func(x, y [2]string) int { return strings.Compare(x[0]+x[1], y[0]+y[1]) })
	for _, key := range keys {
		fmt.Fprintf(&b, "http_requests_total{handler=%q,code=%q} %d\n", key[0], key[1], m.requests[key])
	}
	head("http_request_duration_seconds", "histogram", "Seconds from the request to the end of its answer.")
	for _, name := range slices.Sorted(maps.Keys(m.times)) {
		m.times[name].write(&b, name)
	}
	head("http_requests_in_flight", "gauge", "Requests under way.")
	fmt.Fprintf(&b, "http_requests_in_flight %d\n", m.inFlight)
	if len(m.items) > 0 {
		head("worker_items_total", "counter", "Items a worker is done with, by result.")
		for _, result := range slices.Sorted(maps.Keys(m.items)) {
			fmt.Fprintf(&b, "worker_items_total{result=%q} %d\n", result, m.items[result])
		}
	}
	return b.String()
}

func (h *histogram) write(b *strings.Builder, name string) {
	below := 0
	for at, bound := range bounds {
		below += h.buckets[at]
		fmt.Fprintf(b, "http_request_duration_seconds_bucket{handler=%q,le=\"%g\"} %d\n", name, bound, below)
	}
	fmt.Fprintf(b, "http_request_duration_seconds_bucket{handler=%q,le=\"+Inf\"} %d\n", name, h.count)
	fmt.Fprintf(b, "http_request_duration_seconds_sum{handler=%q} %g\n", name, h.sum)
	fmt.Fprintf(b, "http_request_duration_seconds_count{handler=%q} %d\n", name, h.count)
}
