import assert from "node:assert/strict";
import { join } from "node:path";
import { nodes } from "../../../cluster/local/addresses";
import { hostPortOf } from "../../../cluster/local/host-ports";
import { instanceOf } from "../../../cluster/local/names";
import { nodeFolders } from "../../../cluster/local/node-folders";

type Variables = Readonly<Record<string, string | undefined>>;

function setVariables(values: Variables): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Runs `work` with environment variables set, and puts them back. */
function withEnvironment<T>(values: Variables, work: () => T): T {
  const kept = Object.fromEntries(Object.keys(values).map((name) => [name, process.env[name]]));
  setVariables(values);
  try {
    return work();
  } finally {
    setVariables(kept);
  }
}

describe("cluster instance names", () => {
  it("takes the name given, else $HARDENED_CLUSTER, else hardened", () => {
    assert.equal(withEnvironment({ HARDENED_CLUSTER: "other" }, () => instanceOf("mine")).name, "mine");
    assert.equal(withEnvironment({ HARDENED_CLUSTER: "other" }, () => instanceOf()).name, "other");
    assert.equal(withEnvironment({ HARDENED_CLUSTER: undefined }, () => instanceOf()).name, "hardened");
  });

  it("gives the default instance the context hardened-local and keeps instances' folders and cgroups apart", () => {
    const [one, two] = withEnvironment({ XDG_STATE_HOME: "/s" }, () => [instanceOf("hardened"), instanceOf("two")]);
    assert.deepEqual([one.context, two.context], ["hardened-local", "hardened-two"]);
    assert.deepEqual(two, {
      name: "two",
      state: "/s/hardened/clusters/two",
      run: "/run/hardened/two",
      cgroup: "hardened/two",
      context: "hardened-two",
      kubeconfig: "/s/hardened/clusters/two/kubeconfig",
    });
  });

  for (const name of ["", "1a", "a-", "-a", "A", "a_b", "a/b", "..", "a".repeat(17)]) {
    it(`fails for the name "${name}", saying what is allowed`, () => {
      assert.throws(() => instanceOf(name), {
        name: "UserError",
        message: `cluster name must be 1 to 16 of a-z, 0-9 and -, starting with a letter and not ending with -, got "${name}"`,
      });
    });
  }

  it("leaves room for the kubelet's sockets, however deep the state folder is and however long the name", () => {
    const name = "a".repeat(16);
    const instance = withEnvironment({ XDG_STATE_HOME: `/${"d".repeat(200)}` }, () => instanceOf(name));
    for (const node of nodes) {
      // the longest one the kubelet makes below its folder has 12 more characters while it is written
      const socket = join(nodeFolders(instance, node).kubelet, "pod-resources/kubelet.sock");
      assert.ok(socket.length + 12 <= 107, socket);
    }
  });

  it("fails for a node port the host cannot reach, and for an instance that was never up", () => {
    assert.throws(() => hostPortOf(31000, "x"), {
      message: "node port must be 30080 to 30089 to be reached from the host, got 31000",
    });
    withEnvironment({ XDG_STATE_HOME: "/nowhere" }, () => {
      assert.throws(() => hostPortOf(30080, "x"), {
        message: "node port 30080 of cluster x is not reachable; run: npm run cluster:up",
      });
    });
  });
});
