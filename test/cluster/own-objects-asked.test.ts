import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { ownObjects } from "../../cluster/own-objects";
import type { Deployment } from "../../cluster/stack-state";
import { MemoryCluster, type Stored } from "../support/doubles/memory-cluster";
import { registered } from "../support/doubles/registered-resources";

const owner = "hardened/dev";
const secret = (name: string, metadata: object = {}): Stored => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "ns", ...metadata },
});

describe("own-objects: the cluster is asked for the names a stack needs", () => {
  const cluster = (objects: readonly Stored[]): MemoryCluster => {
    const one = new MemoryCluster();
    one.objects = [...objects];
    return one;
  };
  let states = 0;
  /** Registers Secrets of those names, in one go for each list, and waits for what they wait for. */
  const need = (one: MemoryCluster, names: readonly (readonly string[])[], state: Deployment | undefined) =>
    registered(async () => {
      states = 0;
      const own = ownObjects({
        ...{ cluster: one, owner, places: [{ system: "web", namespace: "ns", release: "web" }] },
        state: async () => {
          states++;
          return state;
        },
      });
      for (const together of names) {
        const before = together.map((name) => {
          const props = { metadata: { name, namespace: "ns" } };
          const args = { resource: {}, type: "kubernetes:core/v1:Secret", name, props, opts: {} };
          return own(args as unknown as pulumi.ResourceTransformationArgs)?.opts.dependsOn as Promise<unknown>;
        });
        for (const answer of await Promise.allSettled(before)) if (answer.status === "rejected") throw answer.reason;
      }
    }, false);
  const questions = (one: MemoryCluster): number => one.asked.filter(({ path }) => path === "/apis").length;

  it("once for all that are made in one go, and again for what comes later; nothing there is nobody's", async () => {
    const one = cluster([]);
    await need(one, [["a", "b"], ["c"]], {});
    assert.equal(questions(one), 2);
    const names = one.asked.flatMap(({ path }) => /\/secrets\/(.*)$/.exec(path)?.slice(1) ?? []);
    assert.deepEqual(names, ["a", "b", "c"]);
    assert.deepEqual([one.open, states], [0, 0]);
  });

  it("its own are no question of the state, and those without marks are its own when the state holds them", async () => {
    const marks = {
      labels: { "app.kubernetes.io/managed-by": "pulumi" },
      annotations: { "hardened.pulumi/stack": owner },
    };
    await need(cluster([secret("a", marks)]), [["a"]], undefined);
    assert.equal(states, 0);
    const entry = {
      ...{ urn: "urn:a", type: "kubernetes:core/v1:Secret" },
      inputs: { apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "ns" } },
    };
    await need(cluster([secret("a")]), [["a"]], { resources: [entry] });
    assert.equal(states, 1);
  });

  for (const [what, state] of [
    ["does not hold it", {}],
    ["cannot be had", undefined],
  ] as const)
    it(`another's is refused by name, where the state ${what}; the others are not named`, async () => {
      const one = cluster([secret("a"), secret("z")]);
      await assert.rejects(need(one, [["a", "b"]], state), (error: Error) => {
        assert.equal(error.constructor.name, "RunError");
        assert.match(
          error.message,
          /^Secret ns\/a exists and was not made by this stack, .* kubectl delete secret a -n ns$/,
        );
        return true;
      });
      assert.equal(one.open, 0);
    });
});
