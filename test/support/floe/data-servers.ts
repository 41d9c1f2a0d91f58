import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAsync } from "../../../cluster/local/commands";
import { canary } from "../canaries";
import { type KubeObject, kubectl, object } from "../e2e-cluster";

/** Servers that a platform uses and does not bring: PostgreSQL that takes TLS alone, with a certificate of an authority of its own, and an object store. */
export interface DataServers {
  readonly database: { readonly host: string; readonly cidr: string; readonly ca: string };
  readonly store: { readonly endpoint: string; readonly cidr: string; readonly bucket: string };
  /** Passwords of the roles `dagster`, `dbt` and `marquez`, each of which owns the database of its name. */
  readonly passwords: Readonly<Record<"dagster" | "dbt" | "marquez", string>>;
  /** Of a user that reads and writes objects of the bucket. */
  readonly accessKey: { readonly id: string; readonly secret: string };
}

const bucket = "acme-floe";
const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };

/** Makes a cluster of PostgreSQL with its roles the first time, and lets nobody in without TLS. */
const startDatabase = `set -eu
for bin in /usr/lib/postgresql/*/bin; do :; done
$bin/initdb -D /data/db -U postgres --auth=reject --encoding=UTF8 --locale=C --no-sync
echo "hostssl all all all scram-sha-256" > /data/db/pg_hba.conf
for role in dagster dbt marquez; do
  eval "password=\\$PASSWORD_$role"
  printf "CREATE ROLE %s LOGIN PASSWORD '%s';\\n\\n" $role "$password"
  printf 'CREATE DATABASE %s OWNER %s;\\n\\n' $role $role
done | $bin/postgres --single -j -D /data/db postgres
exec $bin/postgres -D /data/db -c listen_addresses='*' -c unix_socket_directories=/tmp -c dynamic_shared_memory_type=mmap \\
  -c ssl=on -c ssl_cert_file=/tls/tls.crt -c ssl_key_file=/tls/tls.key -c jit=off`;

/** An authority, and a certificate of it for a server of this name. */
async function certificatesFor(host: string): Promise<Readonly<Record<"ca" | "certificate" | "key", string>>> {
  const folder = mkdtempSync(join(tmpdir(), "data-servers-"));
  try {
    // the system's own file would add extensions that contradict these
    writeFileSync(join(folder, "openssl.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n");
    const at = (file: string): string => join(folder, file);
    const make = (name: string, extensions: readonly string[], more: readonly string[] = []): Promise<string> => {
      const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
      const files = ["-keyout", at(`${name}.key`), "-out", at(`${name}.crt`), "-subj", `/CN=${name}`];
      const added = extensions.flatMap((one) => ["-addext", one]);
      const all = ["-config", at("openssl.cnf"), "-days", "2", ...curve, ...files, ...added, ...more];
      return runAsync("openssl", ["req", "-x509", ...all]);
    };
    await make("authority", ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"]);
    const server = ["basicConstraints=critical,CA:FALSE", `subjectAltName=DNS:${host}`];
    await make("server", server, ["-CA", at("authority.crt"), "-CAkey", at("authority.key")]);
    const read = (file: string): string => readFileSync(at(file), "utf8");
    return { ca: read("authority.crt"), certificate: read("server.crt"), key: read("server.key") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Server {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of Secrets beside `/data` and `/tmp`, by path. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A pod and its Service, hardened as the restricted profile wants it. Its variables are those of the Secret of its name too. */
function serverObjects(namespace: string, { name, image, port, command, env = {}, secrets = {} }: Server): object[] {
  const folders = Object.entries(secrets).map(([path, secretName]) => ({ name: secretName, mountPath: path }));
  const container = {
    ...{ name, image, ...(command && { command }), envFrom: [{ secretRef: { name } }] },
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
    ports: [{ containerPort: port }],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    volumeMounts: [{ name: "data", mountPath: "/data" }, { name: "tmp", mountPath: "/tmp" }, ...folders],
  };
  const user = { runAsUser: 10_001, runAsGroup: 10_001, fsGroup: 10_001, runAsNonRoot: true };
  const spec = {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    securityContext: { ...user, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
    volumes: [
      { name: "data", emptyDir: {} },
      { name: "tmp", emptyDir: {} },
      ...Object.values(secrets).map((secretName) => ({ name: secretName, secret: { secretName, defaultMode: 0o440 } })),
    ],
  };
  const labels = { "app.kubernetes.io/name": name };
  return [
    { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels }, spec },
    { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { selector: labels, ports: [{ port }] } },
  ];
}

/** Makes them in a namespace of their own, which the test removes. `image`: reference of an image of the project by its name */
export async function dataServers(namespace: string, image: (name: string) => string): Promise<DataServers> {
  const host = (name: string): string => `${name}.${namespace}.svc.cluster.local`;
  const { ca, certificate, key } = await certificatesFor(host("postgresql"));
  const passwords = { dagster: canary("dagster"), dbt: canary("dbt"), marquez: canary("marquez") };
  const accessKey = { id: canary("id"), secret: canary("secret") };
  const secret = (name: string, stringData: Readonly<Record<string, string>>) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    stringData,
  });
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: restricted } },
    secret(
      "postgresql",
      Object.fromEntries(Object.entries(passwords).map(([role, password]) => [`PASSWORD_${role}`, password])),
    ),
    secret("postgresql-tls", { "tls.crt": certificate, "tls.key": key }),
    secret("store", {
      AWS_ACCESS_KEY_ID: canary("administrator"),
      AWS_SECRET_ACCESS_KEY: canary("administrator-secret"),
      OBJECT_STORE_USER_ACCESS_KEY_ID: accessKey.id,
      OBJECT_STORE_USER_SECRET_ACCESS_KEY: accessKey.secret,
    }),
    ...serverObjects(namespace, {
      ...{ name: "postgresql", image: image("postgres"), port: 5432, command: ["/bin/sh", "-c", startDatabase] },
      secrets: { "/tls": "postgresql-tls" },
    }),
    ...serverObjects(namespace, {
      ...{ name: "store", image: image("object-store"), port: 8333 },
      env: { OBJECT_STORE_BUCKETS: bucket, OBJECT_STORE_URL: `http://${host("store")}:8333` },
    }),
  ];
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl(["wait", "--for=condition=Ready", "pod/postgresql", "pod/store", "-n", namespace, "--timeout=180s"]);
  const cidr = async (name: string): Promise<string> => {
    const { status } = await object<KubeObject & { readonly status: { readonly podIP?: string } }>(
      ...["pod", name, "-n", namespace],
    );
    assert.ok(status.podIP);
    return `${status.podIP}/32`;
  };
  return {
    database: { host: host("postgresql"), cidr: await cidr("postgresql"), ca },
    store: { endpoint: `http://${host("store")}:8333`, cidr: await cidr("store"), bucket },
    passwords,
    accessKey,
  };
}
