package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// mostWork is the most processor time one request may ask for.
const mostWork = 10 * time.Second

// web answers requests with what the environment says it is.
type web struct {
	Config
	lifecycle
	metrics  *metrics
	answered atomic.Int64
}

// serve answers requests until the context ends.
func serve(ctx context.Context, config Config) error {
	s := &web{Config: config, metrics: newMetrics()}
	return s.listen(ctx, config, s.handler())
}

func (s *web) handler() http.Handler {
	mux := http.NewServeMux()
	s.routes(mux)
	mux.Handle("GET /metrics", s.metrics)
	mux.HandleFunc("GET /{$}", s.metrics.counted("/", s.hello))
	mux.HandleFunc("GET /work", s.metrics.counted("/work", s.work))
	mux.HandleFunc("GET /secrets", s.metrics.counted("/secrets", s.secrets))
	mux.HandleFunc("GET /dependencies", s.metrics.counted("/dependencies", s.dependencies))
	return mux
}

func (s *web) hello(w http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
		return
	case <-time.After(s.Latency):
	}
	if fails(s.answered.Add(1), s.ErrorPercent) {
		http.Error(w, "told to fail by SERVICE_ERROR_PERCENT", http.StatusInternalServerError)
		return
	}
	s.who(w)
}

// fails spreads the failures evenly: of any hundred answers so many fail.
func fails(number int64, percent int) bool {
	return (number*int64(percent))%100 < int64(percent)
}

func (s *web) who(w http.ResponseWriter) {
	answer(w, http.StatusOK, map[string]string{"service": s.Name, "version": version, "pod": s.Pod})
}

func (s *web) work(w http.ResponseWriter, r *http.Request) {
	ms, err := strconv.Atoi(r.URL.Query().Get("ms"))
	if took := time.Duration(ms) * time.Millisecond; err != nil || ms < 0 || took > mostWork {
		http.Error(w, "ms must be a whole number from 0 to 10000, such as /work?ms=100", http.StatusBadRequest)
		return
	}
	burn(r.Context(), time.Duration(ms)*time.Millisecond)
	s.who(w)
}

// burn uses one processor for so long, as long as somebody waits for it.
func burn(ctx context.Context, long time.Duration) {
	sum := [32]byte{}
	for start := time.Now(); time.Since(start) < long && ctx.Err() == nil; {
		for range 1000 {
			sum = sha256.Sum256(sum[:])
		}
	}
}

// secrets shows that secrets arrived and which: the first digits of a digest tell two values apart and give neither away.
func (s *web) secrets(w http.ResponseWriter, _ *http.Request) {
	digests := map[string]string{}
	for _, name := range s.Secrets {
		sum := sha256.Sum256([]byte(os.Getenv(name)))
		digests[name] = "sha256:" + hex.EncodeToString(sum[:4])
	}
	answer(w, http.StatusOK, digests)
}

// dependencies asks each of them for its readiness, side by side; 503 when one does not answer.
func (s *web) dependencies(w http.ResponseWriter, r *http.Request) {
	var mu sync.Mutex
	var group sync.WaitGroup
	client := &http.Client{Timeout: 2 * time.Second}
	found, status := map[string]string{}, http.StatusOK
	for name, address := range s.Dependencies {
		group.Go(func() {
			said := ask(r.Context(), client, address)
			mu.Lock()
			defer mu.Unlock()
			if found[name] = said; said != "ok" {
				status = http.StatusServiceUnavailable
			}
		})
	}
	group.Wait()
	answer(w, status, found)
}

func ask(ctx context.Context, client *http.Client, address string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/readyz", nil)
	if err != nil {
		return err.Error()
	}
	response, err := client.Do(request)
	if err != nil {
		return "no answer"
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return response.Status
	}
	return "ok"
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
