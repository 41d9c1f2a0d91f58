package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// tlsConfig is mutual TLS 1.3. Everything is read at each handshake, so that a rotated Secret counts from the next connection on.
func (s *saas) tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			certificate, err := readCertificate(s.config.TLSDir)
			if err != nil {
				return nil, err
			}
			authorities, err := readAuthorities(filepath.Join(s.config.TLSDir, "ca.crt"))
			if err != nil {
				return nil, err
			}
			pool := x509.NewCertPool()
			for _, authority := range authorities {
				pool.AddCert(authority)
			}
			if certificate.OCSPStaple, err = s.staple.answer(certificate.Leaf, authorities); err != nil {
				return nil, err
			}
			return &tls.Config{
				MinVersion:   tls.VersionTLS13,
				NextProtos:   []string{"h2", "http/1.1"},
				Certificates: []tls.Certificate{certificate},
				ClientAuth:   tls.RequireAndVerifyClientCert,
				ClientCAs:    pool,
				VerifyConnection: func(tls.ConnectionState) error {
					s.counts.handshake(certificate.Leaf.SerialNumber.Text(16))
					return nil
				},
			}, nil
		},
	}
}

// readCertificate reads tls.crt and tls.key of a folder, once more when they do not belong together: a Secret may just be rotated.
func readCertificate(folder string) (tls.Certificate, error) {
	var certificate tls.Certificate
	var err error
	for range 2 {
		certificate, err = tls.LoadX509KeyPair(filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key"))
		if err == nil {
			return certificate, nil
		}
	}
	return certificate, fmt.Errorf("the certificate in %s cannot be used: %w", folder, err)
}

func readAuthorities(file string) ([]*x509.Certificate, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var found []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s holds no certificate: %w", file, err)
		}
		found = append(found, certificate)
	}
	if len(found) == 0 {
		return nil, errors.New(file + " holds no certificate")
	}
	return found, nil
}
