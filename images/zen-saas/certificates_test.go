package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

const hour = time.Hour

// secured starts the agents' side with mutual TLS.
func secured(t *testing.T, ca *authority) (*saas, *httptest.Server) {
	t.Helper()
	s := newSaas(t)
	s.config.TLSDir = t.TempDir()
	ca.write(s.config.TLSDir, ca.leaf("server", x509.ExtKeyUsageServerAuth, hour))
	s.staple = &staple{config: s.config}
	server := httptest.NewUnstartedServer(s.handler())
	server.TLS = s.tlsConfig()
	server.Config.ErrorLog = log.New(handshakes{s.counts}, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return s, server
}

// client trusts a CA, has certificates and keeps no connection.
func client(trusts *authority, own ...tls.Certificate) (*http.Client, *tls.ConnectionState) {
	pool, state := x509.NewCertPool(), &tls.ConnectionState{}
	pool.AddCert(trusts.certificate)
	config := &tls.Config{RootCAs: pool, ServerName: "localhost"}
	// even one of another CA is sent, as an attacker would
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if len(own) == 0 {
			return &tls.Certificate{}, nil
		}
		return &own[0], nil
	}
	config.VerifyConnection = func(now tls.ConnectionState) error { *state = now; return nil }
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}, state
}

func ask(c *http.Client, s *saas, server *httptest.Server) (int, error) {
	request := signed(s, "GET", server.URL+"/v1/remediations", "")
	response, err := c.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.ReadAll(response.Body)
	return response.StatusCode, err
}

func TestMutualTLS(t *testing.T) {
	ca, other := newAuthority(t, "ca"), newAuthority(t, "other")
	for _, one := range []struct {
		name, clientSays, serverSays string
		trusts                       *authority
		own                          []tls.Certificate
	}{
		{"a client of the CA is accepted", "", "", ca, []tls.Certificate{ca.leaf("agent", x509.ExtKeyUsageClientAuth, hour)}},
		{"no client certificate", "certificate required", "client didn't provide a certificate", ca, nil},
		{"a client of another CA", "unknown certificate authority", "signed by unknown authority", ca, []tls.Certificate{other.leaf("agent", x509.ExtKeyUsageClientAuth, hour)}},
		{"an expired client", "expired certificate", "certificate has expired", ca, []tls.Certificate{ca.leaf("agent", x509.ExtKeyUsageClientAuth, -hour)}},
		{"a server's certificate as client", "bad certificate", "incompatible key usage", ca, []tls.Certificate{ca.leaf("agent", x509.ExtKeyUsageServerAuth, hour)}},
		{"a client that trusts another CA", "signed by unknown authority", "bad certificate", other, []tls.Certificate{ca.leaf("agent", x509.ExtKeyUsageClientAuth, hour)}},
	} {
		t.Run(one.name, func(t *testing.T) {
			s, server := secured(t, ca)
			c, _ := client(one.trusts, one.own...)
			status, err := ask(c, s, server)
			if one.clientSays == "" {
				check(t, err)
				if serials := s.view().Certificates; status != 200 || serials[one.own[0].Leaf.SerialNumber.Text(16)] != 1 {
					t.Fatal(status, serials)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), one.clientSays) {
				t.Fatal(status, err)
			}
			waitFor(t, func() bool { return strings.Contains(strings.Join(s.view().Refusals, "\n"), one.serverSays) })
			if s.view().Requests["accepted"] != 0 {
				t.Fatal("accepted")
			}
		})
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	ca := newAuthority(t, "ca")
	s, server := secured(t, ca)
	c, _ := client(ca, ca.leaf("agent", x509.ExtKeyUsageClientAuth, hour))
	c.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS12
	if _, err := ask(c, s, server); err == nil || !strings.Contains(err.Error(), "protocol version not supported") {
		t.Fatal(err)
	}
}

func TestRotationCountsFromTheNextHandshake(t *testing.T) {
	ca, next := newAuthority(t, "ca"), newAuthority(t, "next")
	s, server := secured(t, ca)
	c, state := client(ca, ca.leaf("agent", x509.ExtKeyUsageClientAuth, hour))
	if _, err := ask(c, s, server); err != nil {
		t.Fatal(err)
	}
	before := state.PeerCertificates[0].SerialNumber
	ca.write(s.config.TLSDir, ca.leaf("server", x509.ExtKeyUsageServerAuth, hour))
	if _, err := ask(c, s, server); err != nil || state.PeerCertificates[0].SerialNumber.Cmp(before) == 0 {
		t.Fatal("the old certificate", err)
	}
	next.write(s.config.TLSDir, next.leaf("server", x509.ExtKeyUsageServerAuth, hour))
	if _, err := ask(c, s, server); err == nil {
		t.Fatal("the old CA counts on")
	}
	c, _ = client(next, next.leaf("agent", x509.ExtKeyUsageClientAuth, hour))
	if _, err := ask(c, s, server); err != nil {
		t.Fatal("the new CA does not count", err)
	}
}

func TestAConnectionCarriesOneRequestWhereItIsSaidSo(t *testing.T) {
	ca := newAuthority(t, "ca")
	s, server := secured(t, ca)
	c, state := client(ca, ca.leaf("agent", x509.ExtKeyUsageClientAuth, hour))
	c.Transport.(*http.Transport).DisableKeepAlives = false
	for _, one := range []struct {
		body   string
		status int
		want   int // handshakes after five requests
	}{{`{"reuse":true}`, 204, 1}, {`{}`, 400, 1}, {`{"reuse":"no"}`, 400, 1}, {`{"reuse":false}`, 204, 5}, {`{"reuse":true}`, 204, 6}} {
		if status, said := admin(s, "PUT", "/connections", one.body); status != one.status {
			t.Fatal(one.body, status, said)
		}
		for range 5 {
			if status, err := ask(c, s, server); err != nil || status != 200 {
				t.Fatal(status, err)
			}
		}
		serial := state.PeerCertificates[0].SerialNumber.Text(16)
		if n := s.view().Handshakes[serial]; n != one.want {
			t.Fatal(one.body, n, "handshakes")
		}
	}
}

func TestStapledAnswers(t *testing.T) {
	ca := newAuthority(t, "ca")
	s, server := secured(t, ca)
	if err := s.staple.set("good"); err == nil || !strings.Contains(err.Error(), "ZEN_SAAS_OCSP_DIR") {
		t.Fatal(err)
	}
	for name, responder := range map[string]tls.Certificate{
		"the CA itself":   {Certificate: [][]byte{ca.certificate.Raw}, PrivateKey: ca.key, Leaf: ca.certificate},
		"one of the CA's": ca.leaf("responder", x509.ExtKeyUsageOCSPSigning, hour),
	} {
		s.staple.config.OCSPDir = t.TempDir()
		ca.write(s.staple.config.OCSPDir, responder)
		for mode, status := range map[string]int{"good": ocsp.Good, "revoked": ocsp.Revoked, "unknown": ocsp.Unknown, "expired": ocsp.Good} {
			check(t, s.staple.set(mode))
			c, state := client(ca, ca.leaf("agent", x509.ExtKeyUsageClientAuth, hour))
			if _, err := ask(c, s, server); err != nil {
				t.Fatal(name, mode, err)
			}
			answer, err := ocsp.ParseResponseForCert(state.OCSPResponse, state.PeerCertificates[0], ca.certificate)
			check(t, err)
			if answer.Status != status || answer.NextUpdate.Before(time.Now()) != (mode == "expired") {
				t.Fatal(name, mode, answer.Status, answer.NextUpdate)
			}
		}
	}
	check(t, s.staple.set("none"))
	c, state := client(ca, ca.leaf("agent", x509.ExtKeyUsageClientAuth, hour))
	if _, err := ask(c, s, server); err != nil || state.OCSPResponse != nil {
		t.Fatal("something is stapled", err)
	}
	if err := s.staple.set("maybe"); err == nil || !strings.Contains(err.Error(), `"maybe" is no answer; there are none, good`) {
		t.Fatal(err)
	}
}
