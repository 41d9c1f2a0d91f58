package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// refusal is a reason for which a request failed, in one word for metrics and in a sentence for a person.
type refusal struct {
	Reason   string
	Sentence string
}

func (r *refusal) Error() string { return r.Sentence }

func refuse(reason, format string, args ...any) *refusal {
	return &refusal{reason, fmt.Sprintf(format, args...)}
}

// alerts are what a server says of the client's certificate. With TLS 1.3 they arrive after the client's handshake, at its first read.
var alerts = []struct{ says, reason, sentence string }{
	{"certificate required", "client-certificate-missing",
		"the server asks for a client certificate and got none; set ZEN_AGENT_TLS_ENABLED=true and give tls.crt and tls.key"},
	{"expired certificate", "client-certificate-expired", "the server refuses the client certificate: it has expired"},
	{"unknown certificate authority", "client-certificate-refused",
		"the server refuses the client certificate: it does not trust the CA that signed it"},
	{"bad certificate", "client-certificate-refused", "the server refuses the client certificate"},
	{"revoked certificate", "client-certificate-refused", "the server refuses the client certificate: it was revoked"},
	{"unsupported certificate", "client-certificate-refused", "the server refuses the client certificate: not one for clients"},
	{"unknown certificate", "client-certificate-refused", "the server refuses the client certificate"},
	{"access denied", "client-certificate-refused", "the server refuses the client certificate: access denied"},
	{"protocol version not supported", "no-tls13", "the server does not speak TLS 1.3, which is the least"},
}

// classify says in plain words why a request to a host failed.
func classify(err error, host string) *refusal {
	var own *refusal
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var lookup *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &unknown):
		return refuse("wrong-ca", "the certificate of %s is signed by a CA that is not trusted here; check ZEN_AGENT_CA_FILE", host)
	case errors.As(err, &name):
		return refuse("wrong-server-name", "the certificate is not for %s: %v", host, name)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return refuse("server-expired", "the certificate of %s has expired or is not valid yet: %s", host, invalid.Detail)
	case errors.As(err, &invalid):
		return refuse("wrong-ca", "the certificate of %s is not accepted: %v", host, invalid)
	}
	for _, alert := range alerts {
		if strings.Contains(err.Error(), "remote error: tls: "+alert.says) {
			return refuse(alert.reason, "%s", alert.sentence)
		}
	}
	switch {
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return refuse("not-tls", "%s does not answer with TLS; it may expect http", host)
	case errors.As(err, &lookup):
		return refuse("unreachable", "the name %s cannot be resolved", lookup.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return refuse("unreachable", "%s refuses connections", host)
	case isCutOff(err):
		return refuse("unreachable", "%s ends the connection", host)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return refuse("timeout", "%s does not answer", host)
	}
	return refuse("unexpected", "%v", err)
}

// isCutOff tells whether the connection ended without a reason. A server that refuses a client says why and closes; when data of the
// client is still under way, the system may drop what the server said.
func isCutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}
