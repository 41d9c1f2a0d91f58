package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// api answers HTTP requests.
type api struct {
	pool     *pgxpool.Pool
	queue    queue
	host     string // of the database, for texts
	requests atomic.Int64
}

// serve runs the API until told to stop; requests under way are answered first.
func serve(ctx context.Context, args []string) error {
	if len(args) > 0 {
		return unknownArguments("trevor", args)
	}
	database, from, err := addresses()
	if err != nil {
		return err
	}
	q, err := openQueue(from)
	if err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, database.String())
	if err != nil {
		return tellDatabase(database, err)
	}
	defer pool.Close()
	seconds, _ := strconv.Atoi(os.Getenv("TREVOR_START_SECONDS"))
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(time.Duration(seconds) * time.Second):
	}
	listener, err := net.Listen("tcp", or(os.Getenv("TREVOR_ADDRESS"), ":8000"))
	if err != nil {
		return failed(exitInput, "the API cannot listen: %v", err)
	}
	a := &api{pool: pool, queue: q, host: database.Host}
	server := &http.Server{Handler: a.routes(), ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(end)
	})
	slog.Info("the API is served", "address", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (a *api) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", a.health)
	mux.HandleFunc("GET /metrics", a.metrics)
	mux.HandleFunc("POST /jobs", a.addJob)
	mux.HandleFunc("GET /jobs/{id}", a.showJob)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.requests.Add(1)
		mux.ServeHTTP(w, r)
	})
}

// health answers 200 when the database has a schema and Redis can be used, otherwise 503 and every reason.
func (a *api) health(w http.ResponseWriter, r *http.Request) {
	revision, err := a.revision(r.Context())
	database := "ok"
	if err != nil {
		database = err.Error()
	}
	queue := "ok"
	if err := a.queue.ping(r.Context()); err != nil {
		queue = err.Error()
	}
	status := http.StatusOK
	if database != "ok" || queue != "ok" {
		status = http.StatusServiceUnavailable
	}
	answer(w, status, map[string]string{"database": database, "redis": queue, "revision": revision})
}

// revision is that of the database's schema.
func (a *api) revision(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var revision string
	err := a.pool.QueryRow(ctx, "SELECT version_num FROM alembic_version").Scan(&revision)
	if err != nil {
		return "", fmt.Errorf("database %s: %w", a.host, reason(err))
	}
	return revision, nil
}

func (a *api) addJob(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64*1024))
	if err != nil || len(payload) == 0 {
		answer(w, http.StatusBadRequest, map[string]string{"error": "expected a text of at most 64 KiB"})
		return
	}
	one, err := a.queue.add(r.Context(), string(payload))
	if err != nil {
		answer(w, http.StatusServiceUnavailable, map[string]string{"error": a.queue.tell(err).Error()})
		return
	}
	answer(w, http.StatusAccepted, one)
}

func (a *api) showJob(w http.ResponseWriter, r *http.Request) {
	var result, worker string
	err := a.pool.QueryRow(r.Context(), "SELECT result, worker FROM job WHERE id = $1", r.PathValue("id")).Scan(&result, &worker)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		answer(w, http.StatusNotFound, map[string]string{"error": "not done yet, or never queued"})
	case err != nil:
		answer(w, http.StatusServiceUnavailable, map[string]string{"error": reason(err).Error()})
	default:
		answer(w, http.StatusOK, map[string]string{"result": result, "worker": worker})
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
