import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { apiGet, nodeStatuses } from "../../../cluster/local/api";
import { pki } from "../../../cluster/local/certificates";
import { metricsServed, nodesReady } from "../../../cluster/local/ready";
import { type Answers, apiStandIn } from "../../support/cluster/api-stand-in";
import { scratchInstance } from "../../support/cluster/scratch-instance";

describe("API server of a local cluster, asked by the commands", function () {
  this.timeout(60_000);
  const instance = scratchInstance();
  const answers: Answers = {};
  let stop: () => void;
  const node = (name: string, status: string, zone = "a"): object => ({
    metadata: { name, labels: { "topology.kubernetes.io/zone": zone } },
    status: {
      conditions: [
        { type: "DiskPressure", status: status === "True" ? "False" : "True" },
        { type: "Ready", status },
      ],
      nodeInfo: { kubeletVersion: "v1.36.0" },
    },
  });
  const nodes = (...items: object[]): void => {
    answers["/api/v1/nodes"] = [200, JSON.stringify({ items })];
  };
  before(async () => {
    stop = await apiStandIn(instance, answers);
  });
  after(() => {
    stop?.();
    instance.remove();
  });

  it("answers the administrator; anything but 200 is an error with its words", async () => {
    answers["/readyz"] = [200, "ok"];
    answers["/closed"] = [403, "nodes is forbidden"];
    assert.equal(await apiGet(instance, "/readyz"), "ok");
    await assert.rejects(apiGet(instance, "/closed"), { message: "/closed answered 403: nodes is forbidden" });
  });

  it("has nodes that are ready when each has registered and says so", async () => {
    nodes(node("node-1", "True"), node("node-2", "False", "b"));
    assert.deepEqual(await nodeStatuses(instance), [
      { name: "node-1", ready: true, zone: "a", version: "v1.36.0" },
      { name: "node-2", ready: false, zone: "b", version: "v1.36.0" },
    ]);
    assert.equal(await nodesReady(instance), false);
    nodes(node("node-1", "True"));
    assert.equal(await nodesReady(instance), false);
    nodes(node("node-1", "True"), node("node-2", "True"));
    assert.equal(await nodesReady(instance), true);
  });

  it("serves metrics once it has those of every node", async () => {
    const served = (count: number): void => {
      answers["/apis/metrics.k8s.io/v1beta1/nodes"] = [200, JSON.stringify({ items: Array(count).fill({}) })];
    };
    served(1);
    assert.equal(await metricsServed(instance), false);
    served(2);
    assert.equal(await metricsServed(instance), true);
  });

  it("is not believed with a certificate of another authority", async () => {
    copyFileSync(pki(instance, "front-proxy-ca.crt"), pki(instance, "ca.crt"));
    await assert.rejects(apiGet(instance, "/readyz"), /certificate/);
  });
});
