import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCertificates, pki } from "../../../cluster/local/certificates";
import { componentKubeconfig, writeKubeconfigs } from "../../../cluster/local/kubeconfigs";
import type { Instance } from "../../../cluster/local/names";

describe("cluster certificates", () => {
  const state = mkdtempSync(join(tmpdir(), "pki-"));
  const instance: Instance = {
    name: "x",
    state,
    run: "/run/hardened/x",
    cgroup: "hardened/x",
    context: "hardened-x",
    kubeconfig: join(state, "kubeconfig"),
  };
  const certificate = (name: string): X509Certificate =>
    new X509Certificate(readFileSync(pki(instance, `${name}.crt`)));
  const authorities = ["ca", "front-proxy-ca", "etcd-ca"];
  let names: string[];
  before(async () => {
    await ensureCertificates(instance);
    const all = readdirSync(pki(instance, "")).flatMap((file) => /^(.*)\.crt$/.exec(file)?.[1] ?? []);
    names = all.filter((name) => !authorities.includes(name));
  });
  after(() => rmSync(state, { recursive: true }));

  it("signs each with its own authority, and none of them may sign", () => {
    const signed = [
      "apiserver",
      "admin",
      "node-1-client",
      "node-2-server",
      "kube-proxy",
      "kube-router",
      "metrics-server",
    ];
    for (const name of signed) {
      assert.ok(certificate(name).verify(certificate("ca").publicKey), name);
      assert.equal(certificate(name).ca, false, name);
    }
    assert.ok(certificate("front-proxy-client").verify(certificate("front-proxy-ca").publicKey));
    assert.ok(!certificate("front-proxy-client").verify(certificate("ca").publicKey));
  });

  it("[COS-34] the store has an authority of its own, which speaks for the API server and no other client", () => {
    for (const name of ["etcd", "apiserver-etcd-client"]) {
      assert.ok(certificate(name).verify(certificate("etcd-ca").publicKey), name);
      assert.ok(!certificate(name).verify(certificate("ca").publicKey), name);
    }
    // A member is a client of its peers too.
    assert.deepEqual(certificate("etcd").keyUsage, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    assert.deepEqual(certificate("apiserver-etcd-client").keyUsage, ["1.3.6.1.5.5.7.3.2"]);
  });

  it("names users and groups as Kubernetes expects them, and nobody has more rights than needed", () => {
    const subjects = names.map((name) => certificate(name).subject.replace("\n", " "));
    assert.deepEqual(subjects.filter((subject) => /O=|CN=system:|router/.test(subject)).sort(), [
      "CN=kube-router",
      "CN=system:kube-controller-manager",
      "CN=system:kube-proxy",
      "CN=system:kube-scheduler",
      ...["O=system:masters CN=hardened-admin", "O=system:masters CN=kube-apiserver-kubelet-client"],
      ...["O=system:nodes CN=system:node:node-1", "O=system:nodes CN=system:node:node-2"],
    ]);
  });

  it("are for a server or for a client; etcd's is for both", () => {
    const [server, client] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
    for (const name of names.filter((one) => one !== "etcd")) {
      const { keyUsage, subjectAltName } = certificate(name);
      assert.deepEqual(keyUsage, [subjectAltName === undefined ? client : server], name);
    }
  });

  it("are valid for ten years: nothing renews those of the control plane", () => {
    const years = (name: string): number => {
      const { validFromDate, validToDate } = certificate(name);
      return (validToDate.getTime() - validFromDate.getTime()) / (365 * 24 * 3600_000);
    };
    for (const name of [...names, ...authorities]) assert.equal(years(name), 10, name);
  });

  it("makes a pair again that an interruption left half made", async () => {
    const files = ["scheduler.crt", "service-account.pub"].map((file) => pki(instance, file));
    for (const file of files) rmSync(file);
    await ensureCertificates(instance);
    const { publicKey } = certificate("scheduler");
    assert.ok(certificate("scheduler").verify(certificate("ca").publicKey));
    assert.ok(publicKey.equals(createPublicKey(readFileSync(pki(instance, "scheduler.key")))));
    const [pub, key] = ["pub", "key"].map((end) => readFileSync(pki(instance, `service-account.${end}`)));
    assert.ok(createPublicKey(pub as Buffer).equals(createPublicKey(key as Buffer)));
  });

  it("lets the API server be reached on loopback, in the cluster and by its Service", () => {
    for (const address of ["127.0.0.1", "10.200.0.1", "10.202.0.1"])
      assert.equal(certificate("apiserver").checkIP(address), address);
    assert.equal(certificate("apiserver").checkHost("kubernetes.default.svc"), "kubernetes.default.svc");
    assert.equal(certificate("node-2-server").checkIP("10.200.0.12"), "10.200.0.12");
    assert.equal(certificate("node-2-server").checkIP("10.200.0.11"), undefined);
  });

  it("keeps keys from others, and makes nothing again that is there", async () => {
    assert.equal(statSync(pki(instance, "")).mode & 0o777, 0o700);
    for (const key of ["ca", "admin", "service-account"])
      assert.equal(statSync(pki(instance, `${key}.key`)).mode & 0o077, 0, key);
    const serial = certificate("admin").serialNumber;
    await ensureCertificates(instance);
    assert.equal(certificate("admin").serialNumber, serial);
  });

  it("writes kubeconfigs for their owner alone: the administrator's through the host's port, components' directly", () => {
    writeKubeconfigs(instance, 1234);
    const server = (file: string): string => JSON.parse(readFileSync(file, "utf8")).clusters[0].cluster.server;
    assert.equal(server(instance.kubeconfig), "https://127.0.0.1:1234");
    assert.equal(server(componentKubeconfig(instance, "scheduler")), "https://10.200.0.1:6443");
    const user = JSON.parse(readFileSync(componentKubeconfig(instance, "scheduler"), "utf8")).users[0].user;
    assert.equal(
      Buffer.from(user["client-certificate-data"], "base64").toString(),
      certificate("scheduler").toString(),
    );
    assert.equal(statSync(instance.kubeconfig).mode & 0o777, 0o600);
  });
});
