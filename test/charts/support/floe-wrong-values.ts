import type { Environment } from "./floe";

/** Values that are wrong, and what Helm says of them. */

const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2", memory: "2Gi" } };
const polaris = { enabled: true, existingSecret: "floe-polaris" };
const minio = { enabled: true, existingSecret: "floe-object-store" };
const secret = { existingSecret: "floe-postgresql" };
const dagster = (given: object) => ({ dagster: given });
const web = (given: object) => dagster({ dagsterWebserver: given });
const hosts = [{ host: "dagster.example.com", paths: [{ path: "/", pathType: "Prefix" }] }];
const letIn = (ingress: object, clients = ["ingress-nginx"]) => ({
  ingress: { enabled: true, hosts, ...ingress },
  networkPolicy: { clients },
});
const elsewhere = { objectStorage: { endpoint: "https://s3.example.com" } };

/** What is wrong, in which environment, the values over the overlay's, and the words that name the place. */
export const wrongPlatform: readonly [title: string, environment: Environment, values: object, words: RegExp][] = [
  ["no environment", "dev", { global: { environment: "" } }, /^global\.environment is empty: .*such as dev$/m],
  ["an environment that is no label", "dev", { global: { environment: "Dev Env" } }, /\/global\/environment/],
  ["an unknown key", "dev", { marqez: { enabled: true } }, /additional properties 'marqez' not allowed/],
  [
    "a replica count of the daemon",
    "dev",
    dagster({ dagsterDaemon: { replicaCount: 2 } }),
    /\/dagster\/dagsterDaemon'?: additional properties 'replicaCount'/,
  ],
  ["no replicas", "dev", web({ replicaCount: 0 }), /\/dagster\/dagsterWebserver\/replicaCount.*minimum.*1/],
  ["replicas in words", "dev", web({ replicaCount: "two" }), /\/dagster\/dagsterWebserver\/replicaCount.*want integer/],
  ["root", "dev", web({ image: { runAsUser: 0 } }), /\/dagster\/dagsterWebserver\/image\/runAsUser.*minimum.*1/],
  ["a digest that is none", "dev", { otel: { image: { digest: "sha256:1" } } }, /\/otel\/image\/digest/],
  ["an unknown preset", "dev", { resourcePreset: "huge" }, /\/resourcePreset.*'small', 'medium', 'large', 'custom'/],
  ["an unknown type of Service", "dev", web({ service: { type: "External" } }), /\/service\/type.*'ClusterIP'/],
  ["a port out of range", "dev", web({ service: { port: 65_536 } }), /\/service\/port.*maximum.*65,?535/],
  [
    "an unknown mode of the database",
    "dev",
    { postgresql: { mode: "oracle" } },
    /\/postgresql\/mode.*'statefulset', 'cnpg', 'external'/,
  ],
  ["no server of a Cluster", "prod", { postgresql: { instances: 0 } }, /\/postgresql\/instances.*minimum.*1/],
  ["an unknown sslmode", "prod", { postgresql: { sslmode: "on" } }, /\/postgresql\/sslmode.*'disable', 'prefer'/],
  ["a certificate that is none", "prod", { postgresql: { ca: "certificate" } }, /\/postgresql\/ca.*pattern/],
  [
    "a private key as certificate",
    "prod",
    { postgresql: { ca: "-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----" } },
    /\/postgresql\/ca.*pattern/,
  ],
  ["a database at no address", "prod", { postgresql: { cidrs: ["10.0.0.1"] } }, /\/postgresql\/cidrs\/0.*pattern/],
  [
    "an object store at no address",
    "prod",
    { objectStorage: { cidrs: ["any"] } },
    /\/objectStorage\/cidrs\/0.*pattern/,
  ],
  ["a region that is none", "prod", { objectStorage: { region: "EU" } }, /\/objectStorage\/region.*pattern/],
  [
    "a password beside its Secret",
    "dev",
    { postgresql: { auth: { password: "x" } } },
    /\/postgresql\/auth.*'password'/,
  ],
  ["a volume without a unit", "dev", { postgresql: { storage: "10" } }, /\/postgresql\/storage.*pattern/],
  ["an unknown persistence", "dev", { polaris: { persistence: { type: "disk" } } }, /\/type.*'in-memory', 'database'/],
  ["an address without http", "dev", { otel: { endpoint: "collector:4318" } }, /\/otel\/endpoint.*pattern/],
  ["a client that is no namespace", "dev", { networkPolicy: { clients: ["*"] } }, /\/networkPolicy\/clients\/0/],
  ["an API server at no address", "dev", { networkPolicy: { apiServer: { cidrs: ["any"] } } }, /\/apiServer\/cidrs\/0/],
  [
    "no code server",
    "dev",
    dagster({ "dagster-user-deployments": { deployments: [] } }),
    /\/dagster-user-deployments\/deployments.*minItems/,
  ],
  [
    "an external database without a host",
    "staging",
    { postgresql: { mode: "external" } },
    /^postgresql\.host is empty while postgresql\.mode is external: name the server$/m,
  ],
  [
    "a server that is verified by nothing",
    "prod",
    { postgresql: { mode: "external", host: "postgresql.example.com", sslmode: "verify-full" } },
    /^postgresql\.ca is empty while postgresql\.sslmode is verify-full: put the certificates /m,
  ],
  [
    "a Cluster without the Secret of a role",
    "prod",
    { postgresql: { cnpg: { polarisSecret: "" } } },
    /^postgresql\.cnpg\.polarisSecret is empty while postgresql\.mode is cnpg: name a Secret with username and password$/m,
  ],
  [
    "a Cluster whose name is too long",
    "prod",
    { fullnameOverride: "a".repeat(45) },
    /^postgresql\.mode: the name a{45}-postgresql has 56 characters, and a Cluster at most 50/m,
  ],
  [
    "a database without its Secret",
    "dev",
    { postgresql: { auth: { existingSecret: "" } } },
    /^postgresql\.auth\.existingSecret is empty: name a Secret with PASSWORD_dagster, /m,
  ],
  [
    "Dagster without its Secret",
    "prod",
    { postgresql: { auth: { dagsterSecret: "" } } },
    /^postgresql\.auth\.dagsterSecret is empty: name a Secret with DAGSTER_PG_PASSWORD$/m,
  ],
  [
    "lineage without its Secret",
    "dev",
    { postgresql: { auth: { marquezSecret: "" } } },
    /^postgresql\.auth\.marquezSecret is empty while marquez\.enabled is true/m,
  ],
  [
    "an object store without its Secret",
    "dev",
    { minio: { existingSecret: "" } },
    /^minio\.existingSecret is empty while minio\.enabled is true: .*AWS_ACCESS_KEY_ID/m,
  ],
  ["two object stores", "dev", elsewhere, /^minio\.enabled and objectStorage\.endpoint both name an object store/m],
  [
    "a catalog without an object store",
    "staging",
    { objectStorage: { endpoint: "" } },
    /^polaris\.enabled needs an object store: set objectStorage\.endpoint, or minio\.enabled/m,
  ],
  [
    "a catalog without its Secret",
    "staging",
    { polaris: { existingSecret: "" } },
    /^polaris\.existingSecret is empty while polaris\.enabled is true/m,
  ],
  [
    "several catalogs in memory",
    "dev",
    { polaris: { ...polaris, replicas: 2, persistence: { type: "in-memory" } } },
    /^polaris\.replicas is above 1 while polaris\.persistence\.type is in-memory: .*set database$/m,
  ],
  [
    "a least above the most",
    "staging",
    { otel: { autoscaling: { min: 9 } } },
    /^otel\.autoscaling\.min is above otel\.autoscaling\.max$/m,
  ],
  [
    "custom resources that nobody named",
    "dev",
    { resourcePreset: "custom", otel: { resources } },
    /^dagster\.dagsterWebserver\.resources is empty while resourcePreset is custom/m,
  ],
  [
    "a limit below the request",
    "dev",
    { otel: { resources: { ...resources, limits: { cpu: "500m", memory: "2Gi" } } } },
    /^otel\.resources\.limits\.cpu \(500m\) is below otel\.resources\.requests\.cpu \(1\)/m,
  ],
  [
    "an Ingress for no host",
    "dev",
    letIn({ hosts: [] }),
    /^ingress\.hosts is empty while ingress\.enabled is true; name a/m,
  ],
  [
    "an Ingress from nowhere",
    "dev",
    letIn({}, []),
    /^networkPolicy\.clients is empty while ingress\.enabled is true: name the namespace of the ingress controller$/m,
  ],
  [
    "a certificate for another host",
    "dev",
    letIn({ tls: [{ secretName: "tls", hosts: ["shop.example.com"] }] }),
    /^ingress\.tls\[0\]\.hosts\[0\]: "shop\.example\.com" is no host of ingress\.hosts/m,
  ],
  [
    "a quota of fewer pods than there are",
    "prod",
    { resourceQuota: { hard: { pods: 3 } } },
    /^resourceQuota\.hard\.pods \(3\) is below what the chart's own pods ask for \(22\); raise it$/m,
  ],
  [
    "a quota below the sum of requests",
    "prod",
    { resourceQuota: { hard: { "requests.cpu": "4", "requests.memory": "8Gi" } } },
    /^resourceQuota\.hard\.requests\.cpu \(4\) is below what the chart's own pods ask for \(10\.75\); raise it$/m,
  ],
  [
    "a quota of limits below those of the pods",
    "prod",
    { resourceQuota: { hard: { "limits.cpu": "2" } } },
    /^resourceQuota\.hard\.limits\.cpu \(2\) is below what the chart's own pods ask for/m,
  ],
  [
    "Secrets from no store",
    "dev",
    { externalSecrets: { enabled: true } },
    /^externalSecrets\.store\.name is empty while externalSecrets\.enabled is true: name a ClusterSecretStore/m,
  ],
  ["artifacts too large for a ConfigMap", "dev", { artifacts: "x".repeat(1_000_001) }, /^artifacts has 1000001 bytes/m],
  [
    "an object store of the chart in prod",
    "prod",
    { minio, objectStorage: { endpoint: "" } },
    /^minio\.enabled is true in the environment prod: .*set objectStorage\.endpoint$/m,
  ],
  [
    "a catalog in memory in prod",
    "prod",
    { polaris: { replicas: 1, persistence: { type: "in-memory" } } },
    /^polaris\.persistence\.type is in-memory in the environment prod: .*set database$/m,
  ],
  [
    "a database of one pod in prod",
    "prod",
    { postgresql: { mode: "statefulset", auth: secret } },
    /^postgresql\.mode is statefulset in the environment prod: .*set cnpg or external, or postgresql\.allowStatefulsetInProd$/m,
  ],
  [
    "a Cluster of one server in prod",
    "prod",
    { postgresql: { instances: 1 } },
    /^postgresql\.instances is 1 in the environment prod: nothing takes over .*set 3$/m,
  ],
  [
    "a database without TLS in prod",
    "prod",
    { postgresql: { mode: "external", host: "postgresql.example.com", sslmode: "prefer" } },
    /^postgresql\.sslmode is prefer in the environment prod: .*set require, verify-ca or verify-full$/m,
  ],
  [
    "an object store without TLS in prod",
    "prod",
    { objectStorage: { endpoint: "http://s3.example.com" } },
    /^objectStorage\.endpoint begins with http: in the environment prod: .*set https:$/m,
  ],
];

const total = { name: "total", args: ["build"] };
const job = (given: object) => ({ jobs: [{ ...total, ...given }] });

/** What is wrong, the values, and the words that name the place. */
export const wrongJobs: readonly [title: string, values: object, words: RegExp][] = [
  ["no environment", { global: { environment: "" } }, /^global\.environment is empty/m],
  [
    "no Secret of the warehouse",
    { warehouse: { existingSecret: "" } },
    /^warehouse\.existingSecret is empty: name a /m,
  ],
  [
    "a warehouse that is verified by nothing",
    { warehouse: { sslmode: "verify-ca" } },
    /^warehouse\.ca is empty while warehouse\.sslmode is verify-ca: put the certificates /m,
  ],
  ["an unknown sslmode", { warehouse: { sslmode: "on" } }, /\/warehouse\/sslmode.*'disable', 'prefer'/],
  ["a password beside its Secret", { warehouse: { password: "x" } }, /\/warehouse.*'password' not allowed/],
  ["an object store without its Secret", elsewhere, /^objectStorage\.existingSecret is empty while /m],
  ["an unknown scheduler", { scheduler: "cron" }, /\/scheduler.*'dagster', 'kubernetes'/],
  ["a job without a command", { jobs: [{ name: "total" }] }, /^jobs\[0\]\.args is empty, and .*such as \[build\]$/m],
  ["an empty command", job({ args: [] }), /^jobs\[0\]\.args is empty, and .*such as \[build\]$/m],
  ["a job without a name", { jobs: [{ args: ["build"] }] }, /\/jobs\/0'?: missing property 'name'/],
  ["a name with capitals", job({ name: "Total" }), /\/jobs\/0\/name.*pattern/],
  ["a job named twice", { jobs: [total, total] }, /^jobs\[1\]\.name: "total" is the name of jobs\[0\] too$/m],
  ["a schedule of four fields", job({ schedule: "0 * * *" }), /\/jobs\/0\/schedule.*pattern/],
  ["a schedule in words", job({ schedule: "every hour" }), /\/jobs\/0\/schedule.*pattern/],
  ["a deadline of nothing", job({ activeDeadlineSeconds: 0 }), /\/jobs\/0\/activeDeadlineSeconds.*minimum.*10/],
  ["root", job({ image: { runAsUser: 0 } }), /\/jobs\/0\/image\/runAsUser.*minimum.*1/],
  ["a typo in a job", job({ arguments: ["build"] }), /\/jobs\/0'?: additional properties 'arguments' not allowed/],
  [
    "a limit below the request",
    job({ resources: { ...resources, limits: { cpu: "2", memory: "1Mi" } } }),
    /^jobs\[0\]\.resources\.limits\.memory \(1Mi\) is below/m,
  ],
  [
    "a credential in clear",
    job({ env: { API_TOKEN: "hunter-two" } }),
    /^jobs\[0\]\.env\.API_TOKEN holds a credential in clear; .*jobs\[0\]\.envFromSecrets$/m,
  ],
  ["a name too long for its Jobs", job({ name: "a".repeat(40) }), /^jobs\[0\]\.name: the name \S+ has 55 characters/m],
  ["a path out of the project", { project: { "../x.sql": "" } }, /invalid propertyName '\.\.\/x\.sql'/],
  ["an absolute path", { project: { "/etc/x": "" } }, /invalid propertyName '\/etc\/x'/],
  [
    "two paths of one key",
    { project: { "a/b.sql": "1", "a..b.sql": "2" } },
    /^project: "a\.\.b\.sql" and "a\/b\.sql" would be one file of the ConfigMap; rename one$/m,
  ],
  ["artifacts too large", { artifacts: "x".repeat(1_000_001) }, /^artifacts has 1000001 bytes, and a ConfigMap holds/m],
  ["a project too large", { project: { "a.sql": "x".repeat(1_000_001) } }, /^project has 1000006 bytes, and a Config/m],
  [
    "a destination open to everyone",
    { networkPolicy: { destinations: { all: { port: 443, peers: [] } } } },
    /\/networkPolicy\/destinations\/all\/peers/,
  ],
];
