import assert from "node:assert/strict";
import { hostPortOf } from "../../../cluster/local/host-ports";
import { instanceOf } from "../../../cluster/local/names";

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
  /** Where a state folder is never too deep, whoever runs the tests. */
  const short = { XDG_STATE_HOME: "/s" };

  it("takes the name given, else $HARDENED_CLUSTER, else hardened", () => {
    assert.equal(withEnvironment({ HARDENED_CLUSTER: "other", ...short }, () => instanceOf("mine")).name, "mine");
    assert.equal(withEnvironment({ HARDENED_CLUSTER: "other", ...short }, () => instanceOf()).name, "other");
    assert.equal(withEnvironment({ HARDENED_CLUSTER: undefined, ...short }, () => instanceOf()).name, "hardened");
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

  it("fails where a state folder is too deep for the kubelet's sockets, with the way out", () => {
    const deep = `/${"d".repeat(60)}`;
    assert.throws(
      () => withEnvironment({ XDG_STATE_HOME: deep }, () => instanceOf("x")),
      /set XDG_STATE_HOME to a shorter folder/,
    );
  });

  it("leaves room for the longest socket in the longest folder it takes", () => {
    const state = withEnvironment({ XDG_STATE_HOME: "/s" }, () => instanceOf("x").state);
    const longest = withEnvironment(
      { XDG_STATE_HOME: `/s${"d".repeat(52 - state.length)}` },
      () => instanceOf("x").state,
    );
    assert.ok(`${longest}/node-1/kubelet/pod-resources/kubelet.sock`.length <= 107);
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
