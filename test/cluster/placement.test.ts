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

  it("counts neither cordoned nodes nor nodes without the label, and is silent where there is room", () => {
    const two = [node("one", "a"), node("two", "b")];
    for (const over of ["zone", "host"] as const) assert.deepEqual(unschedulable([{ by, over, pods: 2 }], two), []);
    assert.equal(unschedulable([{ by, over: "zone", pods: 2 }], [node("one", "a"), node("two", "b", true)]).length, 1);
    assert.equal(unschedulable([{ by, over: "zone", pods: 2 }], [node("one", "a"), { metadata: {} }]).length, 1);
  });
});
