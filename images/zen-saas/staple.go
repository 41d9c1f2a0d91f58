package main

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ocsp"
)

// Answers that can be stapled to the server's certificate.
var stapleModes = []string{"none", "good", "revoked", "unknown", "expired"}

// staple decides about the OCSP answer of each handshake: none at first.
type staple struct {
	config Config

	mu   sync.Mutex
	mode string
}

func (s *staple) get() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mode == "" {
		return "none"
	}
	return s.mode
}

func (s *staple) set(mode string) error {
	if !slices.Contains(stapleModes, mode) {
		return fmt.Errorf("%q is no answer; there are %s", mode, strings.Join(stapleModes, ", "))
	}
	if mode != "none" && (s.config.TLSDir == "" || s.config.OCSPDir == "") {
		return errors.New("nothing can be stapled without ZEN_SAAS_TLS_DIR and ZEN_SAAS_OCSP_DIR")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mode = mode
	return nil
}

// answer signs what is stapled to a certificate, or gives nothing.
func (s *staple) answer(leaf *x509.Certificate, authorities []*x509.Certificate) ([]byte, error) {
	mode := s.get()
	if mode == "none" {
		return nil, nil
	}
	at := slices.IndexFunc(authorities, func(one *x509.Certificate) bool { return leaf.CheckSignatureFrom(one) == nil })
	if at < 0 {
		return nil, errors.New("the server's certificate was issued by none of ca.crt: nothing can be stapled")
	}
	issuer := authorities[at]
	signer, err := readCertificate(s.config.OCSPDir)
	if err != nil {
		return nil, err
	}
	key, ok := signer.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, errors.New("the OCSP responder's key cannot sign")
	}
	now := time.Now()
	response := ocsp.Response{
		Status: ocsp.Good, SerialNumber: leaf.SerialNumber,
		ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(time.Hour),
	}
	switch mode {
	case "revoked":
		response.Status, response.RevokedAt, response.RevocationReason = ocsp.Revoked, now.Add(-time.Hour), ocsp.KeyCompromise
	case "unknown":
		response.Status = ocsp.Unknown
	case "expired":
		response.ThisUpdate, response.NextUpdate = now.Add(-2*time.Hour), now.Add(-time.Hour)
	}
	if !bytes.Equal(signer.Leaf.Raw, issuer.Raw) {
		response.Certificate = signer.Leaf // signed by one that the CA let do it
	}
	return ocsp.CreateResponse(issuer, signer.Leaf, response, key)
}
