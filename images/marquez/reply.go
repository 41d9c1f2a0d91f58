package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// reply is an answer; without a body only the status is sent.
type reply struct {
	status int
	body   any
}

func ok(body any) reply { return reply{http.StatusOK, body} }

// refusal is an answer to a request that is at fault: `code` and `message`, as Marquez words them.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

// invalid is an answer to a document with mistakes in it: `errors`, each behind its JSON pointer.
type invalid problems

func (i invalid) Error() string { return fmt.Sprintf("%d problems", len(i)) }

// answering sends what a handler gives, and counts and logs it.
func (s *server) answering(handler func(*http.Request) (reply, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), longestWork)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, longestBody)
		given, err := handler(r)
		if err != nil {
			given = s.refused(r, err)
		}
		s.counters.count(r, given.status)
		slog.Info("request", "method", r.Method, "route", r.Pattern, "status", given.status, "ms", time.Since(begin).Milliseconds())
		write(w, given.status, given.body)
	}
}

// refused turns an error into an answer. What is wrong inside is logged and not told.
func (s *server) refused(r *http.Request, err error) reply {
	if wrong, is := errors.AsType[invalid](err); is {
		slog.Warn("refused", "route", r.Pattern, "problems", len(wrong), "first", wrong[0])
		return reply{http.StatusUnprocessableEntity, map[string]any{"errors": []string(wrong)}}
	}
	status, text := http.StatusInternalServerError, "unexpected; the log says more"
	fault, isFault := errors.AsType[refusal](err)
	refusedBy, fromDatabase := errors.AsType[*pgconn.PgError](err)
	switch {
	case isFault:
		status, text = fault.status, fault.text
	case errors.Is(err, context.DeadlineExceeded), fromDatabase && refusedBy.Code == "57014":
		status, text = http.StatusServiceUnavailable, fmt.Sprintf("database %s did not answer in time", s.host)
	case !fromDatabase && !errors.Is(err, context.Canceled):
		status, text = http.StatusServiceUnavailable, fmt.Sprintf("database %s does not answer", s.host)
	case fromDatabase && (refusedBy.Code[:2] == "57" || refusedBy.Code[:2] == "53"): // it is going down, or full
		status, text = http.StatusServiceUnavailable, fmt.Sprintf("database %s cannot work now", s.host)
	}
	if status >= http.StatusInternalServerError {
		slog.Error("failed", "route", r.Pattern, "error", reason(err).Error())
	}
	return reply{status, map[string]any{"code": status, "message": text}}
}

func write(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// counters are what a monitoring system reads.
type counters struct {
	accepted, refused, failed, reads atomic.Int64
}

func (c *counters) count(r *http.Request, status int) {
	switch {
	case r.Method == http.MethodGet && status < http.StatusInternalServerError:
		c.reads.Add(1)
	case status >= http.StatusInternalServerError:
		c.failed.Add(1)
	case status >= http.StatusBadRequest:
		c.refused.Add(1)
	default:
		c.accepted.Add(1)
	}
}

// ServeHTTP answers in the text format of Prometheus.
func (c *counters) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	for _, one := range []struct {
		name, help string
		value      int64
	}{
		{"marquez_writes_accepted_total", "Events and namespaces that were stored.", c.accepted.Load()},
		{"marquez_writes_refused_total", "Requests that were wrong.", c.refused.Load()},
		{"marquez_requests_failed_total", "Requests that failed on this side.", c.failed.Load()},
		{"marquez_reads_total", "Requests that were read for.", c.reads.Load()},
	} {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s counter\n%s %d\n", one.name, one.help, one.name, one.name, one.value)
	}
}
