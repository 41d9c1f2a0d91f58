import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toolPath } from "../toolchain/locate";
import { apiPort, controlAddress, networkNamespace, podRange, serviceRange } from "./addresses";
import { pki } from "./certificates";
import { componentKubeconfig } from "./kubeconfigs";
import type { Instance } from "./names";
import type { Daemon } from "./processes";

/** `{ "a-b": "c" }` → `["--a-b=c"]`: the options read like the components' own reference. */
const options = (all: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(all).map(([name, value]) => `--${name}=${value}`);

// Reached only from inside the control namespace, on its loopback: no certificates.
const etcdUrl = "http://127.0.0.1:2379";

function etcd(instance: Instance): string[] {
  return options({
    "data-dir": join(instance.state, "etcd"),
    "listen-client-urls": etcdUrl,
    "advertise-client-urls": etcdUrl,
    "listen-peer-urls": "http://127.0.0.1:2380",
    "initial-advertise-peer-urls": "http://127.0.0.1:2380",
    "initial-cluster": "default=http://127.0.0.1:2380",
    "log-level": "warn",
    // A cluster that is thrown away does not wait for the disk; a killed process loses nothing by it.
    "unsafe-no-fsync": true,
  });
}

/** The policy a user gives to a cluster of their own is the one in force here. */
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

function apiserver(instance: Instance): string[] {
  return options({
    "advertise-address": controlAddress,
    "secure-port": apiPort,
    "etcd-servers": etcdUrl,
    "service-cluster-ip-range": serviceRange,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "allow-privileged": true,
    profiling: false,
    ...auditLog(instance),
    "client-ca-file": pki(instance, "ca.crt"),
    "tls-cert-file": pki(instance, "apiserver.crt"),
    "tls-private-key-file": pki(instance, "apiserver.key"),
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": pki(instance, "service-account.pub"),
    "service-account-signing-key-file": pki(instance, "service-account.key"),
    // Node names are in no DNS.
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

/** What every controller is told. */
function controllerOptions(instance: Instance, name: string) {
  const kubeconfig = componentKubeconfig(instance, name);
  return {
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "bind-address": "127.0.0.1",
    // One of a kind: electing a leader would only make starting slower.
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
    // It makes the folder, and without this one below /usr/libexec.
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

/** Writes the API server's files and gives it and its store. */
export function apiDaemons(instance: Instance): Daemon[] {
  mkdirSync(auditFolder(instance), { recursive: true, mode: 0o700 });
  writeFileSync(auditPolicyFile(instance), auditPolicy, { mode: 0o600 });
  return [
    daemon(instance, "etcd", etcd(instance)),
    { ...daemon(instance, "kube-apiserver", apiserver(instance)), settings: [auditPolicy] },
  ];
}

/** What works through the API server. They give up, or wait longer than needed, when it is not ready yet. */
export const controllers = (instance: Instance): Daemon[] => [
  daemon(instance, "kube-controller-manager", controllerManager(instance)),
  daemon(instance, "kube-scheduler", scheduler(instance)),
];
