package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

func TestStaples(t *testing.T) {
	asked, _ := asn1.Marshal([]int{statusRequest})
	hour := time.Hour
	for _, one := range []struct {
		title, mode  string
		must, staple bool
		status       int
		until        time.Duration
		reason, says string
	}{
		{"none asked for, none there", "must-staple", false, false, 0, 0, "", ""},
		{"asked for and good", "must-staple", true, true, ocsp.Good, hour, "", ""},
		{"asked for and none there", "must-staple", true, false, 0, 0, "staple-missing", "staples no OCSP answer"},
		{"asked for, and looked at by nobody", "off", true, false, 0, 0, "", ""},
		{"revoked, though not asked for", "must-staple", false, true, ocsp.Revoked, hour, "staple-revoked", "was revoked on"},
		{"asked for and revoked", "must-staple", true, true, ocsp.Revoked, hour, "staple-revoked", "was revoked on"},
		{"asked for and unknown", "must-staple", true, true, ocsp.Unknown, hour, "staple-wrong", "does not know the certificate"},
		{"asked for and old", "must-staple", true, true, ocsp.Good, -hour, "staple-stale", "was valid until"},
		{"required and none there", "required", false, false, 0, 0, "staple-missing", "staples no OCSP answer"},
		{"required and good", "required", false, true, ocsp.Good, hour, "", ""},
	} {
		t.Run(one.title, func(t *testing.T) {
			p := newPeer(t)
			p.config.OCSP = one.mode
			plan := template("localhost")
			if one.must {
				plan.ExtraExtensions = []pkix.Extension{{Id: tlsFeature, Value: asked}}
			}
			pair := p.ca.issue(t, t.TempDir(), plan)
			if one.staple {
				pair.OCSPStaple = p.ca.staple(t, pair.Leaf, one.status, time.Now().Add(one.until))
			}
			p.server.Certificates = []tls.Certificate{pair}
			expect(t, p.start(t), one.reason, one.says)
		})
	}
	t.Run("an answer about another certificate", func(t *testing.T) {
		p := newPeer(t)
		other := p.ca.issue(t, t.TempDir(), template("localhost"))
		p.server.Certificates[0].OCSPStaple = p.ca.staple(t, other.Leaf, ocsp.Good, time.Now().Add(hour))
		expect(t, p.start(t), "staple-wrong", "is not valid")
	})
	t.Run("an answer of another CA", func(t *testing.T) {
		p := newPeer(t)
		p.server.Certificates[0].OCSPStaple = newAuthority(t).staple(t, p.server.Certificates[0].Leaf, ocsp.Good, time.Now().Add(hour))
		expect(t, p.start(t), "staple-wrong", "is not valid")
	})
}

// staple answers about a certificate as the CA's responder.
func (a *authority) staple(t *testing.T, leaf *x509.Certificate, status int, until time.Time) []byte {
	t.Helper()
	answer, err := ocsp.CreateResponse(a.certificate, a.certificate, ocsp.Response{
		Status: status, SerialNumber: leaf.SerialNumber, ThisUpdate: until.Add(-2 * time.Hour), NextUpdate: until,
		RevokedAt: until.Add(-2 * time.Hour), RevocationReason: ocsp.KeyCompromise,
	}, a.key)
	must(t, err)
	return answer
}

// sub is a CA below this one.
func (a *authority) sub(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	plan := template("CA below")
	plan.IsCA, plan.BasicConstraintsValid, plan.KeyUsage, plan.ExtKeyUsage = true, true, x509.KeyUsageCertSign, nil
	der, err := x509.CreateCertificate(rand.Reader, plan, a.certificate, key.Public(), a.key)
	must(t, err)
	certificate, err := x509.ParseCertificate(der)
	must(t, err)
	return &authority{certificate, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
}

// serves makes the CA issue the server's certificate; the chain is sent along.
func (p *peer) serves(t *testing.T, by *authority) *tls.Certificate {
	t.Helper()
	pair := by.issue(t, t.TempDir(), template("localhost"))
	pair.Certificate = append(pair.Certificate, by.certificate.Raw)
	p.server.Certificates = []tls.Certificate{pair}
	return &p.server.Certificates[0]
}

// say is an answer of a responder about a certificate of an issuer.
func say(t *testing.T, issuer, responder *x509.Certificate, key crypto.PrivateKey, answer ocsp.Response) []byte {
	t.Helper()
	text, err := ocsp.CreateResponse(issuer, responder, answer, key.(crypto.Signer))
	must(t, err)
	return text
}

func good(leaf *x509.Certificate) ocsp.Response {
	return ocsp.Response{
		Status: ocsp.Good, SerialNumber: leaf.SerialNumber, ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().Add(time.Hour),
	}
}

func TestWhoMayAnswerForTheIssuer(t *testing.T) {
	const wrong = "staple-wrong"
	// delegated is a certificate that signs an answer and comes with it.
	delegated := func(change func(*x509.Certificate), by func(*testing.T, *authority) *authority) func(*testing.T, *peer, *authority) []byte {
		return func(t *testing.T, p *peer, issuer *authority) []byte {
			plan := template("responder")
			plan.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
			change(plan)
			pair := by(t, issuer).issue(t, t.TempDir(), plan)
			answer := good(p.server.Certificates[0].Leaf)
			answer.Certificate = pair.Leaf
			return say(t, issuer.certificate, pair.Leaf, pair.PrivateKey, answer)
		}
	}
	same := func(_ *testing.T, issuer *authority) *authority { return issuer }
	as := func(usages ...x509.ExtKeyUsage) func(*x509.Certificate) {
		return func(plan *x509.Certificate) { plan.ExtKeyUsage = usages }
	}
	for _, one := range []struct {
		title, reason, says string
		answer              func(*testing.T, *peer, *authority) []byte
	}{
		{"the issuer", "", "", func(t *testing.T, p *peer, issuer *authority) []byte {
			return say(t, issuer.certificate, issuer.certificate, issuer.key, good(p.server.Certificates[0].Leaf))
		}},
		{"the issuer, whose certificate comes along", "", "", func(t *testing.T, p *peer, issuer *authority) []byte {
			answer := good(p.server.Certificates[0].Leaf)
			answer.Certificate = issuer.certificate
			return say(t, issuer.certificate, issuer.certificate, issuer.key, answer)
		}},
		{"a responder of the issuer", "", "", delegated(func(*x509.Certificate) {}, same)},
		{"the server itself", wrong, "not for signing OCSP answers", func(t *testing.T, p *peer, issuer *authority) []byte {
			pair := p.server.Certificates[0]
			answer := good(pair.Leaf)
			answer.Certificate = pair.Leaf
			return say(t, issuer.certificate, pair.Leaf, pair.PrivateKey, answer)
		}},
		{"a client of the issuer", wrong, "not for signing OCSP answers", delegated(as(x509.ExtKeyUsageClientAuth), same)},
		{"a certificate for any use", wrong, "not for signing OCSP answers", delegated(as(x509.ExtKeyUsageAny), same)},
		{"a certificate of no named use", wrong, "not for signing OCSP answers", delegated(as(), same)},
		{"a responder that may not sign", wrong, "not for signing OCSP answers",
			delegated(func(plan *x509.Certificate) { plan.KeyUsage = x509.KeyUsageKeyEncipherment }, same)},
		{"an expired responder", wrong, "has expired or is not valid yet",
			delegated(func(plan *x509.Certificate) { plan.NotAfter = time.Now().Add(-time.Minute) }, same)},
		{"a responder of later", wrong, "has expired or is not valid yet",
			delegated(func(plan *x509.Certificate) { plan.NotBefore = time.Now().Add(30 * time.Minute) }, same)},
		{"a responder of another CA", wrong, "was not issued by the CA of the server's certificate",
			delegated(func(*x509.Certificate) {}, func(t *testing.T, _ *authority) *authority { return newAuthority(t) })},
		{"a responder of a CA below", wrong, "was not issued by the CA of the server's certificate",
			delegated(func(*x509.Certificate) {}, func(t *testing.T, issuer *authority) *authority { return issuer.sub(t) })},
		{"the issuer, about another CA's certificate of the same number", wrong, "is about another certificate",
			func(t *testing.T, p *peer, issuer *authority) []byte {
				return say(t, newAuthority(t).certificate, issuer.certificate, issuer.key, good(p.server.Certificates[0].Leaf))
			}},
	} {
		for place, below := range map[string]bool{"of a root": false, "of a CA below": true} {
			t.Run(one.title+", "+place, func(t *testing.T) {
				p := newPeer(t)
				issuer := p.ca
				if below {
					issuer = p.ca.sub(t)
				}
				pair := p.serves(t, issuer)
				pair.OCSPStaple = one.answer(t, p, issuer)
				expect(t, p.start(t), one.reason, one.says)
			})
		}
	}
}

func TestTimesOfAnswers(t *testing.T) {
	const stale = "staple-stale"
	for _, one := range []struct {
		title, reason, says string
		from, until         time.Duration // 0: none
	}{
		{"in its time", "", "", -time.Hour, time.Hour},
		{"old for less than clocks may differ", "", "", -time.Hour, -4 * time.Minute},
		{"old", stale, "was valid until", -time.Hour, -6 * time.Minute},
		{"of soon", "", "", 4 * time.Minute, time.Hour},
		{"of later", stale, "is valid only from", 6 * time.Minute, time.Hour},
		{"without an end", stale, "does not say until when it is valid", -time.Second, 0},
	} {
		t.Run(one.title, func(t *testing.T) {
			p := newPeer(t)
			leaf := p.server.Certificates[0].Leaf
			answer := ocsp.Response{Status: ocsp.Good, SerialNumber: leaf.SerialNumber, ThisUpdate: time.Now().Add(one.from)}
			if one.until != 0 {
				answer.NextUpdate = time.Now().Add(one.until)
			}
			p.server.Certificates[0].OCSPStaple = say(t, p.ca.certificate, p.ca.certificate, p.ca.key, answer)
			expect(t, p.start(t), one.reason, one.says)
		})
	}
}

func TestAServerThatIsItsOwnAuthorityHasNobodyToAnswerForIt(t *testing.T) {
	for title, by := range map[string]func(*testing.T, *peer) []byte{
		"a stranger": func(t *testing.T, p *peer) []byte {
			return newAuthority(t).staple(t, p.server.Certificates[0].Leaf, ocsp.Good, time.Now().Add(time.Hour))
		},
		"itself": func(t *testing.T, p *peer) []byte {
			pair := p.server.Certificates[0]
			return say(t, pair.Leaf, pair.Leaf, pair.PrivateKey, good(pair.Leaf))
		},
	} {
		t.Run(title, func(t *testing.T) {
			p := newPeer(t)
			trusted := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.server.Certificates[0].Leaf.Raw})
			write(t, p.config.CAFile, string(trusted))
			expect(t, p.start(t), "", "")
			p = newPeer(t)
			trusted = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.server.Certificates[0].Leaf.Raw})
			write(t, p.config.CAFile, string(trusted))
			p.server.Certificates[0].OCSPStaple = by(t, p)
			expect(t, p.start(t), "staple-wrong", "no CA above the certificate of the server")
		})
	}
}
