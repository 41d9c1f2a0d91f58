import type { ProfileName } from "../../../systems/zen/profiles";

/** What charts/zen-agent refuses, by the values that a profile's example is changed by, and in which words. */

export type Tree = { readonly [key: string]: unknown };
type Case = readonly [title: string, profile: ProfileName, changes: Tree, ...words: RegExp[]];

export const cases: readonly Case[] = [
  ["[ZN-34] no token", "gitops", { saas: { clusterToken: "" } }, /saas\.clusterToken is missing/],
  [
    "[ZN-34] a placeholder as the token",
    "gitops",
    { saas: { clusterToken: "YOUR_TOKEN" } },
    /^saas\.clusterToken is still a placeholder/m,
  ],
  [
    "[ZN-34] white space in the token",
    "gitops",
    { saas: { clusterToken: "8f2d 9a7c" } },
    /^saas\.clusterToken has white space in it/m,
  ],
  [
    "[ZN-34] a placeholder as the tenant",
    "gitops",
    { tenant: { id: "TENANT_ID" } },
    /^tenant\.id is still a placeholder/m,
  ],
  [
    "[ZN-34] a placeholder as the cluster",
    "gitops",
    { cluster: { id: "CLUSTER_ID" } },
    /^cluster\.id is still a placeholder/m,
  ],
  [
    "[ZN-34] no tenant and no cluster",
    "gitops",
    { tenant: { id: "" }, cluster: { id: "" } },
    /^tenant\.id is missing/m,
    /^cluster\.id is missing/m,
  ],
  [
    "two places for the token",
    "aws",
    { saas: { existingSecret: "kept" } },
    /saas\.existingSecret and saas\.externalSecret\.enabled are both set/,
  ],
  [
    "[ZN-08] a store without a name",
    "aws",
    { saas: { externalSecret: { storeRef: { name: "" } } } },
    /saas\.externalSecret\.storeRef\.name is empty/,
  ],
  [
    "[ZN-11] an insecure agent",
    "gitops",
    { tls: { insecure: true } },
    /tls\.insecure \(true\) contradicts profile \(gitops\).*\(ISO A\.8\.5\)/,
  ],
  [
    "[ZN-44] gitops without mutual TLS",
    "gitops",
    { tls: { enabled: false } },
    /tls\.enabled \(false\) contradicts profile \(gitops\)/,
  ],
  [
    "[ZN-44] gitops without a network policy",
    "gitops",
    { networkPolicy: { enabled: false } },
    /networkPolicy\.enabled \(false\) contradicts profile \(gitops\).*SOC2 CC6\.7/,
  ],
  [
    "[ZN-09] mutual TLS without a Secret",
    "gitops",
    { tls: { existingSecret: "" } },
    /tls\.existingSecret is missing while tls\.enabled is true/,
  ],
  [
    "[ZN-13] two certificates",
    "aws",
    { tls: { existingSecret: "kept" } },
    /tls\.existingSecret is set and tls\.source is cert-manager/,
  ],
  [
    "[ZN-13] a renewal after the end",
    "aws",
    { tls: { certManager: { renewBefore: "48h" } } },
    /tls\.certManager\.renewBefore.*is not below/,
  ],
  [
    "[ZN-10] an authority without a name",
    "gitops",
    { caMount: { enabled: true } },
    /caMount\.secretName is missing while caMount\.enabled is true/,
  ],
  [
    "mkcert's authority in aws",
    "aws",
    { caMount: { enabled: true, secretName: "mkcert" } },
    /caMount\.enabled \(true\) contradicts profile \(aws\).*mkcert/,
  ],
  [
    "[ZN-40] [ZN-51] aws without a role",
    "aws",
    { serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": "" } } },
    /role-arn\] is missing and profile is aws.*arn:aws:iam::111122223333/,
  ],
  [
    "a role that is none",
    "aws",
    { serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x" } } },
    /role-arn\] is no ARN of a role/,
  ],
  [
    "[ZN-50] scheduled GitOps",
    "aws",
    { execution: { modes: ["scheduled-gitops"] } },
    /execution\.modes\[0\] \(scheduled-gitops\) is not available.*there are: ssa-immediate, ssa-scheduled, gitops-immediate/,
  ],
  [
    "[ZN-48] a mode of another profile",
    "local",
    { execution: { modes: ["ssa-scheduled"] } },
    /execution\.modes\[0\] \(ssa-scheduled\) is none of profile \(local\), which has: ssa-immediate/,
  ],
  [
    "[ZN-16] replicas without election",
    "gitops",
    { leaderElection: { enabled: false } },
    /replicaCount is 2 and leaderElection\.enabled is false/,
  ],
  [
    "[ZN-33] the embedded watcher's autoscaler without election",
    "gitops",
    { "zen-watcher": { hpa: { enabled: true }, leaderElection: { enabled: false } } },
    /zen-watcher\.hpa\.enabled is true and zen-watcher\.leaderElection\.enabled is false/,
  ],
  [
    "[ZN-25] a wildcard",
    "gitops",
    { rbac: { remediationKinds: ["*"] } },
    /rbac\.remediationKinds\[0\] \("\*"\) is a wildcard.*SOC2 CC6\.1/,
  ],
  [
    "[ZN-25] a wildcard of a group",
    "aws",
    { rbac: { observedKinds: ["*.apps"] } },
    /rbac\.observedKinds\[0\].*SOC2 CC6\.1/,
  ],
  ["[ZN-24] Secrets", "gitops", { rbac: { observedKinds: ["secrets"] } }, /never reads nor changes Secrets/],
  [
    "every namespace and some",
    "local",
    { rbac: { namespaces: ["shop"] } },
    /rbac\.mode is broad.*rbac\.namespaces names some/,
  ],
  [
    "[ZN-22] no address of the API server",
    "gitops",
    { networkPolicy: { apiServer: { cidrs: [] } } },
    /networkPolicy\.apiServer\.cidrs is empty.*kubectl get endpointslices -n default kubernetes/,
  ],
  [
    "[ZN-23] no address of the SaaS",
    "aws",
    { networkPolicy: { saasCIDRs: [] } },
    /networkPolicy\.saasCIDRs is empty.*getent ahosts/,
  ],
  [
    "[ZN-31] a ServiceMonitor without its kind",
    "gitops",
    { serviceMonitor: { enabled: true } },
    /serviceMonitor\.enabled needs the kind .*servicemonitors\.monitoring\.coreos\.com/,
  ],
  [
    "[ZN-31] a VMServiceScrape without its kind",
    "gitops",
    { vmServiceScrape: { enabled: true } },
    /vmservicescrapes\.operator\.victoriametrics\.com/,
  ],
  [
    "metrics off and a ServiceMonitor",
    "gitops",
    { metrics: { enabled: false }, serviceMonitor: { enabled: true } },
    /serviceMonitor\.enabled is true and metrics\.enabled is false/,
  ],
  [
    "[ZN-05] a webhook that anyone could call",
    "gitops",
    { gitops: { existingSecret: "" } },
    /gitops\.existingSecret is missing while gitops\.validation is webhook.*webhook-secret/,
  ],
  ["limits that are none", "gitops", { resources: { limits: { memory: "0" } } }, /resources\.limits\.memory/],
];

export const endpoints: readonly (readonly [endpoint: string, words: RegExp, profile?: ProfileName])[] = [
  ["", /saas\.endpoint is missing/],
  ["agent.kube-zen.io", /has no scheme/],
  ["https://10.0.0.1", /is an IP address/],
  ["https://10.0.0.1:8443", /is an IP address/],
  ["https://[fd00::1]:443", /is an IP address/],
  ["https://agent.kube-zen.io/", /has a path/],
  ["https://agent.kube-zen.io/api?x=1", /has a path/],
  ["https://a:b@agent.kube-zen.io", /a user or a password \(not shown\)/],
  ["https://agent.zen.svc.cluster.local", /is a name of the cluster itself/],
  ["https://agent.zen.svc.cluster.local:8443", /is a name of the cluster itself/],
  ["https://localhost:8443", /is localhost/],
  ["https://agent", /is no full name \(FQDN\)/],
  ["http://agent.kube-zen.io", /begins with http:\/\/ and profile is "gitops": TLS is required/],
  ["http://agent.kube-zen.io/", /has a path/, "local"],
];

export const images: readonly (readonly [repository: string, full: string])[] = [
  ["nginx", "docker.io/library/nginx"],
  ["acme/agent", "docker.io/acme/agent"],
  ["docker.io/library/nginx", "docker.io/library/nginx"],
  ["index.docker.io/x/y", "docker.io/x/y"],
  ["registry-1.docker.io/x/y", "docker.io/x/y"],
  ["docker.io/nginx", "docker.io/library/nginx"],
  ["docker.io:443/x/y", "docker.io/x/y"],
  ["registry.hub.docker.com:443/x/y", "docker.io/x/y"],
  ["kubezen.example.com/kubezen/zen-agent", "kubezen.example.com/kubezen/zen-agent"],
  ["registry.kube-zen.io/kubezen/zen-agent", "registry.kube-zen.io/kubezen/zen-agent"],
  ["localhost:5000/kubezen/zen-agent", "localhost:5000/kubezen/zen-agent"],
  ["kubezen2/zen-agent", "docker.io/kubezen2/zen-agent"],
];
