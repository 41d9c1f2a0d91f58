package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// given is an environment without mistakes, and with what a test changes.
func given(t *testing.T, changes ...string) func(string) string {
	t.Helper()
	all := map[string]string{
		"ZEN_AGENT_NAMESPACE": "zen", "ZEN_AGENT_SAAS_ENDPOINT": "http://saas.example.com:8080", "ZEN_AGENT_TLS_ENABLED": "false",
		"ZEN_AGENT_TENANT_ID": "tenant-1", "ZEN_AGENT_CLUSTER_ID": "cluster-1", "ZEN_AGENT_BOOTSTRAP_TOKEN": "token-of-a-test",
		"ZEN_AGENT_TLS_DIR": t.TempDir(), "ZEN_AGENT_REMEDIATION_KINDS": "deployments.apps",
	}
	for _, change := range changes {
		key, value, _ := strings.Cut(change, "=")
		all["ZEN_AGENT_"+key] = value
	}
	return func(key string) string { return all[key] }
}

func TestLoadConfigTellsEveryMistake(t *testing.T) {
	wrong := map[string]string{
		"ZEN_AGENT_SAAS_ENDPOINT": "http://agent.example.com/path", "ZEN_AGENT_EXECUTION_MODES": "ssa-immediate, scheduled-gitops",
		"ZEN_AGENT_TENANT_ID": "TENANT_ID", "ZEN_AGENT_OCSP": "on", "ZEN_AGENT_PORT": "0", "ZEN_AGENT_NAMESPACES": "shop,Mail",
		"ZEN_AGENT_LEADER_ELECTION": "yes", "ZEN_AGENT_REMEDIATION_KINDS": "*,secrets,Deployment",
	}
	_, err := loadConfig(func(key string) string { return wrong[key] })
	for _, says := range []string{
		"ZEN_AGENT_NAMESPACE must", "ZEN_AGENT_SAAS_ENDPOINT must begin with https://", "ZEN_AGENT_TENANT_ID is still the placeholder",
		"ZEN_AGENT_CLUSTER_ID must", "ZEN_AGENT_BOOTSTRAP_TOKEN is missing", "ZEN_AGENT_OCSP must be one of off, must-staple, required",
		`"scheduled-gitops" is not available; available: ssa-immediate, ssa-scheduled, gitops-immediate`,
		"ZEN_AGENT_PORT must", `ZEN_AGENT_NAMESPACES: "Mail"`, "ZEN_AGENT_LEADER_ELECTION must be true or false",
		`ZEN_AGENT_REMEDIATION_KINDS: "*"`, `ZEN_AGENT_REMEDIATION_KINDS: "secrets"`, `ZEN_AGENT_REMEDIATION_KINDS: "Deployment"`,
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s is not in: %v", says, err)
		}
	}
}

func TestLoadConfig(t *testing.T) {
	config, err := loadConfig(given(t, "NAMESPACES=shop, mail", "EXECUTION_MODES=ssa-immediate,ssa-scheduled"))
	if err != nil || strings.Join(config.Namespaces, "+") != "shop+mail" || !config.has("ssa-scheduled") || config.has("gitops-immediate") {
		t.Fatalf("%+v, %v", config, err)
	}
	if config.Poll != 10*time.Second || config.OCSP != "must-staple" || config.Port != 8080 || config.Endpoint.Host != "saas.example.com:8080" {
		t.Fatalf("%+v", config)
	}
}

func TestLoadConfigRefusesEndpoints(t *testing.T) {
	for _, endpoint := range []string{
		"agent.example.com", "https://", "ftp://agent.example.com", "https://agent.example.com/", "https://agent.example.com?x=1",
		"https://user@agent.example.com", "http://agent.example.com",
	} {
		_, err := loadConfig(given(t, "TLS_ENABLED=true", "SAAS_ENDPOINT="+endpoint))
		if err == nil || !strings.Contains(err.Error(), "ZEN_AGENT_SAAS_ENDPOINT must") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

func TestLoadConfigLooksAtFiles(t *testing.T) {
	if _, err := loadConfig(given(t, "TLS_ENABLED=true", "SAAS_ENDPOINT=https://a.example.com")); err == nil ||
		!strings.Contains(err.Error(), "ZEN_AGENT_TLS_DIR: the client certificate cannot be read") {
		t.Errorf("no certificate: %v", err)
	}
	dir, ca := t.TempDir(), newAuthority(t)
	ca.issue(t, dir, template("agent"))
	ca.issue(t, dir+"/other", template("agent"))
	text, _ := os.ReadFile(dir + "/other/tls.key")
	write(t, filepath.Join(dir, "tls.key"), string(text))
	if _, err := loadConfig(given(t, "TLS_ENABLED=true", "SAAS_ENDPOINT=https://a.example.com", "TLS_DIR="+dir)); err == nil ||
		!strings.Contains(err.Error(), "are no pair") {
		t.Errorf("another's key: %v", err)
	}
	git := t.TempDir()
	write(t, filepath.Join(git, "webhook-secret"), "short")
	_, err := loadConfig(given(t, "EXECUTION_MODES=gitops-immediate", "GITOPS_VALIDATION=webhook", "GIT_DIR="+git))
	if err == nil || !strings.Contains(err.Error(), "ZEN_AGENT_GIT_DIR: webhook-secret has fewer than 16 characters") {
		t.Errorf("short secret: %v", err)
	}
}

func TestALineEndAfterTheTokenIsNotPartOfIt(t *testing.T) {
	for _, end := range []string{"", "\n", "\r\n"} {
		config, err := loadConfig(given(t, "BOOTSTRAP_TOKEN=token-of-a-test"+end))
		if err != nil || string(config.Token) != "token-of-a-test" {
			t.Errorf("%q: %q, %v", end, string(config.Token), err)
		}
	}
	for _, token := range []string{"a b", " ab", "ab ", "ab\n\n", "\nab", "a\tb", "ab\r", string(rune(0xfeff)) + "ab", "a\u200bb", "a\x00b"} {
		if _, err := loadConfig(given(t, "BOOTSTRAP_TOKEN="+token)); err == nil ||
			!strings.Contains(err.Error(), "ZEN_AGENT_BOOTSTRAP_TOKEN has white space") || strings.Contains(err.Error(), token) {
			t.Errorf("%q: %v", token, err)
		}
	}
	dir := t.TempDir()
	for text, works := range map[string]bool{hookSecret: true, hookSecret + "\r\n": true, hookSecret + "\n\n": false, hookSecret + " ": false} {
		write(t, filepath.Join(dir, "webhook-secret"), text)
		if key, err := webhookSecret(dir); (err == nil) != works || works && string(key) != hookSecret {
			t.Errorf("webhook-secret %q: %q, %v", text, key, err)
		}
	}
	for token, says := range map[string]string{"\n": "is missing", "YOUR_TOKEN\n": "is still the placeholder"} {
		if _, err := loadConfig(given(t, "BOOTSTRAP_TOKEN="+token)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func TestTheTokenIsNeverPrinted(t *testing.T) {
	config, err := loadConfig(given(t))
	if err != nil {
		t.Fatal(err)
	}
	encoded, _ := json.Marshal(config)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", config, "token", config.Token)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s %q", config, config, config, config.Token, config.Token), string(encoded), log.String()} {
		if strings.Contains(text, "token-of-a-test") || !strings.Contains(text, hidden) {
			t.Error(text)
		}
	}
}
