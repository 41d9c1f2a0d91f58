package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// mostAnswer is the length of an answer of the SaaS that is read.
const mostAnswer = 8 << 20

// saas asks the SaaS, signed, and by mutual TLS where that is on.
type saas struct {
	config Config
	client *http.Client
	counts *metrics
}

func newSaaS(config Config, pair *keyPair, counts *metrics) *saas {
	return &saas{config: config, counts: counts, client: &http.Client{
		Transport:     &carrier{config: config, pair: pair},
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// order is a remediation that was approved in the SaaS.
type order struct {
	Name        string         `json:"name"`
	Spec        map[string]any `json:"spec"`
	ApprovedBy  string         `json:"approvedBy"`
	ApprovedVia string         `json:"approvedVia"` // approval mode
}

// seen is an Observation, as the SaaS is told.
type seen struct {
	Name string         `json:"name"`
	UID  string         `json:"uid"`
	Spec map[string]any `json:"spec"`
}

// result is how a remediation ended, as the SaaS is told.
type result struct {
	Name       string `json:"name"`
	UID        string `json:"uid"`
	Phase      string `json:"phase"`
	Message    string `json:"message"`
	FinishedAt string `json:"finishedAt"`
}

// register tells the SaaS that this agent is there.
func (s *saas) register(ctx context.Context) error {
	return s.call(ctx, "POST", "/v1/agents", map[string]any{
		"instance": s.config.Instance, "version": version, "modes": s.config.Modes,
	}, nil)
}

// orders asks for what was approved and is not reported yet.
func (s *saas) orders(ctx context.Context) ([]order, error) {
	var answer struct {
		Remediations []order `json:"remediations"`
	}
	err := s.call(ctx, "GET", "/v1/remediations", nil, &answer)
	return answer.Remediations, err
}

func (s *saas) observed(ctx context.Context, all []seen) error {
	return s.call(ctx, "POST", "/v1/observations", map[string]any{"observations": all}, nil)
}

func (s *saas) finished(ctx context.Context, all []result) error {
	return s.call(ctx, "POST", "/v1/results", map[string]any{"results": all}, nil)
}

// call asks once; every failure is a *refusal.
func (s *saas) call(ctx context.Context, method, path string, body, answer any) error {
	err := s.ask(ctx, method, path, body, answer)
	if err == nil {
		s.counts.request("ok", time.Now())
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	why := classify(err, s.config.Endpoint.Host)
	s.counts.request(why.Reason, time.Now())
	return why
}

func (s *saas) ask(ctx context.Context, method, path string, body, answer any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, s.config.Endpoint.String()+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "zen-agent/"+version)
	if err := sign(request, text, s.config, time.Now()); err != nil {
		return err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	given, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return refusedBy(response.StatusCode, given)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(given, answer); err != nil {
		return refuse("unexpected", "the SaaS answers something else than expected: %v", err)
	}
	return nil
}

// refusedBy gives the sentence of a server that refuses a request.
func refusedBy(status int, body []byte) *refusal {
	var said struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(body, &said)
	sentence := fmt.Sprintf("the SaaS answers %d", status)
	if said.Error != "" {
		sentence += ": " + cut(said.Error, 500)
	}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return &refusal{"unauthorized", sentence}
	case status >= 500:
		return &refusal{"server-error", sentence}
	}
	return &refusal{"refused", sentence}
}
