import { strict as assert } from "node:assert";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateChart } from "../../../policy/evaluate/evaluate-chart";
import { alternativesOf } from "../../../policy/render/alternatives";
import { type RenderRequest, renderChart } from "../../../policy/render/render";
import { chart, useHelm } from "../support/helm";
import { requestOf } from "../support/helm-template";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
const map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n";
const pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: hidden}\nspec: {hostPID: true, containers: []}\n";
const has = (api: string): string => `.Capabilities.APIVersions.Has "${api}"`;

describe("what a chart renders to where an API is served", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "alternatives-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function written(template: string): RenderRequest {
    const path = join(folder, "empty");
    cpSync(chart("empty"), path, { recursive: true });
    writeFileSync(join(path, "templates/all.yaml"), template);
    return requestOf(path);
  }
  const tried = async (template: string, rest: object = {}) => {
    const request = { ...written(template), ...rest };
    return alternativesOf(request, await renderChart(request));
  };
  const setsOf = async (template: string, rest?: object) =>
    (await tried(template, rest)).found.map(({ where }) =>
      where.replace("the cluster serves ", "").replaceAll(" and ", "+"),
    );

  it("[MR-54] is evaluated, and what a rule objects to names the API", async () => {
    const request = written(`${map}{{ if ${has("monitoring.coreos.com/v1")} }}\n${pod}{{ end }}`);
    const { verdict } = await evaluateChart(request, context);
    const found = verdict.findings.filter(({ rule }) => rule === "host-namespaces");
    assert.deepEqual(
      found.map(({ object, got }) => [object.name, got]),
      [["hidden", "true where the cluster serves monitoring.coreos.com/v1"]],
    );
  });

  it("is evaluated as on a cluster that serves the API: OpenShift gives pods their users, and nothing else does", async () => {
    const user = `{{ if not (${has("security.openshift.io/v1")}) }}runAsUser: 1000{{ end }}`;
    const container = "{name: web, image: web, securityContext: {runAsNonRoot: true}}";
    const spec = `  securityContext:\n    seccompProfile: {type: RuntimeDefault}\n    ${user}\n  hostPID: ${"{{"} ${has("security.openshift.io/v1")} }}\n`;
    const template = `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n${spec}  containers: [${container}]\n`;
    const { findings } = (await evaluateChart(written(template), context)).verdict;
    const of = (id: string) => findings.filter(({ rule }) => rule === id).map(({ got }) => got);
    assert.deepEqual(of("run-as-user-numeric"), []);
    assert.deepEqual(of("host-namespaces"), ["true where the cluster serves security.openshift.io/v1"]);
    const other = template.replaceAll("security.openshift.io/v1", "security.example.com/v1");
    const elsewhere = (await evaluateChart(written(other), context)).verdict.findings;
    assert.deepEqual(
      elsewhere.filter(({ rule }) => rule === "run-as-user-numeric").map(({ got }) => got),
      ["unset where the cluster serves security.example.com/v1"],
    );
  });

  it("is what only an API inside the answer to another brings, or several together, or all but one", async () => {
    const [a, b, c] = ["a.example.com/v1", "b.example.com/v1", "c.example.com/v1/Thing"].map(has);
    assert.deepEqual(await setsOf(`${map}{{ if ${a} }}{{ if ${b} }}${pod}{{ end }}{{ end }}`), [
      "a.example.com/v1+b.example.com/v1",
    ]);
    assert.deepEqual(await setsOf(`${map}{{ $a := ${a} }}{{ $b := ${b} }}{{ if and $a $b }}${pod}{{ end }}`), [
      "a.example.com/v1+b.example.com/v1",
    ]);
    const all = `{{ $a := ${a} }}{{ $b := ${b} }}{{ $c := ${c} }}`;
    assert.deepEqual(await setsOf(`${map}${all}{{ if and $a $c (not $b) }}${pod}{{ end }}`), [
      "a.example.com/v1+c.example.com/v1/Thing",
    ]);
  });

  it("is not asked for where the answer is certain", async () => {
    const template = (api: string): string => `${map}{{ if ${has(api)} }}${pod}{{ end }}`;
    assert.deepEqual(await setsOf(template("monitoring.coreos.com/v1"), { served: ["v1"] }), []);
    assert.deepEqual(await setsOf(template("monitoring.coreos.com/v1"), { certain: true }), []);
    for (const ended of ["extensions/v1beta1", "policy/v1beta1/PodDisruptionBudget", "batch/v1beta1"])
      assert.deepEqual(await setsOf(template(ended)), [], ended);
  });

  it("is asked for of a beta an administrator may have switched on", async () => {
    const api = "resource.k8s.io/v1beta1";
    const template = `${map}{{ if ${has(api)} }}${pod}{{ end }}`;
    assert.deepEqual(await setsOf(template), [api]);
  });

  it("[MR-54] is known for a version of Kubernetes older or newer than the table too", async () => {
    for (const kubeVersion of ["1.20", "1.28.3", "1.60"])
      assert.deepEqual(
        await setsOf(`${map}{{ if ${has("monitoring.coreos.com/v1")} }}${pod}{{ end }}`, { kubeVersion }),
        ["monitoring.coreos.com/v1"],
        kubeVersion,
      );
  });

  it("[MR-54] is what a chart's own crds/ bring, with the cluster's list too", async () => {
    const request = written(`${map}{{ if ${has("evil.example.com/v1/Thing")} }}${pod}{{ end }}`);
    mkdirSync(join(request.chart, "crds"));
    const names = "names: {kind: Thing, plural: things}";
    writeFileSync(
      join(request.chart, "crds/thing.yaml"),
      `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.evil.example.com}\nspec: {group: evil.example.com, scope: Namespaced, ${names}, versions: [{name: v1, served: true, storage: true}]}\n`,
    );
    const served = ["v1", "apiextensions.k8s.io/v1"];
    const { found } = await alternativesOf({ ...request, served }, await renderChart({ ...request, served }));
    assert.deepEqual(
      found.map(({ where }) => where),
      ["the cluster serves evil.example.com/v1/Thing"],
    );
  });

  it("[MR-54] is asked for of a group without a dot too: an aggregated API server may serve it", async () => {
    assert.deepEqual(await setsOf(`${map}{{ if ${has("foo/v1")} }}${pod}{{ end }}`), ["foo/v1"]);
  });

  it("[MR-54] is installable with kinds of its own crds/, whatever group they have, with the cluster's list too", async () => {
    const foo = "---\napiVersion: storage.k8s.io/v9\nkind: Foo\nmetadata: {name: foo}\n";
    const request = written(`${map}{{ if ${has("storage.k8s.io/v9")} }}${pod}${foo}{{ end }}`);
    mkdirSync(join(request.chart, "crds"));
    writeFileSync(
      join(request.chart, "crds/foo.yaml"),
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: foos.storage.k8s.io}\nspec: {group: storage.k8s.io, scope: Namespaced, names: {kind: Foo, plural: foos}, versions: [{name: v9, served: true, storage: true}]}\n",
    );
    for (const served of [undefined, ["v1", "v1/Pod", "v1/ConfigMap", "apiextensions.k8s.io/v1"]]) {
      const { verdict } = await evaluateChart({ ...request, ...(served && { served }) }, context);
      assert.deepEqual(
        verdict.findings.filter(({ rule }) => rule === "host-namespaces").map(({ got }) => got),
        ["true where the cluster serves storage.k8s.io/v9"],
      );
    }
  });

  it("[MR-54] is tried for a later patch of the declared version, unless the cluster has told its own", async () => {
    const template = `${map}{{ if ne .Capabilities.KubeVersion.Version "v1.36.3" }}${pod}{{ end }}`;
    assert.deepEqual(await setsOf(template), ["the cluster is a later patch of Kubernetes 1.36"]);
    assert.deepEqual(await setsOf(template, { served: ["v1"] }), []);
    const minor = '{{ if semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version }}';
    assert.deepEqual(await setsOf(`${map}${minor}${pod}{{ end }}`), []);
  });

  it("is left out where no cluster of the version could install it, unless the rest is applied without it", async () => {
    const old = "---\napiVersion: networking.k8s.io/v1beta1\nkind: IngressClass\nmetadata: {name: old}\n";
    const api = "networking.k8s.io/v1beta1";
    assert.deepEqual(await setsOf(`${map}{{ if ${has(api)} }}${old}{{ end }}`), []);
    assert.deepEqual(await setsOf(`${map}{{ if ${has(api)} }}${old}{{ end }}`, { partly: true }), [api]);
    assert.deepEqual(await setsOf(`${map}{{ if ${has(api)} }}${pod}{{ end }}`), [api]);
  });

  it("is left out where the chart does not render then: it cannot be installed there", async () => {
    const { found, unexplored } = await tried(`${map}{{ if ${has("a.example.com/v1")} }}{{ fail "no" }}{{ end }}`);
    assert.deepEqual([found, unexplored], [[], []]);
  });

  it("[MR-54] is tried for what a chart asks before it fails: another API may keep it from failing", async () => {
    const [a, b] = ["a.example.com/v1", "b.example.com/v1"].map(has);
    assert.deepEqual(await setsOf(`${map}{{ if ${a} }}{{ if not (${b}) }}{{ fail "no" }}{{ end }}${pod}{{ end }}`), [
      "a.example.com/v1+b.example.com/v1",
    ]);
  });

  const reasons = async (template: string) =>
    (await evaluateChart(written(template), context)).verdict.findings
      .filter(({ rule }) => rule === "chart-lookup")
      .map(({ got, line }) => `${got.replace(/ \(.*/, "")}${line === undefined ? "" : ` in line ${line}`}`);
  const lookup = 'lookup "v1" "Namespace" "" "kube-system"';

  it("[MR-54] is told where it looks up what the first rendering does not", async () => {
    const template = `${map}{{ if ${has("a.example.com/v1")} }}\n# {{ ${lookup} }} {{ .Capabilities.HelmVersion }}{{ end }}`;
    assert.deepEqual(await reasons(template), [
      "a lookup, evaluated as if the cluster held no such object in line 6",
      "a question for Capabilities.HelmVersion, evaluated for one answer only",
    ]);
  });

  it("[MR-54] is told where it fails for want of what it looks up, or on an upgrade alone", async () => {
    const failing = (when: string) =>
      `${map}{{ if ${has("a.example.com/v1")} }}{{ if ${when} }}{{ fail "no" }}{{ end }}${pod}{{ end }}`;
    const [first, second] = await reasons(failing(`not (${lookup})`));
    assert.match(first ?? "", /^a lookup/);
    assert.match(second ?? "", /^an install that does not render where the cluster serves a\.example\.com\/v1: /);
    const [upgrade] = await reasons(failing(".Release.IsUpgrade"));
    assert.match(upgrade ?? "", /^an upgrade that does not render where the cluster serves a\.example\.com\/v1: /);
  });

  it("[MR-54] is told of where there is no time to render or to evaluate it", async () => {
    const [a, b] = ["a.example.com/v1", "b.example.com/v1"].map(has);
    const request = written(`${map}# {{ ${b} }}\n{{ if ${a} }}${pod}{{ end }}`);
    for (const [steps, rules, told] of [
      [0, [], /^questions for 2 APIs, evaluated for some of the answers only/],
      [2, [], /^what it renders to where the cluster serves .*, for which there was no time$/],
      [Number.POSITIVE_INFINITY, ["host-namespaces"], /^$/],
    ] as const) {
      let left: number = steps;
      const { findings } = (await evaluateChart({ ...request, hasTime: () => left-- > 0 }, context)).verdict;
      const of = (id: string) => findings.filter(({ rule }) => rule === id);
      assert.deepEqual(
        of("host-namespaces").map(({ rule }) => rule),
        rules,
      );
      assert.match(of("chart-lookup").at(-1)?.got ?? "", told, String(steps));
    }
  });

  it("is told once of a field that several answers bring", async () => {
    const [a, b] = ["a.example.com/v1", "b.example.com/v1"].map(has);
    const request = written(`${map}# {{ ${b} }}\n{{ if ${a} }}# {{ ${b} }}\n${pod}{{ end }}`);
    const { verdict } = await evaluateChart(request, context);
    assert.deepEqual(
      verdict.findings.filter(({ rule }) => rule === "host-namespaces").map(({ got }) => got),
      ["true where the cluster serves a.example.com/v1"],
    );
  });

  it("is told as not wholly explored where a chart asks for more APIs than can be combined", async () => {
    const apis = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}.example.com/v1`);
    const request = written(`${map}# ${apis.map((api) => `{{ ${has(api)} }}`).join("")}`);
    const { verdict } = await evaluateChart(request, context);
    const [finding] = verdict.findings.filter(({ rule }) => rule === "chart-lookup");
    assert.match(finding?.got ?? "", /^questions for 6 APIs, evaluated for some of the answers only \(a\.example\.com/);
  });
});
