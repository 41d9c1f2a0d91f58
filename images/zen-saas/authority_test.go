package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority is a CA of a test.
type authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         crypto.Signer
}

var serial int64

func newAuthority(t *testing.T, name string) *authority {
	a := &authority{t: t}
	a.certificate, a.key = a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		NotAfter: time.Now().Add(time.Hour),
	})
	return a
}

// sign issues a certificate: by itself when it has none yet.
func (a *authority) sign(template *x509.Certificate) (*x509.Certificate, crypto.Signer) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(a.t, err)
	serial++
	template.SerialNumber, template.NotBefore = big.NewInt(serial), time.Now().Add(-2*time.Hour)
	parent, signer := a.certificate, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	check(a.t, err)
	certificate, err := x509.ParseCertificate(der)
	check(a.t, err)
	return certificate, key
}

// leaf issues a certificate of a server at localhost or of a client, for so long from now.
func (a *authority) leaf(name string, usage x509.ExtKeyUsage, lasts time.Duration) tls.Certificate {
	certificate, key := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		ExtKeyUsage: []x509.ExtKeyUsage{usage}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotAfter: time.Now().Add(lasts),
	})
	return tls.Certificate{Certificate: [][]byte{certificate.Raw}, PrivateKey: key, Leaf: certificate}
}

// write puts a certificate, its key and the CA into a folder, as a Secret is mounted.
func (a *authority) write(folder string, certificate tls.Certificate) {
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	check(a.t, err)
	for name, block := range map[string]*pem.Block{
		"tls.crt": {Type: "CERTIFICATE", Bytes: certificate.Certificate[0]},
		"tls.key": {Type: "PRIVATE KEY", Bytes: key},
		"ca.crt":  {Type: "CERTIFICATE", Bytes: a.certificate.Raw},
	} {
		check(a.t, os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600))
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
