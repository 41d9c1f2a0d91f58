import assert from "node:assert/strict";
import { manifestOf } from "../../cluster/helm-records";
import { endInterrupted, isInstalledByHand } from "../../cluster/interrupted-release";
import { dropRecords, endPending, makeComparable } from "../../cluster/release-repairs";
import { observeRelease, recordsOf } from "../../cluster/releases";
import { type Deployment, type PendingOperation, releaseReference } from "../../cluster/stack-state";
import type { RunEvent } from "../../process/run-events";
import { helmRecord } from "../support/doubles/helm-record";
import { MemoryCluster, type Stored } from "../support/doubles/memory-cluster";

const provider = "pulumi-resource-kubernetes";
/** An object that no other revision has. */
const manifestOfRevision = (revision: number): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `of-${revision}` } });
/** Records of `web` in `ns`, oldest first, by their status; beside them those of other releases. */
function cluster(statuses: readonly string[], writer = provider): MemoryCluster {
  const one = new MemoryCluster();
  one.objects = [
    ...statuses.map((status, at) => helmRecord("ns", "web", at + 1, status, writer, manifestOfRevision(at + 1))),
    helmRecord("ns", "shop", 1, "deployed", writer),
    helmRecord("other", "web", 1, "pending-install", writer),
    { apiVersion: "v1", kind: "Secret", metadata: { name: "password", namespace: "ns" } },
  ];
  return one;
}
const secretsOf = ({ objects }: MemoryCluster): string[] =>
  objects.map(({ metadata: { namespace, name, labels } }: Stored) =>
    `${namespace}/${name} ${labels?.status ?? ""}`.trim(),
  );
const others = [
  "ns/sh.helm.release.v1.shop.v1 deployed",
  "other/sh.helm.release.v1.web.v1 pending-install",
  "ns/password",
];
const own = (...statuses: string[]): string[] =>
  statuses.map((status, at) => `ns/sh.helm.release.v1.web.v${at + 1} ${status}`);

describe("release-repairs: changes of Helm's records", () => {
  it("what is deployed gives its title away, and no other record changes", async () => {
    const one = cluster(["superseded", "deployed", "failed"]);
    await makeComparable(one, "ns", "web");
    assert.deepEqual(secretsOf(one), [...own("superseded", "superseded", "failed"), ...others]);
    assert.equal((await observeRelease(one, "ns", "web"))?.status, "failed");
    // The failed record is the newest, which Helm compares with: without a deployed one it is what `manifestOf` gives.
    const compared = manifestOf(await recordsOf(one, "ns", "web")) ?? "";
    assert.deepEqual(
      [...compared.matchAll(/name: (of-\d)/g)].map(([, name]) => name),
      ["of-3", "of-2"],
    );
    const before = one.commands.filter((command) => command.startsWith("replace")).length;
    await makeComparable(one, "ns", "web");
    assert.equal(one.commands.filter((command) => command.startsWith("replace")).length, before, "once is enough");
  });

  it("a pending revision is noted as failed, by its record's name", async () => {
    const one = cluster(["deployed", "pending-upgrade"]);
    const state = (await observeRelease(one, "ns", "web")) ?? assert.fail("no release");
    await endPending(one, "ns", "web", state);
    assert.deepEqual(secretsOf(one), [...own("deployed", "failed"), ...others]);
  });

  it("of a first install that is pending the record goes", async () => {
    const one = cluster(["pending-install"]);
    const state = (await observeRelease(one, "ns", "web")) ?? assert.fail("no release");
    await endPending(one, "ns", "web", state);
    assert.deepEqual(secretsOf(one), others);
  });

  it("every record of a release goes, and it is said whether there were any", async () => {
    const one = cluster(["superseded", "deployed"]);
    assert.equal(await dropRecords(one, "ns", "web"), true);
    assert.deepEqual(secretsOf(one), others);
    assert.equal(await dropRecords(one, "ns", "web"), false);
    assert.match(one.commands.at(-1) ?? "", / --ignore-not-found$/);
  });
});

describe("interrupted-release: what an interrupted run left of a release", () => {
  const reference = releaseReference("ns", "web");
  const resource = { urn: "urn:web", type: "kubernetes:helm.sh/v3:Release", inputs: { name: "web", namespace: "ns" } };
  const begun = (type: PendingOperation["type"]): Deployment => ({ pending_operations: [{ type, resource }] });
  const made: Deployment = { resources: [resource] };
  const ended = async (one: MemoryCluster, state: Deployment): Promise<RunEvent[]> => {
    const events: RunEvent[] = [];
    const notify = (event: RunEvent): void => void events.push(event);
    await endInterrupted(one, reference, { state, runs: async () => [] }, { notify });
    return events;
  };
  const release = { namespace: "ns", release: "web" };

  it("a pending upgrade of one the state holds is noted as failed, and a person is told", async () => {
    const one = cluster(["deployed", "pending-upgrade"]);
    assert.deepEqual(await ended(one, { ...made, ...begun("updating") }), [
      { code: "repair.pending-release", data: { ...release, status: "pending-upgrade", revision: 2 } },
    ]);
    assert.deepEqual(secretsOf(one), [...own("deployed", "failed"), ...others]);
  });

  it("of a pending install that the state does not hold every record goes", async () => {
    const one = cluster(["failed", "pending-upgrade"]);
    assert.deepEqual(await ended(one, begun("creating")), [
      { code: "repair.pending-release", data: { ...release, status: "pending-upgrade", revision: 2 } },
    ]);
    assert.deepEqual(secretsOf(one), others);
  });

  it("so do they of one that was installed and not written down", async () => {
    const one = cluster(["deployed"]);
    assert.deepEqual(await ended(one, begun("creating")), [{ code: "repair.partial-install", data: release }]);
    assert.deepEqual(secretsOf(one), others);
  });

  for (const [what, statuses, state] of [
    ["one the state holds, and nothing pending", ["deployed"], { ...made, ...begun("updating") }],
    ["one that nobody of this stack had begun", ["deployed"], {}],
    ["one that is pending, and nobody of this stack had begun", ["deployed", "pending-upgrade"], made],
    ["none", [], begun("creating")],
  ] as const)
    it(`left alone: ${what}`, async () => {
      const one = cluster(statuses);
      const before = structuredClone(one.objects);
      assert.deepEqual(await ended(one, state), []);
      assert.deepEqual(one.objects, before);
    });

  it("a person's own is told by Helm's name, unless the stack holds it or had begun to make or change it", async () => {
    const byHand = async (writer: string, state: Deployment): Promise<boolean> =>
      isInstalledByHand(
        (await observeRelease(cluster(["deployed"], writer), "ns", "web")) ?? assert.fail(),
        reference,
        state,
      );
    assert.equal(await byHand("Helm", {}), true);
    assert.equal(await byHand("Helm", begun("deleting")), true);
    assert.equal(
      await byHand("Helm", { resources: [{ ...resource, inputs: { name: "shop", namespace: "ns" } }] }),
      true,
    );
    for (const state of [made, begun("creating"), begun("updating")]) assert.equal(await byHand("Helm", state), false);
    for (const writer of [provider, "pulumi-kubernetes", "helm"]) assert.equal(await byHand(writer, {}), false);
  });
});
