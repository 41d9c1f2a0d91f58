package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"time"

	"golang.org/x/crypto/ocsp"
)

// skew is how far clocks may differ.
const skew = 5 * time.Minute

var (
	// tlsFeature is the extension with which a certificate asks for a staple (RFC 7633).
	tlsFeature = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}
	// statusRequest and statusRequestV2 are the features that mean one.
	statusRequest, statusRequestV2 = 5, 17
)

// checkStaple looks at the OCSP answer that the server staples to its certificate; Go itself does not. must-staple: a certificate that
// asks for an answer has to have one; required: every certificate. A revoked certificate is refused by both, off looks at nothing.
func checkStaple(state tls.ConnectionState, mode string, now time.Time) error {
	if mode == "off" || len(state.PeerCertificates) == 0 {
		return nil
	}
	leaf := state.PeerCertificates[0]
	if len(state.OCSPResponse) == 0 {
		if mode == "required" || mustStaple(leaf) {
			return refuse("staple-missing", "the server staples no OCSP answer, and one has to be there")
		}
		return nil
	}
	answer, err := ocsp.ParseResponseForCert(state.OCSPResponse, leaf, issuerOf(state))
	switch {
	case err != nil:
		return refuse("staple-wrong", "the OCSP answer that the server staples is not valid: %v", err)
	case answer.Status == ocsp.Revoked:
		return refuse("staple-revoked", "the certificate of the server was revoked on %s", answer.RevokedAt.Format(time.RFC3339))
	case answer.Status != ocsp.Good:
		return refuse("staple-wrong", "the OCSP answer does not know the certificate of the server")
	case answer.ThisUpdate.After(now.Add(skew)):
		return refuse("staple-stale", "the OCSP answer is valid only from %s", answer.ThisUpdate.Format(time.RFC3339))
	case !answer.NextUpdate.IsZero() && answer.NextUpdate.Before(now.Add(-skew)):
		return refuse("staple-stale", "the OCSP answer was valid until %s", answer.NextUpdate.Format(time.RFC3339))
	}
	return nil
}

func mustStaple(leaf *x509.Certificate) bool {
	for _, extension := range leaf.Extensions {
		if !extension.Id.Equal(tlsFeature) {
			continue
		}
		var features []int
		if _, err := asn1.Unmarshal(extension.Value, &features); err != nil {
			return true // an extension that cannot be read is not taken for none
		}
		for _, feature := range features {
			if feature == statusRequest || feature == statusRequestV2 {
				return true
			}
		}
	}
	return false
}

// issuerOf gives the certificate that signed the server's, from the verified chain.
func issuerOf(state tls.ConnectionState) *x509.Certificate {
	for _, chain := range state.VerifiedChains {
		if len(chain) > 1 {
			return chain[1]
		}
	}
	leaf := state.PeerCertificates[0]
	if bytes.Equal(leaf.RawIssuer, leaf.RawSubject) {
		return leaf
	}
	return nil
}
