package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// metrics answers in the text format of Prometheus: requests, jobs, the schema's revision and the last migration.
func (a *api) metrics(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	metric(w, "trevor_http_requests_total", "counter", "Requests since the program began.", "", float64(a.requests.Load()))
	if waiting, err := a.queue.client.ZCard(ctx, queueKey).Result(); err == nil {
		metric(w, "trevor_queue_jobs", "gauge", "Jobs in the queue.", "", float64(waiting))
	}
	var finished float64
	if err := a.pool.QueryRow(ctx, "SELECT count(*) FROM job").Scan(&finished); err == nil {
		metric(w, "trevor_jobs_finished", "gauge", "Jobs with a result.", "", finished)
	}
	if revision, err := a.revision(ctx); err == nil {
		metric(w, "trevor_schema_revision_info", "gauge", "Revision of the database's schema.", fmt.Sprintf("{revision=%q}", revision), 1)
	}
	var before, after string
	var seconds float64
	var at time.Time
	const last = "SELECT before, after, seconds, finished_at FROM migration ORDER BY finished_at DESC LIMIT 1"
	if err := a.pool.QueryRow(ctx, last).Scan(&before, &after, &seconds, &at); err == nil {
		labels := fmt.Sprintf("{before=%q,after=%q}", before, after)
		metric(w, "trevor_migration_duration_seconds", "gauge", "How long the last migration took.", labels, seconds)
		metric(w, "trevor_migration_timestamp_seconds", "gauge", "When it ended.", "", float64(at.Unix()))
	}
}

func metric(w http.ResponseWriter, name, kind, help, labels string, value float64) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n%s%s %g\n", name, help, name, kind, name, labels, value)
}
