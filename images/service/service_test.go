package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestEveryMistakeOfTheEnvironmentAtOnce(t *testing.T) {
	_, err := loadConfig(env(map[string]string{
		"SERVICE_PORT": "http", "SERVICE_ERROR_PERCENT": "101", "SERVICE_SECRETS": "DATABASE_PASSWORD,API_TOKEN",
		"API_TOKEN": "there", "SERVICE_DEPENDENCIES": "accounts",
	}))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{"SERVICE_PORT", "SERVICE_ERROR_PERCENT", "DATABASE_PASSWORD is missing", "SERVICE_DEPENDENCIES"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %q", part, err)
		}
	}
	if strings.Contains(err.Error(), "API_TOKEN") {
		t.Errorf("complains of a secret that is there: %q", err)
	}
}

func get(t *testing.T, handler http.Handler, path string) (int, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder.Code, recorder.Body.String()
}

func TestMetricsCountRequestsAndTime(t *testing.T) {
	s := &web{Config: Config{Name: "catalog", ErrorPercent: 50}, metrics: newMetrics()}
	for range 10 {
		get(t, s.handler(), "/")
	}
	if code, _ := get(t, s.handler(), "/work?ms=20"); code != http.StatusOK {
		t.Errorf("work answers %d", code)
	}
	if code, _ := get(t, s.handler(), "/work?ms=99999"); code != http.StatusBadRequest {
		t.Errorf("too much work answers %d", code)
	}
	_, text := get(t, s.handler(), "/metrics")
	for _, line := range []string{
		`http_requests_total{handler="/",code="200"} 5`,
		`http_requests_total{handler="/",code="500"} 5`,
		`http_requests_total{handler="/work",code="400"} 1`,
		`http_request_duration_seconds_bucket{handler="/work",le="+Inf"} 2`,
		`http_request_duration_seconds_bucket{handler="/work",le="0.01"} 1`,
		`http_request_duration_seconds_count{handler="/"} 10`,
		`http_requests_in_flight 0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
}

func TestSecretsAreShownAsDigestsOnly(t *testing.T) {
	t.Setenv("DATABASE_PASSWORD", "a-value-nobody-guesses")
	s := &web{Config: Config{Secrets: []string{"DATABASE_PASSWORD"}}, metrics: newMetrics()}
	_, body := get(t, s.handler(), "/secrets")
	if strings.Contains(body, "nobody") || !strings.Contains(body, `"DATABASE_PASSWORD":"sha256:`) || len(body) > 60 {
		t.Error(body)
	}
}

// The order of a shutdown: not ready first, requests still answered, those under way finished.
func TestShutdownLosesNoRequest(t *testing.T) {
	port := freePort(t)
	config := Config{Port: port, Drain: 400 * time.Millisecond, Shutdown: 5 * time.Second}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, config) }()
	status := func(path string) int {
		response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d%s", port, path))
		if err != nil {
			return 0
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
		return response.StatusCode
	}
	for start := time.Now(); status("/readyz") != http.StatusOK; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > 5*time.Second {
			t.Fatal("never ready")
		}
	}
	long := make(chan int, 1)
	go func() { long <- status("/work?ms=900") }()
	time.Sleep(100 * time.Millisecond)
	stop()
	time.Sleep(100 * time.Millisecond)
	if got := status("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("while draining /readyz answers %d", got)
	}
	if got := status("/"); got != http.StatusOK {
		t.Errorf("while draining / answers %d", got)
	}
	if got := <-long; got != http.StatusOK {
		t.Errorf("the request under way got %d", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := status("/"); got != 0 {
		t.Errorf("after the end / answers %d", got)
	}
}

func TestDependenciesAreAskedSideBySide(t *testing.T) {
	well := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }))
	defer well.Close()
	s := &web{Config: Config{Dependencies: map[string]string{"one": well.URL, "two": "http://127.0.0.1:1"}}, metrics: newMetrics()}
	code, body := get(t, s.handler(), "/dependencies")
	var found map[string]string
	if err := json.Unmarshal([]byte(body), &found); err != nil {
		t.Fatal(err)
	}
	if code != http.StatusServiceUnavailable || found["one"] != "ok" || found["two"] != "no answer" {
		t.Error(code, body)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestAVisitorCountsEveryAnswer(t *testing.T) {
	well := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }))
	defer well.Close()
	if code := visit([]string{well.URL, "1"}); code != 0 {
		t.Errorf("a server that is well: %d", code)
	}
	unwell := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 503) }))
	defer unwell.Close()
	if code := visit([]string{unwell.URL, "1"}); code != 1 {
		t.Errorf("a server that is not: %d", code)
	}
}
