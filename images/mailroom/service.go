package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	retryBudget    = 10 * time.Second // how long one request is tried again before the server counts as unreachable
	attemptTimeout = 5 * time.Second  // how long one attempt may take
	maxAnswer      = 16 << 20         // bytes
	maxRedirects   = 5
)

// service is one server with one credential. The credential goes into request headers and nowhere else.
type service struct {
	name      string // JMAP or CardDAV
	variable  string // the environment variables a refused credential comes from
	authorize func(*http.Request)
}

var client = &http.Client{
	Timeout:       attemptTimeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

type request struct {
	method, url, body string
	header            map[string]string
}

type answer struct {
	status int
	url    string // after redirects
	body   []byte
}

// do sends the request until the server answers with something other than "try later", for at most retryBudget.
func (s service) do(ctx context.Context, r request) (answer, error) {
	start, pause := time.Now(), 250*time.Millisecond
	for attempts := 1; ; attempts++ {
		got, err := s.follow(ctx, r)
		reason := ""
		switch {
		case ctx.Err() != nil:
			return got, failure{exitUnexpected, s.name + ": stopped before the server answered"}
		case errors.As(err, new(failure)):
			return got, err
		case err != nil:
			reason = err.Error()
		case got.status == http.StatusUnauthorized || got.status == http.StatusForbidden:
			return got, failure{exitCredentials, fmt.Sprintf("authentication failed for %s: %s refused %s (status %d)", s.name, host(got.url), s.variable, got.status)}
		case got.status == http.StatusTooManyRequests || got.status >= 500:
			reason = fmt.Sprintf("it answered %d %s", got.status, http.StatusText(got.status))
		default:
			return got, nil
		}
		if time.Since(start)+pause+time.Second > retryBudget {
			return got, failure{exitUnreachable, fmt.Sprintf("%s server %s is not usable: %s (%d attempts in %d s)",
				s.name, host(r.url), reason, attempts, int(time.Since(start).Seconds()))}
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, 2*time.Second)
	}
}

// follow keeps method and body across redirects, which net/http does not for PROPFIND, and never takes the credential to another host.
func (s service) follow(ctx context.Context, r request) (answer, error) {
	target := r.url
	for range maxRedirects {
		got, location, err := s.once(ctx, r, target)
		if err != nil || location == "" {
			return got, err
		}
		if host(location) != host(target) {
			return got, failure{exitUnreachable, fmt.Sprintf("%s server %s redirects to another host, %s", s.name, host(target), host(location))}
		}
		target = location
	}
	return answer{}, failure{exitUnreachable, fmt.Sprintf("%s server %s redirects in circles", s.name, host(target))}
}

func (s service) once(ctx context.Context, r request, target string) (answer, string, error) {
	ask, err := http.NewRequestWithContext(ctx, r.method, target, bytes.NewReader([]byte(r.body)))
	if err != nil {
		return answer{}, "", err
	}
	for name, value := range r.header {
		ask.Header.Set(name, value)
	}
	s.authorize(ask)
	response, err := client.Do(ask)
	if err != nil {
		return answer{}, "", plain(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, "", plain(err)
	}
	got := answer{response.StatusCode, target, body}
	if response.StatusCode/100 == 3 {
		location, err := response.Location()
		if err != nil {
			return got, "", err
		}
		return got, location.String(), nil
	}
	return got, "", nil
}

// plain drops the method and address net/http puts in front, and says what a timeout means.
func plain(err error) error {
	if timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && timeout.Timeout() {
		return fmt.Errorf("no answer within %d s", int(attemptTimeout.Seconds()))
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

func host(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "(unreadable address)"
	}
	return parsed.Scheme + "://" + parsed.Host
}
