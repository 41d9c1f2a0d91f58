import assert from "node:assert/strict";
import { join } from "node:path";
import { Cluster } from "../../cluster/cluster";
import { kindFaults, type RequiredKind } from "../../cluster/custom-resources";
import { migrateStorage } from "../../cluster/storage-version";
import { definitions, kinds } from "../../systems/zen/crds/all";
import { customResource, group, type Version } from "../../systems/zen/crds/custom-resource";
import { established } from "../support/established";
import { run } from "../support/run";
import { samples } from "../systems/zen/samples";
import { type ApiServer, startApiServer } from "./api-server";

const chartCrds = join(__dirname, "../../charts/zen-watcher/crds");

interface ZenObject {
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: object;
}

/** An API server alone evaluates the kinds: what they take and refuse, and what becomes of objects of an older version. */
describe("zen's kinds on a real API server", function () {
  this.timeout(240_000);
  let api: ApiServer;
  let cluster: Cluster;
  const given = process.env.KUBECONFIG;
  const kubectl = async (args: readonly string[], input?: object): Promise<string> => {
    const { code, stdout, stderr } = await run("kubectl", args, { input: JSON.stringify(input ?? "") });
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };
  const allServed = (): Promise<unknown> =>
    established(
      kubectl,
      definitions.map((d) => d.metadata.name),
    );
  const install = async (served?: readonly Version[]): Promise<void> => {
    const items = kinds.map((kind) => customResource(kind, served));
    await kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], {
      apiVersion: "v1",
      kind: "List",
      items,
    });
    await allServed();
  };
  const of = (kind: string, name: string, spec: object, version = "v1") => ({
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name, namespace: "default" },
    spec,
  });
  const create = (plural: string, object: object) =>
    api.call("POST", `/apis/${group}/v1/namespaces/default/${plural}?fieldValidation=Strict`, object);

  before(async () => {
    api = await startApiServer();
    process.env.KUBECONFIG = api.kubeconfig;
    cluster = new Cluster("api-server");
  });
  after(async () => {
    if (given === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = given;
    await api?.stop();
  });

  const older: readonly Version[] = [{ name: "v1alpha1", storage: true }];
  const plural = `observations.${group}`;
  const key = `/registry/${group}/observations/`;
  const list = async (version: string): Promise<ZenObject[]> =>
    (JSON.parse(await cluster.raw(`/apis/${group}/${version}/observations?limit=500`)) as { items: ZenObject[] }).items;
  /** An object without what every write changes, and without its version. */
  const lasting = ({ apiVersion: _, metadata: { resourceVersion: __, ...metadata }, ...rest }: ZenObject) => ({
    ...rest,
    metadata,
  });

  it("[ZN-29] 200 objects of v1alpha1 are stored in v1 after the migration, and nothing of them is lost", async () => {
    await install(older);
    const base = samples.find(({ kind }) => kind === "Observation")?.spec ?? {};
    const items = Array.from({ length: 200 }, (_, at) => ({
      ...of(
        "Observation",
        `seen-${at}`,
        { ...base, message: `ü ${at} ${"x".repeat(at)}`, eventType: `T${at}` },
        "v1alpha1",
      ),
      status: { phase: at % 2 === 0 ? "New" : "Acknowledged" },
    }));
    for (const one of items) (one.metadata as Record<string, unknown>).labels = { at: one.metadata.name };
    await kubectl(["create", "-f", "-"], { apiVersion: "v1", kind: "List", items });
    for (const name of ["seen-1", "seen-199"])
      await kubectl([
        ...["patch", plural, name, "--subresource=status", "--type=merge"],
        ...["-p", JSON.stringify({ status: { phase: "Remediated", remediation: "fix" } })],
      ]);
    const before = await list("v1alpha1");
    assert.equal(before.length, 200);

    await install();
    const mixed = await api.stored<ZenObject>(key);
    assert.deepEqual([...new Set(mixed.map(({ apiVersion }) => apiVersion))], [`${group}/v1alpha1`]);
    assert.equal(await migrateStorage(cluster, plural), 200);

    const stored = await api.stored<ZenObject>(key);
    assert.deepEqual([stored.length, ...new Set(stored.map(({ apiVersion }) => apiVersion))], [200, `${group}/v1`]);
    for (const version of ["v1", "v1alpha1"])
      assert.deepEqual((await list(version)).map(lasting), before.map(lasting), version);
    const versions = await kubectl(["get", "crd", plural, "-o", "jsonpath={.status.storedVersions}"]);
    assert.equal(versions, '["v1"]');
    assert.equal(await migrateStorage(cluster, plural), 0, "a second time there is nothing to do");
  });

  it("[ZN-29] after that the old version can be taken out of the kind, and before it could not", async () => {
    const without = { spec: customResource(kinds[0] as (typeof kinds)[0], [{ name: "v1", storage: true }]).spec };
    const take = (name: string) => kubectl(["patch", "crd", name, "--type=merge", "-p", JSON.stringify(without)]);
    await take(plural);
    assert.equal((await list("v1")).length, 200);
    // Of this kind nothing was migrated.
    const filter = { spec: customResource(kinds[1] as (typeof kinds)[0], [{ name: "v1", storage: true }]).spec };
    await assert.rejects(
      kubectl(["patch", "crd", `observationfilters.${group}`, "--type=merge", "-p", JSON.stringify(filter)]),
      /status\.storedVersions\[0\].*v1alpha1/,
    );
    await install();
  });

  it("[ZN-26] [ZN-30] samples are accepted, bad ones are refused by the field's path", async () => {
    for (const { kind, plural, spec, wrong } of samples) {
      const { status, body } = await create(plural, of(kind, `sample-${kind.toLowerCase()}`, spec));
      assert.equal(status, 201, body.message);
      for (const { title, change, says } of wrong) {
        const bad = structuredClone(spec);
        change(bad);
        const refused = await create(plural, of(kind, "bad", bad));
        assert.match(`${refused.status} ${refused.body.message}`, says, `${kind}: ${title}`);
        assert.ok([400, 422].includes(refused.status));
      }
    }
  });

  it("records and approved changes stay as they are, and their status is written apart", async () => {
    for (const [plural, name, patch, says] of [
      ["observations", "sample-observation", { message: "another" }, /its spec never changes/],
      [
        "zenagentremediations",
        "sample-zenagentremediation",
        { patch: "spec: {}" },
        /what was approved is what is done/,
      ],
    ] as const) {
      const spec = JSON.stringify({ spec: patch });
      await assert.rejects(kubectl(["patch", `${plural}.${group}`, name, "--type=merge", "-p", spec]), says);
      const status = JSON.stringify({ status: { phase: plural === "observations" ? "Dismissed" : "Rejected" } });
      await kubectl(["patch", `${plural}.${group}`, name, "--type=merge", "--subresource=status", "-p", status]);
      const wrong = JSON.stringify({ status: { phase: "Done" } });
      await assert.rejects(
        kubectl(["patch", `${plural}.${group}`, name, "--type=merge", "--subresource=status", "-p", wrong]),
        /status\.phase: Unsupported value: "Done"/,
      );
    }
  });

  it("kubectl get shows the columns, by the short names", async () => {
    const words = (text: string): string[] => (text.split("\n")[0] ?? "").split(/\s{2,}/);
    assert.deepEqual(words(await kubectl(["get", "obs", "sample-observation"])), [
      ...["NAME", "SOURCE", "CATEGORY", "SEVERITY", "TYPE", "KIND", "OBJECT", "PHASE", "AGE"],
    ]);
    assert.match(await kubectl(["get", "zar"]), /ssa-scheduled +Deployment +web +Rejected/);
    for (const short of ["obsf", "obsm"]) assert.match(await kubectl(["get", short]), /sample-/);
    const everything = (await kubectl(["get", "zen", "-o", "name"])).trim().split("\n");
    assert.deepEqual(
      [...new Set(everything.map((name) => name.replace(/[.].*/, "")))].sort(),
      kinds.map(({ kind }) => kind.toLowerCase()).sort(),
    );
  });

  it("[ZN-27] [ZN-28] the chart's files are the same kinds: applying them changes nothing", async () => {
    assert.equal(await kubectl(["diff", "--server-side", "-f", chartCrds]), "");
  });

  describe("another's kinds", () => {
    const wanted = (installed: boolean): RequiredKind[] => [
      { name: plural, version: "v1", installed, by: "hardened:zen.crds.install" },
    ];
    const annotate = (...annotations: readonly string[]) =>
      kubectl(["annotate", "crd", plural, "--overwrite", ...annotations]);

    it("made with kubectl: who made them is named, with both ways out", async () => {
      const [line = "", ...more] = await kindFaults(cluster, "hardened/dev", wanted(true));
      assert.deepEqual(more, []);
      assert.match(line, /^CustomResourceDefinition observations\.zen\.kube-zen\.io exists and was made with kubectl;/);
      assert.match(line, /use it as it is \(hardened:zen\.crds\.install: false\), or hand it over/);
      assert.deepEqual(await kindFaults(cluster, "hardened/dev", wanted(false)), [], "as it is, it will do");
      const command = /hand it over to this stack: (.*)$/.exec(line)?.[1] ?? "";
      assert.equal((await run("sh", ["-c", command])).code, 0);
      assert.deepEqual(await kindFaults(cluster, "hardened/dev", wanted(true)), [], "handed over");
    });

    it("of another stack: its name", async () => {
      await annotate("hardened.pulumi/stack=hardened/other");
      const [line = ""] = await kindFaults(cluster, "hardened/dev", wanted(true));
      assert.match(line, /exists and belongs to the stack hardened\/other;/);
    });

    it("[ZN-77] missing, or too old: which, and who has to act", async () => {
      await kubectl([
        "patch",
        "crd",
        plural,
        "--type=json",
        "-p",
        '[{"op":"replace","path":"/spec/versions/0/served","value":false}]',
      ]);
      const [old = ""] = await kindFaults(cluster, "hardened/dev", wanted(false));
      assert.match(old, /serves v1alpha1, and v1 is needed; it belongs to the stack hardened\/other, who has to/);
      await kubectl(["delete", "crd", plural]);
      const [none = ""] = await kindFaults(cluster, "hardened/dev", wanted(false));
      assert.match(none, /does not exist, and hardened:zen\.crds\.install is false; set it to true/);
      assert.deepEqual(await kindFaults(cluster, "hardened/dev", wanted(true)), []);
    });
  });
});
