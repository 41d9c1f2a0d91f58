import assert from "node:assert/strict";
import { join } from "node:path";
import { deliveryObjects } from "../../../components/delivery-objects";
import type { GitOps } from "../../../config/delivery-schema";
import { enforcementOf } from "../../../policy/evaluate/profiles";
import { packChart } from "../../../policy/render/chart-package";
import { asked, askedTogether, settings, unknown } from "../support/ask";

const chart = "./charts/good";
const packed = packChart(join(__dirname, "../fixtures/charts/good"));
const other = `sha256:${"0".repeat(64)}`;
const repository = "oci://registry.example/charts";
const argocd: GitOps = { with: "argocd", repository, namespace: "argocd", project: "default" };
const flux: GitOps = { with: "flux", repository, plainHttp: false };

type Tree = Record<string, unknown>;

/** What the component registers for the fixture chart. */
const made = (delivery: GitOps, values: unknown = {}, digest = packed.digest) =>
  deliveryObjects(delivery, {
    namespace: "apps",
    name: "web",
    chart,
    package: { ...packed, digest },
    values,
    timeoutSeconds: 180,
  }) as unknown as readonly Tree[];

const typeOf = ({ apiVersion, kind }: Tree): string => `kubernetes:${apiVersion}:${kind}`;

/** A copy with a value put at a path. */
function changed(object: Tree, path: string, value: unknown): Tree {
  const copy = structuredClone(object);
  const keys = path.split(".");
  const last = keys.pop() as string;
  const at = keys.reduce<Tree>((tree, key) => {
    tree[key] ??= {};
    return tree[key] as Tree;
  }, copy);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const findings = async (object: Tree, profile = "prod") => asked(typeOf(object), object, settings(profile));
const refusals = async (object: Tree) =>
  (await findings(object, "dev")).flatMap(([rule, message]) => (rule === "release-renders" ? [message] : []));
const [application = {}] = made(argocd);
const [source = {}, release = {}] = made(flux);

describe("[FL-117] delivery by a controller is evaluated like a release", () => {
  for (const delivery of [argocd, flux]) {
    it(`${delivery.with}: passes a good chart, without a word that nobody has seen it`, async () => {
      for (const object of made(delivery)) assert.deepEqual(await findings(object), []);
    });

    it(`${delivery.with}: names the container that a value makes unsafe`, async () => {
      const object = made(delivery, { allowPrivilegeEscalation: true }).at(-1) as Tree;
      const found = await findings(object);
      assert.deepEqual(
        found.map(([rule]) => rule),
        ["allow-privilege-escalation"],
      );
      assert.match(found[0]?.[1] ?? "", /Deployment apps\/web/);
    });

    it(`${delivery.with}: refuses values nobody knows yet, whatever the environment`, async () => {
      const object = made(delivery, { image: unknown }).at(-1) as Tree;
      assert.match((await refusals(object)).join("\n"), /values\.image .*unknown until deployment/);
    });

    it(`${delivery.with}: refuses another package than the chart at hand, and names both digests`, async () => {
      const [pinned = {}] = made(delivery, {}, other);
      const [message = ""] = await refusals(pinned);
      assert.ok(message.includes(packed.digest) && message.includes(other), message);
      assert.match(message, /hardened chart push/);
    });
  }
});

describe("delivery by a controller: what cannot be seen is refused by its name", () => {
  const cases: readonly [string, Tree, string, unknown, RegExp][] = [
    [
      "a tag in place of a digest",
      application,
      "spec.source.targetRevision",
      "1.2.3",
      /targetRevision .*sha256 digest/,
    ],
    ["a repository of Git", application, "spec.source.repoURL", "https://git.example/a", /repoURL .*oci:\/\//],
    ["a folder of the package", application, "spec.source.path", "sub", /spec\.source\.path/],
    ["several sources", application, "spec.sources", [{}], /spec\.sources .*unset/],
    ["parameters", application, "spec.source.helm.parameters", [{ name: "a" }], /spec\.source\.helm\.parameters/],
    ["values in a text", application, "spec.source.helm.values", "a: b", /spec\.source\.helm\.values /],
    ["values files", application, "spec.source.helm.valueFiles", ["a"], /spec\.source\.helm\.valueFiles/],
    ["another cluster", application, "spec.destination.server", "https://other", /destination\.server .*this stack/],
    ["no namespace for the release", application, "spec.destination.namespace", undefined, /destination\.namespace/],
    ["an Application without a namespace", application, "metadata.namespace", undefined, /metadata\.namespace .*unset/],
    ["an unknown chart", application, "spec.source", unknown, /spec\.source .*unknown until deployment/],
    [
      "an operation, which has a source of its own",
      application,
      "operation",
      { sync: { source: { repoURL: "https://git.example/a", path: "." } } },
      /operation .*unset/,
    ],
    ["an operation nobody knows yet", application, "operation", unknown, /operation .*unset/],
    [
      "a status, which has a revision of its own",
      application,
      "status",
      { sync: { revision: "main" } },
      /status .*unset/,
    ],
    ["a field beside spec", release, "operation", {}, /operation .*unset/],
    ["a field beside spec", source, "operation", {}, /operation .*unset/],
    [
      "a chart that is not there",
      application,
      "metadata.annotations",
      { "hardened.pulumi/chart": "./charts/no" },
      /no chart of this project/,
    ],
    ["values from a Secret", release, "spec.valuesFrom", [{ kind: "Secret", name: "a" }], /spec\.valuesFrom/],
    ["a post-renderer", release, "spec.postRenderers", [{}], /spec\.postRenderers/],
    ["a chart of a HelmRepository", release, "spec.chart", { spec: {} }, /spec\.chart /],
    ["values of the release before", release, "spec.upgrade.preserveValues", true, /preserveValues .*false/],
    ["a release without a name", release, "spec.releaseName", undefined, /spec\.releaseName/],
    ["a tag alone", source, "spec.ref", { tag: "1.2.3" }, /spec\.ref\.digest .*unset/],
    ["files left out of the package", source, "spec.ignore", "templates/", /spec\.ignore/],
    ["a package that is unpacked", source, "spec.layerSelector.operation", "extract", /copy/],
  ];
  for (const [what, object, path, value, message] of cases)
    it(`${object.kind}: ${what}`, async () => {
      assert.match((await refusals(changed(object, path, value))).join("\n"), message);
    });

  it("an Application that names no chart of this project: refused but in dev (gitops-source)", async () => {
    const foreign = changed(application, "metadata.annotations", {});
    assert.deepEqual(
      (await findings(foreign)).map(([rule]) => rule),
      ["gitops-source"],
    );
    assert.deepEqual(enforcementOf("gitops-source"), { dev: "advisory", staging: "mandatory", prod: "mandatory" });
  });
});

describe("delivery by Flux: the object that pins the chart is this program's", () => {
  const across = async (...objects: readonly Tree[]) =>
    (
      await askedTogether(
        objects.map((object) => [typeOf(object), object, `urn:${object.kind}`] as const),
        settings("dev"),
      )
    ).flatMap(([rule, message]) => (rule === "release-renders" ? [message] : []));

  it("passes both together", async () => assert.deepEqual(await across(source, release), []));

  it("refuses a HelmRelease whose OCIRepository is somebody else's", async () =>
    assert.match(
      (await across(release)).join(),
      /chartRef .*OCIRepository apps\/web, which is no object of this program/,
    ));

  it("refuses one whose OCIRepository pins another chart", async () => {
    const moved = changed(source, "spec.ref.digest", other);
    assert.match((await across(moved, release)).join("\n"), /which pins another chart/);
  });
});
