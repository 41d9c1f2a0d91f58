import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../process/atomic-write";
import { apiServiceAddress, clusterDomain, controlAddress, nodes } from "./addresses";
import { runAsync } from "./commands";
import type { Instance } from "./names";

/** A certificate to create: its subject and usage. */
interface CertificateRequest {
  readonly name: string;
  /** Kubernetes user (or host) name. */
  readonly commonName: string;
  /** Kubernetes group. */
  readonly group?: string;
  /** Names and addresses of a serving certificate; absent for a client's. */
  readonly serves?: readonly string[];
  /** For server and client, as a member of etcd is both to its peers. */
  readonly alsoClient?: boolean;
  /** @default "ca" */
  readonly authority?: Authority;
}

type Authority = "ca" | "front-proxy-ca" | "etcd-ca";
const authorities: readonly Authority[] = ["ca", "front-proxy-ca", "etcd-ca"];

/** PKI certificates and requirements: kubernetes.io/docs/setup/best-practices/certificates. */
const requests: readonly CertificateRequest[] = [
  {
    name: "apiserver",
    commonName: "kube-apiserver",
    serves: [
      ...["kubernetes", "kubernetes.default", "kubernetes.default.svc", `kubernetes.default.svc.${clusterDomain}`],
      ...["localhost", "127.0.0.1", controlAddress, apiServiceAddress],
    ],
  },
  { name: "apiserver-kubelet-client", commonName: "kube-apiserver-kubelet-client", group: "system:masters" },
  { name: "front-proxy-client", commonName: "front-proxy-client", authority: "front-proxy-ca" },
  { name: "etcd", commonName: "etcd", serves: ["localhost", "127.0.0.1"], alsoClient: true, authority: "etcd-ca" },
  { name: "apiserver-etcd-client", commonName: "kube-apiserver-etcd-client", authority: "etcd-ca" },
  { name: "controller-manager", commonName: "system:kube-controller-manager" },
  { name: "scheduler", commonName: "system:kube-scheduler" },
  { name: "admin", commonName: "hardened-admin", group: "system:masters" },
  { name: "kube-proxy", commonName: "system:kube-proxy" },
  // What it may read: addons/kube-router.yaml.
  { name: "kube-router", commonName: "kube-router" },
  {
    name: "metrics-server",
    commonName: "metrics-server.kube-system.svc",
    serves: ["metrics-server.kube-system.svc", `metrics-server.kube-system.svc.${clusterDomain}`],
  },
  ...nodes.flatMap((node) => [
    { name: `${node.name}-client`, commonName: `system:node:${node.name}`, group: "system:nodes" },
    { name: `${node.name}-server`, commonName: node.name, serves: [node.name, node.address] },
  ]),
];

/** Path of a certificate (`.crt`) or key (`.key`) of the instance. */
export const pki = (instance: Instance, file: string): string => join(instance.state, "pki", file);

const days = "3650";
const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

const alternativeName = (name: string): string => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`);

async function makeAuthority(instance: Instance, name: Authority): Promise<void> {
  if (existsSync(pki(instance, `${name}.crt`))) return;
  const extensions = [
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
  ];
  await request(instance, name, [...extensions, "-subj", `/CN=${instance.context}-${name}`]);
}

async function makeCertificate(instance: Instance, one: CertificateRequest): Promise<void> {
  if (existsSync(pki(instance, `${one.name}.crt`))) return;
  const authority = one.authority ?? "ca";
  const args = ["-CA", pki(instance, `${authority}.crt`), "-CAkey", pki(instance, `${authority}.key`)];
  const usage = one.alsoClient ? "serverAuth,clientAuth" : one.serves ? "serverAuth" : "clientAuth";
  args.push("-subj", `${one.group ? `/O=${one.group}` : ""}/CN=${one.commonName}`);
  args.push("-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature");
  args.push("-addext", `extendedKeyUsage=${usage}`);
  if (one.serves) args.push("-addext", `subjectAltName=${one.serves.map(alternativeName).join(",")}`);
  await request(instance, one.name, args);
}

/** The certificate is renamed into place after its key, so a pair is complete or created again. */
async function request(instance: Instance, name: string, args: readonly string[]): Promise<void> {
  const [key, made] = [pki(instance, `${name}.key`), pki(instance, `${name}.new`)];
  const fixed = [
    "req",
    "-x509",
    "-config",
    pki(instance, "openssl.cnf"),
    "-days",
    days,
    ...curve,
    "-keyout",
    key,
    "-out",
    made,
  ];
  await runAsync("openssl", [...fixed, ...args]);
  renameSync(made, pki(instance, `${name}.crt`));
}

/** Key pair that service account tokens are signed with. */
function makeServiceAccountKey(instance: Instance): void {
  if (existsSync(pki(instance, "service-account.pub"))) return;
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeAtomic(pki(instance, "service-account.key"), String(privateKey.export({ type: "sec1", format: "pem" })));
  writeAtomic(pki(instance, "service-account.pub"), String(publicKey.export({ type: "spki", format: "pem" })), 0o644);
}

/** Creates the missing keys and certificates of the instance. They are valid for ten years: longer than any instance. */
export async function ensureCertificates(instance: Instance): Promise<void> {
  mkdirSync(pki(instance, ""), { recursive: true, mode: 0o700 });
  // The system's openssl.cnf would add conflicting extensions.
  writeFileSync(pki(instance, "openssl.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n");
  await Promise.all(authorities.map((name) => makeAuthority(instance, name)));
  makeServiceAccountKey(instance);
  await Promise.all(requests.map((one) => makeCertificate(instance, one)));
}
