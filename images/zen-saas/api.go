package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// maxBody is how many bytes a request may have.
const maxBody = 1 << 20

// saas is the endpoint: what agents ask, and what people see of it.
type saas struct {
	config   Config
	store    *store
	verifier *verifier
	counts   *metrics
	staple   *staple
	single   atomic.Bool // a connection carries one request
	draining atomic.Bool
}

// handler answers what agents ask, each request signed.
func (s *saas) handler() http.Handler {
	mux := http.NewServeMux()
	route := func(pattern string, answer func(body []byte) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
			if err != nil {
				s.refuse(w, r, pattern, http.StatusRequestEntityTooLarge, fmt.Errorf("the body has more than %d bytes or ended early", maxBody))
				return
			}
			if err := s.verifier.verify(r, body); err != nil {
				s.refuse(w, r, pattern, http.StatusUnauthorized, err)
				return
			}
			given, err := answer(body)
			if err != nil {
				s.refuse(w, r, pattern, http.StatusUnprocessableEntity, err)
				return
			}
			s.counts.accept(pattern, serialOf(r.TLS))
			reply(w, http.StatusOK, given)
		})
	}
	route("POST /v1/agents", s.register)
	route("GET /v1/remediations", func([]byte) (any, error) {
		type approved struct {
			Name        string         `json:"name"`
			Spec        map[string]any `json:"spec"`
			ApprovedBy  string         `json:"approvedBy"`
			ApprovedVia string         `json:"approvedVia"`
		}
		open := []approved{}
		for _, one := range s.store.deliver() {
			open = append(open, approved{one.Name, one.Spec, one.ApprovedBy, one.ApprovedVia})
		}
		return map[string]any{"remediations": open}, nil
	})
	route("POST /v1/observations", s.observe)
	route("POST /v1/results", s.report)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, "other", http.StatusNotFound, errors.New("there is no "+r.Method+" "+r.URL.Path))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.single.Load() {
			w.Header().Set("Connection", "close")
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *saas) register(body []byte) (any, error) {
	var agent Agent
	if err := read(body, &agent); err != nil {
		return nil, err
	}
	if agent.Instance == "" {
		return nil, errors.New("instance is missing: which agent it is")
	}
	s.store.register(agent)
	return map[string]any{}, nil
}

func (s *saas) observe(body []byte) (any, error) {
	var given struct{ Observations []Observation }
	if err := read(body, &given); err != nil {
		return nil, err
	}
	for i, one := range given.Observations {
		if one.Name == "" || len(one.Spec) == 0 {
			return nil, fmt.Errorf("observations[%d]: name and spec are needed", i)
		}
	}
	s.store.observe(given.Observations)
	return map[string]any{}, nil
}

func (s *saas) report(body []byte) (any, error) {
	var given struct{ Results []Result }
	if err := read(body, &given); err != nil {
		return nil, err
	}
	for i, one := range given.Results {
		if one.Name == "" || one.UID == "" || one.Phase == "" {
			return nil, fmt.Errorf("results[%d]: name, uid and phase are needed", i)
		}
	}
	s.counts.duplicate(s.store.report(given.Results))
	return map[string]any{}, nil
}

func (s *saas) refuse(w http.ResponseWriter, r *http.Request, route string, status int, why error) {
	slog.Warn("refused", "request", r.Method+" "+r.URL.Path, "status", status, "error", why.Error())
	s.counts.refuse(route, why.Error())
	reply(w, status, map[string]string{"error": why.Error()})
}

// listenAPI starts the agents' side, with TLS where a folder of certificates is given.
func (s *saas) listenAPI() (*http.Server, error) {
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, ErrorLog: log.New(handshakes{s.counts}, "", 0)}
	what := "plain HTTP"
	if s.config.TLSDir != "" {
		server.TLSConfig, what = s.tlsConfig(), "mutual TLS"
	}
	return server, start(server, s.config.Address, what)
}

func start(server *http.Server, address, what string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("address %q cannot be used for %s: %w", address, what, err)
	}
	slog.Info(what, "address", listener.Addr().String())
	go func() {
		if server.TLSConfig != nil {
			_ = server.ServeTLS(listener, "", "")
		} else {
			_ = server.Serve(listener)
		}
	}()
	return nil
}

// handshakes takes what net/http logs: handshakes that failed.
type handshakes struct{ counts *metrics }

func (h handshakes) Write(line []byte) (int, error) {
	said := strings.TrimSpace(string(line))
	slog.Warn("connection", "error", said)
	if strings.Contains(said, "TLS handshake error") && !strings.HasSuffix(said, ": EOF") {
		_, why, _ := strings.Cut(strings.TrimPrefix(said, "http: TLS handshake error from "), ": ")
		h.counts.refuseHandshake(why)
	}
	return len(line), nil
}

func serialOf(state *tls.ConnectionState) string {
	if state == nil || len(state.PeerCertificates) == 0 {
		return ""
	}
	return state.PeerCertificates[0].SerialNumber.Text(16)
}

func read(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the body is not what is expected here: %w", err)
	}
	return nil
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}
