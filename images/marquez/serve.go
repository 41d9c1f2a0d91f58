package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	longestBody  = 4 << 20          // of a request, in bytes
	longestWork  = 20 * time.Second // on one request
	lastRequests = 10 * time.Second // for what is under way at the end
)

// server answers requests from the database.
type server struct {
	pool     *pgxpool.Pool
	host     string // of the database, for texts
	draining atomic.Bool
	counters counters
}

// serve answers until the context ends. Then, in this order: not healthy, so that nobody new is sent here; still answering, while everyone
// learns that; no new connections, what is under way is finished.
func serve(ctx context.Context, config Config, pool *pgxpool.Pool) error {
	s := &server{pool: pool, host: config.Database.Host}
	api, err := listen("MARQUEZ_PORT", config.Address, s.closing(s.api()))
	if err != nil {
		return err
	}
	admin, err := listen("MARQUEZ_ADMIN_PORT", config.Admin, s.admin())
	if err != nil {
		return err
	}
	slog.Info("listening", "api", api.address, "admin", admin.address)
	select {
	case err := <-api.ended:
		return err
	case err := <-admin.ended:
		return err
	case <-ctx.Done():
	}
	s.draining.Store(true)
	slog.Info("draining", "seconds", config.Drain.Seconds())
	time.Sleep(config.Drain)
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastRequests)
	defer cancel()
	if err := errors.Join(api.Shutdown(patience), admin.Shutdown(patience)); err != nil {
		return errors.Join(errors.New("requests were cut off"), err)
	}
	slog.Info("stopped")
	return nil
}

// listening is a server and how it ended.
type listening struct {
	*http.Server
	address string
	ended   chan error
}

func listen(name, address string, handler http.Handler) (listening, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return listening{}, failed(exitInput, "%s: %s cannot be used: %v", name, address, err)
	}
	one := listening{
		Server: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       30 * time.Second,
			WriteTimeout:      longestWork + 30*time.Second,
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    32 << 10,
		},
		address: listener.Addr().String(),
		ended:   make(chan error, 1),
	}
	go func() { one.ended <- one.Serve(listener) }()
	return one, nil
}

// closing asks clients to open no further request on a connection of a server that goes away.
func (s *server) closing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// api has the routes of Marquez that this program answers.
func (s *server) api() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, handler func(*http.Request) (reply, error)) {
		mux.HandleFunc(pattern, s.answering(handler))
	}
	handle("POST /api/v1/lineage", s.postLineage)
	handle("GET /api/v1/lineage", s.getLineage)
	handle("GET /api/v1/events/lineage", s.getEvents)
	handle("GET /api/v1/namespaces", s.getNamespaces)
	handle("PUT /api/v1/namespaces/{namespace}", s.putNamespace)
	handle("GET /api/v1/namespaces/{namespace}", s.getNamespace)
	handle("GET /api/v1/sources", s.getSources)
	handle("GET /api/v1/sources/{source}", s.getSource)
	handle("GET /api/v1/namespaces/{namespace}/datasets", s.getDatasets)
	handle("GET /api/v1/namespaces/{namespace}/datasets/{dataset}", s.getDataset)
	handle("GET /api/v1/namespaces/{namespace}/datasets/{dataset}/versions", s.getDatasetVersions)
	handle("GET /api/v1/namespaces/{namespace}/datasets/{dataset}/versions/{version}", s.getDatasetVersion)
	handle("GET /api/v1/namespaces/{namespace}/jobs", s.getJobs)
	handle("GET /api/v1/namespaces/{namespace}/jobs/{job}", s.getJob)
	handle("GET /api/v1/namespaces/{namespace}/jobs/{job}/runs", s.getRuns)
	handle("GET /api/v1/jobs/runs/{run}", s.getRun)
	handle("GET /api/v1/jobs/runs/{run}/facets", s.getRunFacets)
	handle("/", func(*http.Request) (reply, error) {
		return reply{}, refusal{http.StatusNotFound, "no such address here; marquez --help lists them"}
	})
	return mux
}

// admin has what a platform asks: whether the process is there, and whether it can do its work.
func (s *server) admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ping", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("pong\n")) })
	mux.HandleFunc("GET /healthcheck", s.healthcheck)
	mux.Handle("GET /metrics", &s.counters)
	return mux
}

func (s *server) healthcheck(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	database := map[string]any{"healthy": true}
	if err := s.pool.Ping(ctx); err != nil {
		database = map[string]any{"healthy": false, "message": reason(err).Error()}
	}
	status := http.StatusOK
	if s.draining.Load() || database["healthy"] == false {
		status = http.StatusServiceUnavailable
	}
	write(w, status, map[string]any{"postgresql": database, "draining": s.draining.Load()})
}
