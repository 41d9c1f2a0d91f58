import { strict as assert } from "node:assert";
import { type NodeObject, unschedulable } from "../../cluster/placement";

const node = (host: string, zone: string, unschedulable = false): NodeObject => ({
  metadata: { labels: { "kubernetes.io/hostname": host, "topology.kubernetes.io/zone": zone } },
  spec: { unschedulable },
});
const by = "services.orders.spread.zone";

describe("placement of pods that stand apart", () => {
  it("[COS-06] [COS-07] warns of more pods than zones or nodes, which would stay Pending", () => {
    assert.deepEqual(unschedulable([{ by, over: "zone", pods: 2 }], [node("one", "a"), node("two", "a")]), [
      `${by} is hard for 2 pods, and the cluster has 1 zone: the others would stay Pending; use soft, or fewer pods`,
    ]);
    assert.deepEqual(unschedulable([{ by, over: "host", pods: 3 }], [node("one", "a"), node("two", "a")]), [
      `${by} is hard for 3 pods, and the cluster has 2 hosts: the others would stay Pending; use soft, or fewer pods`,
    ]);
  });

  it("[COS-07] warns of an autoscaler whose maximum has no room, and not of one that has", () => {
    const three = ["one", "two", "three"].map((host) => node(host, "a"));
    assert.deepEqual(unschedulable([{ by, over: "host", pods: 3, most: 10 }], three), [
      `${by} is hard, its autoscaler may ask for 10 pods, and the cluster has 3 hosts: the others would stay Pending; lower autoscaling.max, use soft, or add nodes`,
    ]);
    assert.deepEqual(unschedulable([{ by, over: "host", pods: 2, most: 3 }], three), []);
  });

  it("counts no node with a taint that keeps pods off, such as one of the control plane", () => {
    const tainted = (effect: string): NodeObject => ({ ...node("two", "b"), spec: { taints: [{ effect }] } });
    const pods = (effect: string) =>
      unschedulable([{ by, over: "host", pods: 2 }], [node("one", "a"), tainted(effect)]);
    for (const effect of ["NoSchedule", "NoExecute"]) assert.equal(pods(effect).length, 1, effect);
    assert.deepEqual(pods("PreferNoSchedule"), []);
  });

  it("counts neither cordoned nodes nor nodes without the label, and is silent where there is room", () => {
    const two = [node("one", "a"), node("two", "b")];
    for (const over of ["zone", "host"] as const) assert.deepEqual(unschedulable([{ by, over, pods: 2 }], two), []);
    assert.equal(unschedulable([{ by, over: "zone", pods: 2 }], [node("one", "a"), node("two", "b", true)]).length, 1);
    assert.equal(unschedulable([{ by, over: "zone", pods: 2 }], [node("one", "a"), { metadata: {} }]).length, 1);
  });
});
