import assert from "node:assert/strict";
import { isInterrupted } from "../../cluster/interrupted-release";
import { type PastRun, releaseReference } from "../../cluster/stack-state";

describe("interrupted-release: who left a release pending", () => {
  const own = releaseReference("ns", "web");
  const resource = { urn: "urn:web", type: "kubernetes:helm.sh/v3:Release", inputs: { name: "web", namespace: "ns" } };
  const record = (writer: string | undefined) => ({
    status: "pending-upgrade",
    revision: 2,
    record: "sh.helm.release.v1.web.v2",
    written: "2026-01-02T03:04:05Z",
    writer,
  });
  const run = (change: Partial<PastRun>): PastRun => ({
    kind: "update",
    result: "failed",
    startTime: "2026-01-02T03:04:00.000Z",
    endTime: "2026-01-02T03:04:05.000Z",
    ...change,
  });
  const told = (writer: string | undefined, runs: readonly PastRun[], pending: "updating" | "deleting" | undefined) =>
    isInterrupted(record(writer), own, {
      state: { pending_operations: pending ? [{ type: pending, resource }] : [] },
      runs: async () => runs,
    });
  const providers = ["pulumi-resource-kubernetes", "pulumi-kubernetes", "a-later-provider", undefined];

  for (const writer of providers) {
    it(`a run of this stack: the state has it as begun (writer ${writer})`, async () =>
      assert.ok(await told(writer, [], "updating")));
    it(`a run of this stack: one that failed had written it (writer ${writer})`, async () =>
      assert.ok(await told(writer, [run({ result: "succeeded" }), run({})], undefined)));
    it(`nobody knows, so it is left alone (writer ${writer})`, async () => {
      assert.equal(await told(writer, [], undefined), false);
      assert.equal(await told(writer, [], "deleting"), false);
    });
    for (const change of [
      { result: "succeeded" },
      { kind: "refresh" },
      { startTime: "2026-01-02T03:04:06.000Z", endTime: "2026-01-02T03:04:09.000Z" },
      { endTime: "2026-01-02T03:04:04.000Z" },
    ])
      it(`not a run of this stack: ${JSON.stringify(change)} (writer ${writer})`, async () =>
        assert.equal(await told(writer, [run(change)], undefined), false));
  }

  it("Helm's own command is a person, though a run failed meanwhile, as it does when Helm is at work", async () =>
    assert.equal(await told("Helm", [run({})], undefined), false));
});
