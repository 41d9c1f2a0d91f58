package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"reflect"
)

// Keys that a chart generates take far longer than the rest of its rendering, and those judged are never installed: Helm generates others. A chart is
// rendered several times, so the first key of a kind in one rendering is also the first in the next, and so on. Within a rendering all differ, as in
// Helm: a chart that compares two keys finds no sign of this.
var (
	generatedKeys = map[string][]string{}
	takenKeys     = map[string]int{}
)

// forgetKeys begins a rendering.
func forgetKeys() { takenKeys = map[string]int{} }

func privateKey(kind string, generate func() string) string {
	taken := takenKeys[kind]
	takenKeys[kind]++
	if taken == len(generatedKeys[kind]) {
		generatedKeys[kind] = append(generatedKeys[kind], generate())
	}
	return generatedKeys[kind][taken]
}

// certificateKey has the size of those sprig makes (crypto.go, generateCertificateAuthority).
func certificateKey() string {
	return privateKey("certificate", func() string {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	})
}

// withKeys are sprig's functions but for those that generate keys. Each that makes a certificate has a twin that is given the key.
func withKeys(functions map[string]interface{}) map[string]interface{} {
	if generate, ok := functions["genPrivateKey"].(func(string) string); ok {
		functions["genPrivateKey"] = func(kind string) string {
			return privateKey("key "+kind, func() string { return generate(kind) })
		}
	}
	for _, name := range []string{"genCA", "genSelfSignedCert", "genSignedCert"} {
		twin := reflect.ValueOf(functions[name+"WithKey"])
		functions[name] = reflect.MakeFunc(reflect.TypeOf(functions[name]), func(arguments []reflect.Value) []reflect.Value {
			return twin.Call(append(arguments, reflect.ValueOf(certificateKey())))
		}).Interface()
	}
	return functions
}
