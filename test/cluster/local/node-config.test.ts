import assert from "node:assert/strict";
import { type ClusterNode, nodes } from "../../../cluster/local/addresses";
import { cniConfig, containerdConfig, kubeletConfig, kubeProxyConfig } from "../../../cluster/local/node-config";
import { scratchInstance, standInTools } from "../../support/cluster/scratch-instance";

/** What neither the CIS benchmark nor a cluster on a roomy machine would show. */
describe("configuration of a local cluster's node", () => {
  const instance = scratchInstance();
  const [node, other] = nodes as [ClusterNode, ClusterNode];
  const kubelet = JSON.parse(kubeletConfig(instance, node));
  after(() => instance.remove());

  it("has no path outside of the instance's folders but those of the tools", () => {
    const tools = ["bridge", "kube-router", "containerd-shim-runc-v2", "runc"];
    const restore = standInTools(instance.top, Object.fromEntries(tools.map((name) => [name, ""])));
    const containerd = containerdConfig(instance, node);
    restore();
    const kubeProxy = kubeProxyConfig(instance, node);
    const text = [containerd, kubeProxy, cniConfig(instance, node), JSON.stringify(kubelet)].join("\n");
    const paths = [...text.matchAll(/"(?:unix:\/\/)?(\/[^"]+)"/g)].map(([, path = ""]) => path);
    assert.ok(paths.length > 20);
    const outside = paths.filter((path) => !path.startsWith(`${instance.top}/`));
    assert.deepEqual(outside, [kubelet.cgroupRoot]);
  });

  it("keeps pods and images however full the host's disk is, which both nodes share", () => {
    assert.equal(kubelet.imageGCHighThresholdPercent, 100);
    const ofDisk = Object.entries(kubelet.evictionHard).filter(([signal]) => signal !== "memory.available");
    assert.deepEqual(Object.fromEntries(ofDisk), {
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
      "imagefs.inodesFree": "0%",
    });
  });

  it("has its pods in the node's own cgroup, below the instance's, where a teardown finds them", () => {
    assert.equal(kubelet.cgroupRoot, `/${instance.cgroup}/${node.name}`);
    assert.notEqual(JSON.parse(kubeletConfig(instance, other)).cgroupRoot, kubelet.cgroupRoot);
  });

  it("answers at the node's own address, and kube-proxy's status on loopback", () => {
    assert.equal(kubelet.address, node.address);
    const { healthzBindAddress, metricsBindAddress } = JSON.parse(kubeProxyConfig(instance, node));
    for (const address of [healthzBindAddress, metricsBindAddress]) assert.match(address, /^127\.0\.0\.1:\d+$/);
  });

  it("leaves the host's connection table as it is: 0 is what kube-proxy does not set", () => {
    const { conntrack } = JSON.parse(kubeProxyConfig(instance, node));
    assert.deepEqual(conntrack, { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" });
  });

  it("lets a pod reach itself by its Service, and asks every node's kube-router before a pod starts", () => {
    const [bridge, policies] = JSON.parse(cniConfig(instance, node)).plugins;
    assert.deepEqual([bridge.type, bridge.hairpinMode], ["bridge", true]);
    assert.equal(policies.type, "kube-router");
    assert.equal(policies.agent, JSON.parse(cniConfig(instance, other)).plugins[1].others[0]);
    assert.equal(policies.others.length, nodes.length - 1);
  });
});
