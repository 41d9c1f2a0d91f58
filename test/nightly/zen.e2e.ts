import { strict as assert } from "node:assert";
import { failed, succeeded } from "../support/changes";
import { type KubeObject, kubectl, livePods, objects } from "../support/e2e-cluster";
import { forget } from "../support/interruption/forget-resources";
import { forward } from "../support/network/forward";
import { eventually } from "../support/run";
import type { Tree } from "../support/test-project";
import { type ZenProject, zenProject } from "../support/zen/zen-project";

/** zen as a stack runs it: its kinds first and for good, and a watcher that records what happens. */

interface Observation extends KubeObject {
  readonly spec: {
    readonly eventType: string;
    readonly severity: string;
    readonly resource: { readonly kind: string; readonly name: string };
  };
}
interface Ready extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly status: string; readonly reason: string }[] };
}

const crds = ["observationfilters", "observationmappings", "observations", "zenagentremediations"].map(
  (plural) => `${plural}.zen.kube-zen.io`,
);

describe("zen as a stack runs it", () => {
  let project: ZenProject;
  let second: ZenProject | undefined;
  const inside = (...args: string[]): Promise<string> => kubectl(["-n", project.namespace, ...args]);
  const apply = (kind: string, name: string, spec: object): Promise<string> =>
    kubectl(
      ["apply", "-f", "-"],
      JSON.stringify({
        apiVersion: "zen.kube-zen.io/v1",
        kind,
        metadata: { name, namespace: project.namespace },
        spec,
      }),
    );
  const observations = (): Promise<Observation[]> => objects<Observation>("observations", "-n", project.namespace);
  const reasonOf = async (kind: string, name: string): Promise<string | undefined> => {
    const all = await objects<Ready>(kind, "-n", project.namespace);
    return all.find(({ metadata }) => metadata.name === name)?.status?.conditions?.[0]?.reason;
  };
  const uids = async (): Promise<string[]> =>
    (await objects("crd"))
      .filter(({ metadata }) => crds.includes(metadata.name))
      .map(({ metadata }) => `${metadata.name} ${metadata.uid}`)
      .sort();
  /** What a person sees of a broken pod, as an event of the cluster. */
  const warn = (reason: string): Promise<string> =>
    kubectl(
      ["create", "-f", "-"],
      JSON.stringify({
        apiVersion: "v1",
        kind: "Event",
        metadata: { generateName: "broken-", namespace: project.namespace },
        involvedObject: { apiVersion: "v1", kind: "Pod", namespace: project.namespace, name: "broken" },
        type: "Warning",
        reason,
        message: `${reason}: said by a test`,
      }),
    );
  const mapping = {
    sourceName: "events",
    version: "v1",
    resource: "events",
    where: [{ path: "type", in: ["Warning"] }],
    category: { default: "operations" },
    severity: { path: "reason", values: { Loud: "high" }, default: "low" },
    eventType: { path: "reason" },
    message: { path: "message" },
    subject: { path: "involvedObject" },
  };

  before(async function () {
    this.timeout(900_000); // the first time its image is built
    await kubectl(["delete", "crd", "--ignore-not-found", ...crds]);
    project = await zenProject("run");
  });
  after(async () => {
    await second?.remove();
    await project?.remove();
    await kubectl(["delete", "crd", "--ignore-not-found", ...crds]);
  });

  it("[ZN-20] [ZN-77] the first run makes the kinds, then the namespace, then the release, whose pods become ready", async () => {
    succeeded(await project.hardened(["up"]));
    const kinds = (await objects("crd")).filter(({ metadata }) => crds.includes(metadata.name));
    assert.equal(kinds.length, 4);
    const [namespace] = (await objects("namespaces")).filter(({ metadata }) => metadata.name === project.namespace);
    for (const { metadata } of kinds)
      assert.ok(metadata.creationTimestamp <= (namespace?.metadata.creationTimestamp ?? ""), metadata.name);
    assert.equal((await livePods("-n", project.namespace)).length, 2);
    assert.equal((await project.hardened(["preview"])).code, 0);
  });

  it("[ZN-26] what a mapping names is recorded once; a filter takes effect without a restart", async () => {
    await apply("ObservationMapping", "events", mapping);
    await eventually("the mapping is in effect", async () => (await reasonOf("obsm", "events")) === "Watching");
    await warn("Loud");
    await warn("Loud");
    const [seen] = await eventually("an Observation", async () => {
      const found = (await observations()).filter(({ spec }) => spec.eventType === "Loud");
      return found.length > 0 && found;
    });
    assert.deepEqual(
      [seen?.spec.severity, seen?.spec.resource.kind, seen?.spec.resource.name],
      ["high", "Pod", "broken"],
    );
    await apply("ObservationFilter", "loud", { targetSource: "events", minSeverity: "high" });
    await eventually("the filter is in effect", async () => (await reasonOf("obsf", "loud")) === "InEffect");
    await warn("Quiet");
    await warn("Loud");
    const { leader, metrics } = await recorder();
    await eventually("the quiet one was left out", async () =>
      /observations_total\{source="events",severity="low",result="filtered"\} [1-9]/.test(await metrics()),
    );
    const types = (await observations()).map(({ spec }) => spec.eventType).filter((type) => /Loud|Quiet/.test(type));
    assert.deepEqual(types, ["Loud"]);
    leader.close();
  });

  /** The replica that records: the one that says so among both. */
  async function recorder() {
    const holder = await inside("get", "lease", "zen-watcher", "-o", "jsonpath={.spec.holderIdentity}");
    const leader = await forward(project.namespace, `pod/${holder}`, 8080);
    const metrics = async (): Promise<string> => (await fetch(`${leader.url}/metrics`)).text();
    assert.match(await metrics(), /^zen_watcher_leader 1$/m);
    return { holder, leader, metrics };
  }

  it("[ZN-25] a mapping of what its role does not let it see says so, and the watcher goes on", async () => {
    await apply("ObservationMapping", "nodes", { ...mapping, sourceName: "nodes", resource: "nodes" });
    await eventually("why not", async () => (await reasonOf("obsm", "nodes")) === "Forbidden");
    await apply("ObservationMapping", "nowhere", { ...mapping, sourceName: "none", group: "no.such.group" });
    await eventually("why not", async () => /NotServed|Forbidden/.test((await reasonOf("obsm", "nowhere")) ?? ""));
    await warn("Loud2");
    await inside("delete", "obsf", "loud");
    await eventually("it records on", async () =>
      (await observations()).some(({ spec }) => spec.eventType === "Loud2"),
    );
  });

  it("when the replica that records goes, the other one does, and nothing is recorded twice", async () => {
    const { holder, leader } = await recorder();
    leader.close();
    const before = (await observations()).map(({ metadata }) => metadata.uid);
    await inside("delete", "pod", holder, "--wait=false");
    await eventually("another holds the Lease", async () => {
      const now = await inside("get", "lease", "zen-watcher", "-o", "jsonpath={.spec.holderIdentity}");
      return now !== "" && now !== holder;
    });
    await warn("Later");
    await eventually("it records", async () => (await observations()).some(({ spec }) => spec.eventType === "Later"));
    const after = await observations();
    assert.deepEqual(
      before.filter((uid) => !after.some(({ metadata }) => metadata.uid === uid)),
      [],
    );
    const findings = after.map(({ spec }) => JSON.stringify([spec.eventType, spec.severity, spec.resource]));
    assert.equal(new Set(findings).size, findings.length);
  });

  it("a second stack is refused by the owner's name, and may use the kinds as they are", async () => {
    second = await zenProject("two");
    const said = failed(await second.hardened(["preview"]));
    for (const name of crds)
      assert.match(
        said,
        new RegExp(`CustomResourceDefinition ${name} exists and belongs to the stack \\S+/${project.stack};`),
      );
    assert.match(said, /hardened:zen\.crds\.install: false/);
    const before = await uids();
    second.zen((zen) => {
      zen.crds = { install: false };
      (zen.watcher as Tree).replicaCount = 1;
    });
    succeeded(await second.hardened(["up"]));
    assert.equal((await livePods("-n", second.namespace)).length, 1);
    await second.remove();
    second = undefined;
    assert.deepEqual(await uids(), before);
  });

  it("the kinds and everybody's objects outlive the stack, also where its state has forgotten them, and the next run takes them over", async () => {
    const elsewhere = `${project.namespace}-kept`;
    await kubectl(["create", "namespace", elsewhere]);
    try {
      const spec = { targetSource: "*", minSeverity: "low" };
      const kept = {
        apiVersion: "zen.kube-zen.io/v1",
        kind: "ObservationFilter",
        metadata: { name: "kept", namespace: elsewhere },
        spec,
      };
      await kubectl(["apply", "-f", "-"], JSON.stringify(kept));
      const before = await uids();
      const isKind = ({ type }: { readonly type: string }) => type.endsWith(":CustomResourceDefinition");
      assert.equal(await forget(project, isKind), 4);
      succeeded(await project.hardened(["up"]));
      assert.deepEqual(await uids(), before, "taken over, not made anew");
      succeeded(await project.hardened(["destroy"]));
      assert.deepEqual(await uids(), before);
      assert.equal((await objects("obsf", "-n", elsewhere)).length, 1);
    } finally {
      await kubectl(["delete", "namespace", elsewhere, "--wait=false"]);
    }
  });
});
