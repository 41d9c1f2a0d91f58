package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
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
// asks for an answer has to have one; required: every certificate. An answer that is there has to be a good one in both; off looks at
// nothing.
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
	issuer := issuerOf(state)
	if issuer == nil {
		return refuse("staple-wrong", "the OCSP answer cannot be verified: there is no CA above the certificate of the server")
	}
	answer, err := readStaple(state.OCSPResponse, leaf, issuer, now)
	switch {
	case err != nil:
		return refuse("staple-wrong", "the OCSP answer that the server staples is not valid: %v", err)
	case answer.Status == ocsp.Revoked:
		return refuse("staple-revoked", "the certificate of the server was revoked on %s", answer.RevokedAt.Format(time.RFC3339))
	case answer.Status != ocsp.Good:
		return refuse("staple-wrong", "the OCSP answer does not know the certificate of the server")
	case answer.ThisUpdate.After(now.Add(skew)):
		return refuse("staple-stale", "the OCSP answer is valid only from %s", answer.ThisUpdate.Format(time.RFC3339))
	case answer.NextUpdate.IsZero():
		// By RFC 6960, 2.4, a newer answer can then be had at any time: what a server kept and staples is older than that.
		return refuse("staple-stale", "the OCSP answer of %s does not say until when it is valid", answer.ThisUpdate.Format(time.RFC3339))
	case answer.NextUpdate.Before(now.Add(-skew)):
		return refuse("staple-stale", "the OCSP answer was valid until %s", answer.NextUpdate.Format(time.RFC3339))
	}
	return nil
}

// readStaple reads an answer about a certificate, when it is signed by its issuer or by one that the issuer lets answer (RFC 6960,
// 4.2.2.2). The library looks at signatures alone: without an issuer it takes the answer's own certificate for the signer's, and whether
// that may answer for the issuer is looked at here.
func readStaple(text []byte, leaf, issuer *x509.Certificate, now time.Time) (*ocsp.Response, error) {
	answer, err := ocsp.ParseResponseForCert(text, leaf, nil)
	if err != nil {
		return nil, err
	}
	if err := isAbout(answer, leaf, issuer); err != nil {
		return nil, err
	}
	responder := answer.Certificate
	if responder == nil {
		return answer, answer.CheckSignatureFrom(issuer)
	}
	if bytes.Equal(responder.RawSubjectPublicKeyInfo, issuer.RawSubjectPublicKeyInfo) && bytes.Equal(responder.RawSubject, issuer.RawSubject) {
		return answer, nil
	}
	return answer, mayAnswer(responder, issuer, now)
}

// mayAnswer tells whether a CA lets a certificate sign answers for it: issued by it directly, for this use by name, and in its time.
func mayAnswer(responder, issuer *x509.Certificate, now time.Time) error {
	const signs = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if !bytes.Equal(responder.RawIssuer, issuer.RawSubject) || responder.CheckSignatureFrom(issuer) != nil {
		return errors.New("its signer was not issued by the CA of the server's certificate")
	}
	if !slices.Contains(responder.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) || responder.KeyUsage != 0 && responder.KeyUsage&signs == 0 {
		return errors.New("the certificate of its signer is not for signing OCSP answers")
	}
	if now.Before(responder.NotBefore) || now.After(responder.NotAfter) {
		return errors.New("the certificate of its signer has expired or is not valid yet")
	}
	return nil
}

// isAbout tells whether an answer names the certificate's issuer too: the library compares the serial number alone.
func isAbout(answer *ocsp.Response, leaf, issuer *x509.Certificate) error {
	text, err := ocsp.CreateRequest(leaf, issuer, &ocsp.RequestOptions{Hash: answer.IssuerHash})
	if err != nil {
		return err
	}
	want, err := ocsp.ParseRequest(text)
	if err != nil {
		return err
	}
	name, key := issuerIn(answer)
	if !bytes.Equal(name, want.IssuerNameHash) || !bytes.Equal(key, want.IssuerKeyHash) {
		return errors.New("it is about another certificate, of another CA")
	}
	return nil
}

// issuerIn gives the hashes of an issuer's name and key in the answer, of the first that is about its serial number; nil when there is none.
func issuerIn(answer *ocsp.Response) (name, key []byte) {
	outer := cryptobyte.String(answer.TBSResponseData)
	var data, all cryptobyte.String
	var responder cryptobyte.String
	var tag der.Tag
	ok := outer.ReadASN1(&data, der.SEQUENCE) && data.SkipOptionalASN1(der.Tag(0).Constructed().ContextSpecific()) &&
		data.ReadAnyASN1(&responder, &tag) && data.SkipASN1(der.GeneralizedTime) && data.ReadASN1(&all, der.SEQUENCE)
	for ok && !all.Empty() {
		var one, id, nameHash, keyHash cryptobyte.String
		number := new(big.Int)
		ok = all.ReadASN1(&one, der.SEQUENCE) && one.ReadASN1(&id, der.SEQUENCE) && id.SkipASN1(der.SEQUENCE) &&
			id.ReadASN1(&nameHash, der.OCTET_STRING) && id.ReadASN1(&keyHash, der.OCTET_STRING) && id.ReadASN1Integer(number)
		if ok && number.Cmp(answer.SerialNumber) == 0 {
			return nameHash, keyHash
		}
	}
	return nil, nil
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

// issuerOf gives the certificate that signed the server's, from the verified chain; nil where the server's is itself what is trusted:
// it cannot answer for itself, as the one who stole its key could.
func issuerOf(state tls.ConnectionState) *x509.Certificate {
	for _, chain := range state.VerifiedChains {
		if len(chain) > 1 {
			return chain[1]
		}
	}
	return nil
}
