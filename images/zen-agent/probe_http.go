package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// answers is the probe http: the address in the annotation of the target, which is that of a Service, answers with 2xx; passed where
// there is none.
func (p probes) answers(ctx context.Context, kube *kube, target subject, address string) error {
	if address == "" {
		return nil
	}
	to, err := p.serviceOf(ctx, kube, target, address)
	if err != nil {
		return err
	}
	_, err = get(ctx, newClient(&http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, network, _ string) (net.Conn, error) { return p.dial(ctx, network, to) },
	}), address)
	return err
}

// isForbiddenProbe tells whether a probe did not pass for an address that may not be asked.
func isForbiddenProbe(err error) bool {
	var why *refusal
	return errors.As(err, &why) && why.Reason == forbiddenProbe
}

// newClient asks with a bound on the time, and follows no redirect.
func newClient(over *http.Transport) *http.Client {
	return &http.Client{
		Transport:     over,
		Timeout:       5 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// measures is the probe metrics: the query in the annotation of the target gives something, and nothing of it is 0; passed where there
// is none.
func (p probes) measures(ctx context.Context, query string) error {
	if query == "" {
		return nil
	}
	address := p.config.Prometheus.JoinPath("api/v1/query")
	address.RawQuery = url.Values{"query": {query}}.Encode()
	text, err := get(ctx, p.client, address.String())
	if err != nil {
		return err
	}
	var answer struct {
		Data struct {
			ResultType string          `json:"resultType"`
			Result     json.RawMessage `json:"result"`
		} `json:"data"`
	}
	var series []struct {
		Value [2]any `json:"value"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Data.ResultType != "vector" ||
		json.Unmarshal(answer.Data.Result, &series) != nil {
		return fmt.Errorf("the query %q gives no vector", query)
	}
	if len(series) == 0 {
		return fmt.Errorf("the query %q gives nothing", query)
	}
	for _, one := range series {
		if value, err := strconv.ParseFloat(fmt.Sprint(one.Value[1]), 64); err != nil || value == 0 || value != value {
			return fmt.Errorf("the query %q gives %v", query, one.Value[1])
		}
	}
	return nil
}

func get(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return nil, fmt.Errorf("%s answers %s", address, answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, 1<<20))
}
