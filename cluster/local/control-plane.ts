import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toolPath } from "../../process/toolchain/locate";
import { apiPort, clusterDomain, controlAddress, networkNamespace, podRange, serviceRange } from "./addresses";
import { pki } from "./certificates";
import { encryptionFile, ensureEncryption } from "./encryption";
import { componentKubeconfig } from "./kubeconfigs";
import type { Instance } from "./names";
import type { Daemon } from "./processes";
import { cipherSuites } from "./tls";

/** `{ "a-b": "c" }` → `["--a-b=c"]`: the options read like the components' own reference. */
const options = (all: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(all).map(([name, value]) => `--${name}=${value}`);

const etcdUrl = "https://127.0.0.1:2379";
const etcdPeerUrl = "https://127.0.0.1:2380";

function etcd(instance: Instance): string[] {
  return options({
    "data-dir": join(instance.state, "etcd"),
    "listen-client-urls": etcdUrl,
    "advertise-client-urls": etcdUrl,
    "listen-peer-urls": etcdPeerUrl,
    "initial-advertise-peer-urls": etcdPeerUrl,
    "initial-cluster": `default=${etcdPeerUrl}`,
    // Only the API server holds a certificate of this authority.
    "cert-file": pki(instance, "etcd.crt"),
    "key-file": pki(instance, "etcd.key"),
    "client-cert-auth": true,
    "trusted-ca-file": pki(instance, "etcd-ca.crt"),
    "peer-cert-file": pki(instance, "etcd.crt"),
    "peer-key-file": pki(instance, "etcd.key"),
    "peer-client-cert-auth": true,
    "peer-trusted-ca-file": pki(instance, "etcd-ca.crt"),
    "log-level": "warn",
    // A disposable cluster does not wait for the disk; a killed process loses no data by it.
    "unsafe-no-fsync": true,
  });
}

/** The example audit policy for users' own clusters is the one in use here. */
const auditPolicy = readFileSync(join(__dirname, "../../charts/examples/audit-policy.yaml"), "utf8");

/** Folder of the API server's audit log: `audit.log`, and older ones beside it. */
export const auditFolder = (instance: Instance): string => join(instance.state, "audit");

const auditPolicyFile = (instance: Instance): string => join(instance.state, "audit-policy.yaml");

/** How long the audit log is kept: days, files, MiB of each (CIS 1.2.17 to 1.2.19). */
const auditLog = (instance: Instance) => ({
  "audit-policy-file": auditPolicyFile(instance),
  "audit-log-path": join(auditFolder(instance), "audit.log"),
  "audit-log-maxage": 30,
  "audit-log-maxbackup": 10,
  "audit-log-maxsize": 100,
});

/** Admission plugins beyond the API server's defaults, and the rate limit of events. */
const admission = (instance: Instance) => ({
  "enable-admission-plugins": "NodeRestriction,EventRateLimit,DenyServiceExternalIPs",
  "admission-control-config-file": admissionFile(instance),
});

const admissionFile = (instance: Instance): string => join(instance.state, "admission.json");

/** Limit of events, so that a program that fails in a loop does not fill the store; the tests' peak is far below. */
const admissionConfig = JSON.stringify({
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "AdmissionConfiguration",
  plugins: [
    {
      name: "EventRateLimit",
      configuration: {
        apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
        kind: "Configuration",
        limits: [{ type: "Server", qps: 500, burst: 5000 }],
      },
    },
  ],
});

/** Options of the API server for etcd. */
const etcdClient = (instance: Instance) => ({
  "etcd-servers": etcdUrl,
  "etcd-cafile": pki(instance, "etcd-ca.crt"),
  "etcd-certfile": pki(instance, "apiserver-etcd-client.crt"),
  "etcd-keyfile": pki(instance, "apiserver-etcd-client.key"),
});

function apiserver(instance: Instance): string[] {
  return options({
    ...etcdClient(instance),
    ...auditLog(instance),
    ...admission(instance),
    "advertise-address": controlAddress,
    "secure-port": apiPort,
    "service-cluster-ip-range": serviceRange,
    "authorization-mode": "Node,RBAC",
    // No anonymous requests: readiness probes have a certificate.
    "anonymous-auth": false,
    "encryption-provider-config": encryptionFile(instance),
    "allow-privileged": true,
    profiling: false,
    "client-ca-file": pki(instance, "ca.crt"),
    "tls-cert-file": pki(instance, "apiserver.crt"),
    "tls-private-key-file": pki(instance, "apiserver.key"),
    "tls-cipher-suites": cipherSuites.join(","),
    "service-account-issuer": `https://kubernetes.default.svc.${clusterDomain}`,
    "service-account-key-file": pki(instance, "service-account.pub"),
    "service-account-signing-key-file": pki(instance, "service-account.key"),
    // Tokens expire after their own lifetime, mostly an hour, not after a year.
    "service-account-extend-token-expiration": false,
    // Node names are not in DNS.
    "kubelet-preferred-address-types": "InternalIP",
    "kubelet-certificate-authority": pki(instance, "ca.crt"),
    "kubelet-client-certificate": pki(instance, "apiserver-kubelet-client.crt"),
    "kubelet-client-key": pki(instance, "apiserver-kubelet-client.key"),
    "requestheader-client-ca-file": pki(instance, "front-proxy-ca.crt"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-username-headers": "X-Remote-User",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "proxy-client-cert-file": pki(instance, "front-proxy-client.crt"),
    "proxy-client-key-file": pki(instance, "front-proxy-client.key"),
    // No kube-proxy beside the API server: it calls webhooks and aggregated APIs at their pods' addresses.
    "enable-aggregator-routing": true,
  });
}

/** Options of every controller. */
function controllerOptions(instance: Instance, name: string) {
  const kubeconfig = componentKubeconfig(instance, name);
  return {
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "bind-address": "127.0.0.1",
    // One replica: leader election would only slow down the start.
    "leader-elect": false,
    profiling: false,
  };
}

const controllerManager = (instance: Instance): string[] =>
  options({
    ...controllerOptions(instance, "controller-manager"),
    "use-service-account-credentials": true,
    "service-account-private-key-file": pki(instance, "service-account.key"),
    "root-ca-file": pki(instance, "ca.crt"),
    "cluster-signing-cert-file": pki(instance, "ca.crt"),
    "cluster-signing-key-file": pki(instance, "ca.key"),
    "cluster-cidr": podRange,
    // Terminated pods are kept for their logs; the default of 12,500 is too many.
    "terminated-pod-gc-threshold": 1000,
    // It creates the folder; the default is below /usr/libexec.
    "flex-volume-plugin-dir": join(instance.state, "control", "volume-plugins"),
    // Each node's range is fixed in addresses.ts, where its CNI configuration and the routes come from too.
    "allocate-node-cidrs": false,
  });

const scheduler = (instance: Instance): string[] => options(controllerOptions(instance, "scheduler"));

const daemon = (instance: Instance, name: string, args: string[]): Daemon => ({
  name,
  command: [toolPath(name), ...args],
  network: networkNamespace(instance, "control"),
});

/** Writes the API server's files and returns the daemons of API server and etcd. */
export function apiDaemons(instance: Instance): Daemon[] {
  mkdirSync(auditFolder(instance), { recursive: true, mode: 0o700 });
  writeFileSync(auditPolicyFile(instance), auditPolicy, { mode: 0o600 });
  writeFileSync(admissionFile(instance), admissionConfig, { mode: 0o600 });
  const settings = [auditPolicy, admissionConfig, ensureEncryption(instance)];
  return [
    daemon(instance, "etcd", etcd(instance)),
    { ...daemon(instance, "kube-apiserver", apiserver(instance)), settings },
  ];
}

/** Daemons that use the API server. They exit, or wait longer than needed, when it is not ready yet. */
export const controllers = (instance: Instance): Daemon[] => [
  daemon(instance, "kube-controller-manager", controllerManager(instance)),
  daemon(instance, "kube-scheduler", scheduler(instance)),
];
