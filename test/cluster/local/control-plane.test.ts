import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { pki } from "../../../cluster/local/certificates";
import { apiDaemons, auditFolder, controllers } from "../../../cluster/local/control-plane";
import type { Daemon } from "../../../cluster/local/processes";
import { scratchInstance, standInTools } from "../../support/cluster/scratch-instance";

/** What the CIS benchmark does not look at; test/e2e/cis.e2e.ts has the rest. */
describe("control plane of a local cluster", () => {
  const instance = scratchInstance();
  const file = (name: string): string => pki(instance, name);
  let all: Readonly<Record<string, Daemon>>;
  const options = (daemon: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      (all[daemon]?.command.slice(1) ?? []).map((option) => {
        const [name = "", ...value] = option.replace(/^--/, "").split("=");
        return [name, value.join("=")];
      }),
    );

  before(() => {
    const tools = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
    const restore = standInTools(instance.top, Object.fromEntries(tools.map((name) => [name, ""])));
    try {
      const daemons = [...apiDaemons(instance), ...controllers(instance)];
      all = Object.fromEntries(daemons.map((one) => [one.name, one]));
    } finally {
      restore();
    }
  });
  after(() => instance.remove());

  it("[COS-34] the store is on loopback, for clients and peers of its own authority alone", () => {
    const etcd = options("etcd");
    const urls = Object.entries(etcd).filter(([name]) => name.endsWith("-urls"));
    assert.equal(urls.length, 4);
    for (const [name, url] of urls) assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/, name);
    for (const name of ["trusted-ca-file", "peer-trusted-ca-file"]) assert.equal(etcd[name], file("etcd-ca.crt"), name);
    for (const name of ["client-cert-auth", "peer-client-cert-auth"]) assert.equal(etcd[name], "true", name);
    assert.equal(options("kube-apiserver")["etcd-cafile"], file("etcd-ca.crt"));
  });

  it("a user's name in a header is believed of the front proxy alone, whose authority signs for nobody else", () => {
    const api = options("kube-apiserver");
    assert.equal(api["requestheader-allowed-names"], "front-proxy-client");
    assert.equal(api["requestheader-client-ca-file"], file("front-proxy-ca.crt"));
    assert.equal(api["client-ca-file"], file("ca.crt"));
  });

  it("kubelets' certificates are renewed by the authority that the API server believes", () => {
    const { "cluster-signing-cert-file": signs, "cluster-signing-key-file": key } = options("kube-controller-manager");
    assert.deepEqual([signs, key], [options("kube-apiserver")["client-ca-file"], file("ca.key")]);
  });

  it("whatever the API server reads once restarts it when it changes, and is its owner's alone", () => {
    const api = options("kube-apiserver");
    for (const name of ["audit-policy-file", "admission-control-config-file", "encryption-provider-config"]) {
      const path = api[name] ?? "";
      assert.ok(all["kube-apiserver"]?.settings?.includes(readFileSync(path, "utf8")), name);
      assert.equal(statSync(path).mode & 0o777, 0o600, name);
    }
    assert.equal(statSync(auditFolder(instance)).mode & 0o777, 0o700);
  });

  it("a program that fails in a loop does not fill the store with events", () => {
    const { plugins } = JSON.parse(
      readFileSync(options("kube-apiserver")["admission-control-config-file"] ?? "", "utf8"),
    );
    const [{ name, configuration }] = plugins;
    assert.ok(options("kube-apiserver")["enable-admission-plugins"]?.split(",").includes(name));
    const [limit] = configuration.limits;
    assert.ok(limit.type === "Server" && limit.qps <= 1000 && limit.burst <= 10_000, JSON.stringify(limit));
  });
});
