package main

import (
	"errors"
	"net/url"
	"time"
)

// Words that the environment may use.
var (
	executionModes = []string{"ssa-immediate", "ssa-scheduled", "gitops-immediate"}
	approvalModes  = []string{"ui-immediate", "slack", "scheduled"}
	probeKinds     = []string{"basic", "http", "kubernetes", "metrics"}
	rollbackModes  = []string{"automatic", "manual", "git-revert"}
)

// Config is what the environment says.
type Config struct {
	Namespace  string
	Instance   string
	Election   bool
	Endpoint   *url.URL
	Tenant     string
	Cluster    string
	Token      secret
	TLS        bool // with a client certificate
	Insecure   bool
	TLSDir     string
	CAFile     string // empty: the public CAs
	OCSP       string
	Modes      []string
	Approvals  []string
	Probes     []string
	Rollbacks  []string
	Namespaces []string // empty: all
	ProbeTime  time.Duration
	ProbePorts []string // of pods, numbers or names, that the probe http may ask; empty: none
	Prometheus *url.URL // nil: none
	Webhook    bool     // else polling
	GitPoll    time.Duration
	GitTime    time.Duration
	GitDir     string
	// Kinds are what it may change, as resources such as deployments.apps; empty: nothing.
	Kinds []string
	// Repositories are where it may commit, and below; empty: nowhere.
	Repositories []place
	// Branches are those it may commit to beside the one of its own.
	Branches []string
	Poll     time.Duration
	Port     int
	Drain    time.Duration
}

// loadConfig reads the environment and gives every mistake at once.
func loadConfig(get func(string) string) (Config, error) {
	e := &environment{get: get}
	config := Config{
		Namespace: e.label("ZEN_AGENT_NAMESPACE", ""),
		Instance:  e.label("ZEN_AGENT_INSTANCE", "zen-agent"),
		Election:  e.flag("ZEN_AGENT_LEADER_ELECTION", true),
		TLS:       e.flag("ZEN_AGENT_TLS_ENABLED", true),
		Insecure:  e.flag("ZEN_AGENT_TLS_INSECURE", false),
		Tenant:    e.id("ZEN_AGENT_TENANT_ID", "TENANT_ID"),
		Cluster:   e.id("ZEN_AGENT_CLUSTER_ID", "CLUSTER_ID"),
		Token:     e.token("ZEN_AGENT_BOOTSTRAP_TOKEN", "YOUR_TOKEN"),
		TLSDir:    e.text("ZEN_AGENT_TLS_DIR", "/etc/zen/tls"),
		CAFile:    e.text("ZEN_AGENT_CA_FILE", ""),
		OCSP:      e.word("ZEN_AGENT_OCSP", "must-staple", "off", "must-staple", "required"),
		Modes:     e.words("ZEN_AGENT_EXECUTION_MODES", executionModes),
		Approvals: e.words("ZEN_AGENT_APPROVAL_MODES", approvalModes),
		Probes:    e.words("ZEN_AGENT_VALIDATION_PROBES", probeKinds),
		Rollbacks: e.words("ZEN_AGENT_ROLLBACK_MODES", rollbackModes),
		ProbeTime: e.seconds("ZEN_AGENT_PROBE_SECONDS", 120, 1, 3600),
		Webhook:   e.word("ZEN_AGENT_GITOPS_VALIDATION", "polling", "polling", "webhook") == "webhook",
		GitPoll:   e.seconds("ZEN_AGENT_GITOPS_POLL_SECONDS", 10, 1, 3600),
		GitTime:   e.seconds("ZEN_AGENT_GITOPS_SECONDS", 86400, 1, 604800),
		GitDir:    e.text("ZEN_AGENT_GIT_DIR", "/etc/zen/git"),
		Poll:      e.seconds("ZEN_AGENT_POLL_SECONDS", 10, 1, 3600),
		Port:      e.number("ZEN_AGENT_PORT", 8080, 1, 65535),
		Drain:     e.seconds("ZEN_AGENT_DRAIN_SECONDS", 2, 0, 60),
	}
	config.Endpoint = e.endpoint("ZEN_AGENT_SAAS_ENDPOINT", !config.TLS)
	config.Namespaces = e.labels("ZEN_AGENT_NAMESPACES")
	config.Kinds = e.resources("ZEN_AGENT_REMEDIATION_KINDS")
	config.ProbePorts = e.ports("ZEN_AGENT_PROBE_PORTS")
	config.Repositories = e.places("ZEN_AGENT_GIT_REPOSITORIES")
	config.Branches = list(get("ZEN_AGENT_GIT_BRANCHES"))
	if get("ZEN_AGENT_PROMETHEUS_URL") != "" {
		config.Prometheus = e.address("ZEN_AGENT_PROMETHEUS_URL", "http", "https")
	}
	if len(e.mistakes) == 0 {
		e.mistakes = append(e.mistakes, filesOf(config)...)
	}
	return config, errors.Join(e.mistakes...)
}

// filesOf gives the mistakes in the files that the environment names.
func filesOf(config Config) []error {
	var mistakes []error
	if config.TLS {
		if _, err := readPair(config.TLSDir); err != nil {
			mistakes = append(mistakes, errors.New("ZEN_AGENT_TLS_DIR: "+err.Error()))
		}
	}
	if _, _, err := readRoots(config); err != nil {
		mistakes = append(mistakes, errors.New("ZEN_AGENT_CA_FILE: "+err.Error()))
	}
	if config.Webhook && config.has("gitops-immediate") {
		if _, err := webhookSecret(config.GitDir); err != nil {
			mistakes = append(mistakes, errors.New("ZEN_AGENT_GIT_DIR: "+err.Error()))
		}
	}
	return mistakes
}
