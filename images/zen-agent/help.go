package main

const help = `zen-agent makes remediations that were approved in the SaaS.

usage:
  zen-agent           work until told to stop
  zen-agent --help    show this text

environment:
  ZEN_AGENT_NAMESPACE          namespace of its ZenAgentRemediations, Observations and its Lease; required
  ZEN_AGENT_INSTANCE           name of its Lease, default zen-agent
  ZEN_AGENT_LEADER_ELECTION    true: of several replicas one works, the default; false: there is one replica
  ZEN_AGENT_SAAS_ENDPOINT      address of the SaaS, https://name or https://name:port; required
  ZEN_AGENT_TENANT_ID          tenant in the SaaS; required
  ZEN_AGENT_CLUSTER_ID         this cluster in the SaaS; required
  ZEN_AGENT_BOOTSTRAP_TOKEN    secret from which the key of its signatures is derived; required
  ZEN_AGENT_TLS_ENABLED        true: with a client certificate, the default; false: without, and http is allowed
  ZEN_AGENT_TLS_INSECURE       true: the server's certificate is not verified; default false
  ZEN_AGENT_TLS_DIR            folder of tls.crt and tls.key, default /etc/zen/tls
  ZEN_AGENT_CA_FILE            CAs of the SaaS, PEM, in place of the public ones
  ZEN_AGENT_OCSP               off, must-staple or required, default must-staple
  ZEN_AGENT_EXECUTION_MODES    of ssa-immediate, ssa-scheduled, gitops-immediate, default ssa-immediate
  ZEN_AGENT_APPROVAL_MODES     of ui-immediate, slack, scheduled, default ui-immediate
  ZEN_AGENT_VALIDATION_PROBES  of basic, http, kubernetes, metrics, default basic
  ZEN_AGENT_ROLLBACK_MODES     of automatic, manual, git-revert, default automatic
  ZEN_AGENT_NAMESPACES         namespaces it may change, default: all
  ZEN_AGENT_REMEDIATION_KINDS  resources it may change, such as deployments.apps, default: none
  ZEN_AGENT_PROBE_SECONDS      how long a change has until its probes pass, default 120
  ZEN_AGENT_PROBE_PORTS        ports of pods, numbers or names, that the probe http may ask by a Service, default: none
  ZEN_AGENT_PROMETHEUS_URL     address of Prometheus, for the probe metrics; without it that probe is left out
  ZEN_AGENT_GITOPS_VALIDATION  polling or webhook: when it looks whether a commit has arrived, default polling
  ZEN_AGENT_GITOPS_POLL_SECONDS  how often, default 10
  ZEN_AGENT_GITOPS_SECONDS     how long a commit has until it has arrived, default 86400
  ZEN_AGENT_GIT_DIR            folder of username, password, ca.crt and webhook-secret, default /etc/zen/git
  ZEN_AGENT_GIT_REPOSITORIES   https addresses of repositories, or of what is above them, that it may commit to, default: none
  ZEN_AGENT_GIT_BRANCHES       branches it may commit to beside its own, zen/<remediation>, default: none
  ZEN_AGENT_POLL_SECONDS       how often the SaaS is asked, default 10
  ZEN_AGENT_PORT               port of the requests below, default 8080
  ZEN_AGENT_DRAIN_SECONDS      seconds it still answers after it was told to stop, not ready any more, default 2

Lists are separated by commas. Certificates are read again when their files change, without a restart.

requests:
  GET /healthz  GET /readyz  GET /metrics
  POST /webhooks/git  where validation is by webhook: signed by X-Signature or X-Hub-Signature-256: sha256=<hex HMAC-SHA256>

exit codes:
  0 told to stop   1 unexpected, or the Lease was lost   2 wrong arguments or environment
`
