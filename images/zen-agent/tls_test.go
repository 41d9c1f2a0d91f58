package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// peer is a server with mutual TLS on loopback, and a client of it.
type peer struct {
	ca      *authority
	dir     string // of the client
	server  *tls.Config
	config  Config
	mu      sync.Mutex
	serials []string // of the client certificates of all requests
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	ca, dir, trust := newAuthority(t), t.TempDir(), filepath.Join(t.TempDir(), "ca.crt")
	ca.issue(t, dir, template("agent"))
	write(t, trust, ca.pem)
	config := Config{TLS: true, TLSDir: dir, CAFile: trust, OCSP: "must-staple", Token: "t", Tenant: "a", Cluster: "b"}
	return &peer{ca: ca, dir: dir, config: config,
		server: &tls.Config{
			MinVersion: tls.VersionTLS13, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.pool(),
			Certificates: []tls.Certificate{ca.issue(t, t.TempDir(), template("localhost"))},
		}}
}

// start gives the client's side.
func (p *peer) start(t *testing.T) *saas {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		p.mu.Lock()
		if len(request.TLS.PeerCertificates) > 0 {
			p.serials = append(p.serials, request.TLS.PeerCertificates[0].SerialNumber.String())
		}
		p.mu.Unlock()
		io.WriteString(w, `{"remediations":[]}`)
	}))
	server.TLS = p.server
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	p.config.Endpoint, _ = url.Parse(strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	return newSaaS(p.config, newKeyPair(p.config), newMetrics(func() time.Time { return time.Time{} }))
}

func TestWhatIsRefusedIsSaidInPlainWords(t *testing.T) {
	for _, one := range []struct {
		title, reason, says string
		change              func(*testing.T, *peer)
	}{
		{"all is well", "", "", func(*testing.T, *peer) {}},
		{"no client certificate", "client-certificate-missing", "asks for a client certificate and got none",
			func(_ *testing.T, p *peer) { p.config.TLS = false }},
		{"a client of another CA", "client-certificate-refused", "does not trust the CA that signed it",
			func(t *testing.T, p *peer) { newAuthority(t).issue(t, p.dir, template("agent")) }},
		{"an expired client", "client-certificate-expired", "it has expired", func(t *testing.T, p *peer) {
			plan := template("agent")
			plan.NotAfter = time.Now().Add(-time.Minute)
			p.ca.issue(t, p.dir, plan)
		}},
		{"a server of another CA", "wrong-ca", "signed by a CA that is not trusted here",
			func(t *testing.T, p *peer) { write(t, p.config.CAFile, newAuthority(t).pem) }},
		{"a server of another CA, and nobody verifies", "", "", func(t *testing.T, p *peer) {
			write(t, p.config.CAFile, newAuthority(t).pem)
			p.config.Insecure = true
		}},
		{"a CA beside the client certificate, and none to trust", "wrong-ca", "signed by a CA that is not trusted here",
			func(t *testing.T, p *peer) {
				write(t, filepath.Join(p.dir, "ca.crt"), p.ca.pem)
				p.config.CAFile = ""
			}},
		{"another CA beside the client certificate", "", "", func(t *testing.T, p *peer) {
			write(t, filepath.Join(p.dir, "ca.crt"), newAuthority(t).pem)
		}},
		{"an expired server", "server-expired", "has expired or is not valid yet", func(t *testing.T, p *peer) {
			plan := template("localhost")
			plan.NotAfter = time.Now().Add(-time.Minute)
			p.server.Certificates = []tls.Certificate{p.ca.issue(t, t.TempDir(), plan)}
		}},
		{"a server of another name", "wrong-server-name", "the certificate is not for localhost", func(t *testing.T, p *peer) {
			p.server.Certificates = []tls.Certificate{p.ca.issue(t, t.TempDir(), template("other.example.com"))}
		}},
		{"a server of TLS 1.2", "no-tls13", "does not speak TLS 1.3",
			func(_ *testing.T, p *peer) {
				p.server.MinVersion, p.server.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
			}},
	} {
		t.Run(one.title, func(t *testing.T) {
			p := newPeer(t)
			one.change(t, p)
			client := p.start(t)
			for range 3 { // what a server says last is lost at times, and has to be asked for again
				expect(t, client, one.reason, one.says)
			}
		})
	}
}

func expect(t *testing.T, client *saas, reason, says string) {
	t.Helper()
	_, err := client.orders(context.Background())
	result := "ok"
	if reason == "" && err != nil {
		t.Fatalf("refused: %v", err)
	}
	if reason != "" {
		result = reason
		if err == nil || reasonOf(err) != reason || !strings.Contains(err.Error(), says) {
			t.Fatalf("%s: %v", reasonOf(err), err)
		}
	}
	if metric := "zen_agent_saas_requests_total{result=\"" + result + "\"}"; !strings.Contains(client.counts.text(), metric) {
		t.Fatalf("%s is not counted", metric)
	}
}

func TestARotatedCertificateIsUsedWithoutARestart(t *testing.T) {
	p := newPeer(t)
	client := p.start(t)
	expect(t, client, "", "")
	expect(t, client, "", "")
	plan := template("agent")
	p.ca.issue(t, p.dir, plan)
	expect(t, client, "", "")
	if len(p.serials) != 3 || p.serials[0] != p.serials[1] || p.serials[2] != plan.SerialNumber.String() {
		t.Fatalf("serials %v, want the last to be %s", p.serials, plan.SerialNumber)
	}
	write(t, filepath.Join(p.dir, "tls.key"), "half wri")
	expect(t, client, "", "")
}

func TestNoRequestFailsWhileCertificatesRotate(t *testing.T) {
	p := newPeer(t)
	p.mount(t, "v0")
	client := p.start(t)
	over := make(chan struct{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
					if _, err := client.orders(context.Background()); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	for n := range 20 {
		p.mount(t, fmt.Sprintf("v%d", n+1))
		time.Sleep(10 * time.Millisecond)
	}
	close(over)
	group.Wait()
	used := map[string]bool{}
	for _, one := range p.serials {
		used[one] = true
	}
	if len(used) < 10 {
		t.Fatalf("%d certificates were used in %d requests", len(used), len(p.serials))
	}
}

// mount changes both files at once, as kubelet does with those of a Secret.
func (p *peer) mount(t *testing.T, version string) {
	t.Helper()
	p.ca.issue(t, filepath.Join(p.dir, version), template("agent"))
	must(t, os.Symlink(version, filepath.Join(p.dir, "..next")))
	must(t, os.Rename(filepath.Join(p.dir, "..next"), filepath.Join(p.dir, "..data")))
}
