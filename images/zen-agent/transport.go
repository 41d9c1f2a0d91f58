package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// renewal is how long connections are used at most: what the server staples is looked at again at each new one.
const renewal = 10 * time.Minute

// carrier carries requests to the SaaS. When certificates or CAs change on disk, the next request goes over a new connection with the
// new ones; requests under way end on the old. So a rotation fails none.
type carrier struct {
	config Config
	pair   *keyPair // nil: no client certificate
	mu     sync.Mutex
	over   *http.Transport
	since  time.Time
	state  []byte
	roots  *x509.CertPool
}

// RoundTrip implements http.RoundTripper.
func (t *carrier) RoundTrip(request *http.Request) (*http.Response, error) {
	over, err := t.current()
	if err != nil {
		return nil, err
	}
	answer, err := over.RoundTrip(request)
	if err != nil && isCutOff(err) && request.URL.Scheme == "https" && request.Context().Err() == nil {
		if why := t.listen(request.Context(), request.URL.Host); why != nil {
			return nil, why
		}
	}
	return answer, err
}

// current is the transport for what is on disk now.
func (t *carrier) current() (*http.Transport, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	roots, state, err := readRoots(t.config)
	if err != nil && t.over == nil {
		return nil, refuse("wrong-ca", "%v", err)
	}
	if err != nil {
		slog.Warn("the CAs of before are used on", "why", err.Error())
		return t.over, nil
	}
	if t.pair != nil {
		pair, err := t.pair.get()
		if err != nil {
			return nil, refuse("client-certificate-missing", "%v", err)
		}
		state = append(bytes.Clone(state), bytes.Join(pair.Certificate, nil)...)
	}
	if t.over != nil && bytes.Equal(state, t.state) && time.Since(t.since) < renewal {
		return t.over, nil
	}
	if t.over != nil {
		t.over.CloseIdleConnections()
	}
	t.roots, t.state, t.since = roots, state, time.Now()
	t.over = &http.Transport{
		TLSClientConfig:       t.tls(""),
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          4,
		IdleConnTimeout:       time.Minute,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 20 * time.Second,
	}
	return t.over, nil
}

// tls says how both sides prove who they are; an empty name is the request's.
func (t *carrier) tls(name string) *tls.Config {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS13,
		RootCAs:            t.roots,
		ServerName:         name,
		InsecureSkipVerify: t.config.Insecure, // for development: the chart refuses it outside its profile local
	}
	if t.pair != nil {
		config.GetClientCertificate = t.pair.serve
	}
	if !t.config.Insecure {
		config.VerifyConnection = func(state tls.ConnectionState) error {
			return checkStaple(state, t.config.OCSP, time.Now())
		}
	}
	return config
}

// listen connects once more, sends nothing and gives what the server says; nil when it says nothing.
func (t *carrier) listen(ctx context.Context, host string) error {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name, host = host, net.JoinHostPort(host, "443")
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	t.mu.Lock()
	dialer := tls.Dialer{Config: t.tls(name)}
	t.mu.Unlock()
	connection, err := dialer.DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetReadDeadline(time.Now().Add(2 * time.Second))
	if _, err = connection.Read(make([]byte, 1)); err == nil || isCutOff(err) {
		return nil
	}
	if quiet, is := err.(net.Error); is && quiet.Timeout() {
		return nil
	}
	return err
}
