import assert from "node:assert/strict";
import { type ClusterStatus, describeStatus } from "../../../cluster/local/status";

describe("status of a local cluster in words", () => {
  const running: ClusterStatus = {
    name: "x",
    state: "running",
    context: "hardened-x",
    kubeconfig: "/s/x/kubeconfig",
    programs: { etcd: 1, "kube-router-node-1": 2 },
    nodes: [
      { name: "node-1", zone: "a", ready: true, version: "v1.36.0" },
      { name: "node-2", zone: "b", ready: false, version: "v1.36.0" },
    ],
    api: true,
    dns: true,
    policies: true,
    ports: { "10.200.0.1:6443": 6443 },
  };

  it("names nodes, what works and the ports, and ends with how to use it", () => {
    assert.equal(
      describeStatus(running),
      [
        "cluster x: running",
        "  node-1  Ready  zone a  v1.36.0",
        "  node-2  NotReady  zone b  v1.36.0",
        "  DNS  answers",
        "  NetworkPolicies  enforced",
        "  127.0.0.1:6443 → 10.200.0.1:6443",
        "export KUBECONFIG=/s/x/kubeconfig",
      ].join("\n"),
    );
  });

  it("names what is dead or does not answer, and ends with the command that heals it", () => {
    const programs = { etcd: 1, "kube-router-node-1": null, "kube-scheduler": null };
    const text = describeStatus({ ...running, state: "degraded", programs, dns: false, policies: false, nodes: [] });
    assert.equal(
      text,
      [
        "cluster x: degraded",
        "  DNS  does not answer",
        "  NetworkPolicies  not enforced on every node",
        "  dead: kube-router-node-1, kube-scheduler",
        "  127.0.0.1:6443 → 10.200.0.1:6443",
        "npm run cluster:up brings it up or heals it",
      ].join("\n"),
    );
  });

  it("says nothing of DNS and policies where nothing runs", () => {
    const stopped = { state: "stopped", programs: { etcd: null }, api: false, dns: false, policies: false } as const;
    assert.equal(
      describeStatus({ ...running, ...stopped, nodes: [], ports: {} }),
      ["cluster x: stopped", "  dead: etcd", "npm run cluster:up brings it up or heals it"].join("\n"),
    );
  });
});
