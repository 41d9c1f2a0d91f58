package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// keyPair is the client certificate in a folder, read at each handshake. While the files are unusable, for
// example half written during a renewal, the last valid pair stays in use.
type keyPair struct {
	dir  string
	mu   sync.Mutex
	last *tls.Certificate
	said string // why the last good one is used
}

func newKeyPair(config Config) *keyPair {
	if !config.TLS {
		return nil
	}
	return &keyPair{dir: config.TLSDir}
}

// readPair reads tls.crt and tls.key of one moment: of a mounted Secret, kubelet changes both at once by moving a link.
func readPair(dir string) (*tls.Certificate, error) {
	moment := dir
	if now, err := filepath.EvalSymlinks(filepath.Join(dir, "..data")); err == nil {
		moment = now
	}
	certificate, err := os.ReadFile(filepath.Join(moment, "tls.crt"))
	if err != nil {
		return nil, fmt.Errorf("the client certificate cannot be read: %w", err)
	}
	key, err := os.ReadFile(filepath.Join(moment, "tls.key"))
	if err != nil {
		return nil, fmt.Errorf("the key of the client certificate cannot be read: %w", err)
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("tls.crt and tls.key in %s are no pair: %w", dir, err)
	}
	return &pair, nil
}

func (k *keyPair) get() (*tls.Certificate, error) {
	pair, err := readPair(k.dir)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err == nil {
		k.last, k.said = pair, ""
	} else if k.last != nil {
		if k.said != err.Error() {
			k.said = err.Error()
			slog.Warn("the client certificate of before is used on", "why", k.said)
		}
		return k.last, nil
	}
	return pair, err
}

// serve gives the certificate to a handshake.
func (k *keyPair) serve(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	pair, err := k.get()
	if err != nil {
		return nil, refuse("client-certificate-missing", "%v", err)
	}
	return pair, nil
}

// notAfter is the end of the certificate in the files; zero where there is none.
func (k *keyPair) notAfter() time.Time {
	if k == nil {
		return time.Time{}
	}
	pair, err := readPair(k.dir)
	if err != nil || pair.Leaf == nil {
		return time.Time{}
	}
	return pair.Leaf.NotAfter
}

// readRoots gives the CAs that are trusted, nil for the public ones, and their text. A ca.crt beside the client certificate is not among
// them: cert-manager writes the CA of that certificate there, which says nothing about the server.
func readRoots(config Config) (*x509.CertPool, []byte, error) {
	if config.CAFile == "" {
		return nil, nil, nil
	}
	text, err := os.ReadFile(config.CAFile)
	if err != nil {
		return nil, nil, fmt.Errorf("the CAs cannot be read: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, nil, fmt.Errorf("there is no certificate in %s", config.CAFile)
	}
	return pool, text, nil
}
