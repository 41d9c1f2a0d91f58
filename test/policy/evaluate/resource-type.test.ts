import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isComponent, isEvaluated, roleOf } from "../../../policy/evaluate/resource-type";
import { UNKNOWN } from "../../../policy/manifest/unknown";

const sdk = dirname(require.resolve("@pulumi/kubernetes/package.json"));

/** Every type the provider's SDK registers, with the apiVersion and kind it sends. */
function tokens(): Map<string, { apiVersion?: string; kind?: string }> {
  const found = new Map<string, { apiVersion?: string; kind?: string }>();
  for (const file of readdirSync(sdk, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".js") || file.startsWith("node_modules")) continue;
    const code = readFileSync(join(sdk, file), "utf8");
    const sent = (key: string) => new RegExp(`resourceInputs\\["${key}"\\] = "([^"]+)"`).exec(code)?.[1];
    const [apiVersion, kind] = [sent("apiVersion"), sent("kind")];
    for (const [, token = ""] of code.matchAll(/(?:__pulumiType = |super\()["'](kubernetes:[^"'$]+)["']/g))
      found.set(token, { ...(apiVersion && { apiVersion }), ...(kind && { kind }) });
  }
  return found;
}

describe("types of the Kubernetes provider", () => {
  const all = tokens();

  it("are all found in its SDK", () => {
    assert.ok(all.size > 500, String(all.size));
  });

  it("are each an object, a patch, the Release or a component, and nothing else", () => {
    const counts = new Map<string, number>();
    const components: string[] = [];
    for (const [type, sent] of all) {
      const { role } = roleOf(type, sent);
      counts.set(role, (counts.get(role) ?? 0) + 1);
      if (role === "component") components.push(type);
      assert.equal(isEvaluated(type), role !== "component", type);
      assert.equal(isComponent(type), role === "component", type);
      if (role === "patch") assert.ok(type.endsWith("Patch"), type);
    }
    assert.deepEqual([...counts.keys()].sort(), ["component", "object", "patch", "release"]);
    assert.equal(counts.get("release"), 1);
    assert.deepEqual(components.sort(), [
      "kubernetes:helm.sh/v3:Chart",
      "kubernetes:helm.sh/v4:Chart",
      "kubernetes:kustomize/v2:Directory",
      "kubernetes:kustomize:Directory",
      "kubernetes:yaml/v2:ConfigFile",
      "kubernetes:yaml/v2:ConfigGroup",
      "kubernetes:yaml:ConfigFile",
      "kubernetes:yaml:ConfigGroup",
    ]);
  });

  it("say what an object is where its inputs leave it out, just as the SDK would have said it", () => {
    for (const [type, sent] of all) {
      if (sent.kind === undefined) continue;
      for (const inputs of [sent, {}]) {
        const what = roleOf(type, inputs);
        assert.ok(what.role === "object" || what.role === "patch", type);
        assert.deepEqual({ apiVersion: what.object.apiVersion, kind: what.object.kind }, sent, type);
        assert.equal(what.role === "patch", type.endsWith(`:${sent.kind}Patch`), type);
      }
    }
  });
});

describe("what a resource is", () => {
  const role = (type: string, inputs: Readonly<Record<string, unknown>> = {}) => {
    const what = roleOf(type, inputs);
    if (what.role === "unclear") return [what.role, what.field, what.got];
    if (what.role !== "object" && what.role !== "patch") return [what.role];
    return [what.role, what.object.apiVersion, what.object.kind, ...(what.isTypedList ? ["list"] : [])];
  };
  const unknown = "a value unknown until deployment";
  const unset = "unset, and no type the pack knows";
  const stable = { apiVersion: "example.com/stable", kind: "BatchRun" };
  type Case = [title: string, type: string, inputs: Readonly<Record<string, unknown>>, expected: unknown[]];
  const applied = "objects that another provider applies";
  const cases: Case[] = [
    [
      "a custom kind with a version of its own",
      "kubernetes:example.com/stable:BatchRun",
      stable,
      ["object", "example.com/stable", "BatchRun"],
    ],
    [
      "the generic type of custom kinds",
      "kubernetes:apiextensions.k8s.io:CustomResource",
      stable,
      ["object", "example.com/stable", "BatchRun"],
    ],
    [
      "the generic type of their patches",
      "kubernetes:apiextensions.k8s.io:CustomResourcePatch",
      stable,
      ["patch", "example.com/stable", "BatchRun"],
    ],
    [
      "a kind that ends in Patch",
      "kubernetes:kuma.io/v1alpha1:MeshProxyPatch",
      { apiVersion: "kuma.io/v1alpha1", kind: "MeshProxyPatch" },
      ["object", "kuma.io/v1alpha1", "MeshProxyPatch"],
    ],
    [
      "a patch of it",
      "kubernetes:kuma.io/v1alpha1:MeshProxyPatchPatch",
      { apiVersion: "kuma.io/v1alpha1", kind: "MeshProxyPatch" },
      ["patch", "kuma.io/v1alpha1", "MeshProxyPatch"],
    ],
    [
      "a kind that ends in List",
      "kubernetes:example.com/v1:AllowList",
      { apiVersion: "example.com/v1", kind: "AllowList" },
      ["object", "example.com/v1", "AllowList"],
    ],
    ["a list of Kubernetes", "kubernetes:core/v1:PodList", {}, ["object", "v1", "PodList", "list"]],
    [
      "inputs that say another kind than the type",
      "kubernetes:core/v1:ConfigMap",
      { apiVersion: "v1", kind: "Pod" },
      ["object", "v1", "Pod"],
    ],
    [
      "a custom object with a component's type",
      "kubernetes:helm.sh/v4:Chart",
      { apiVersion: "helm.sh/v4", kind: "Chart" },
      ["object", "helm.sh/v4", "Chart"],
    ],
    [
      "a release, whatever its inputs say",
      "kubernetes:helm.sh/v3:Release",
      { apiVersion: "v1", kind: "ConfigMap" },
      ["release"],
    ],
    [
      "a core object by its bare version",
      "kubernetes:v1:Pod",
      { apiVersion: "v1", kind: "Pod" },
      ["object", "v1", "Pod"],
    ],
    [
      "an unknown kind",
      "kubernetes:core/v1:ConfigMap",
      { apiVersion: "v1", kind: UNKNOWN },
      ["unclear", "kind", unknown],
    ],
    [
      "an unknown apiVersion",
      "kubernetes:apiextensions.k8s.io:CustomResource",
      { apiVersion: UNKNOWN, kind: "A" },
      ["unclear", "apiVersion", unknown],
    ],
    ["a kind that is no text", "kubernetes:core/v1:Pod", { kind: 1 }, ["unclear", "kind", "no text"]],
    ["a custom type without a kind", "kubernetes:example.com/stable:BatchRun", {}, ["unclear", "apiVersion", unset]],
    [
      "a type of another provider of this name",
      "kubernetes:index/pod:Pod",
      { spec: {} },
      ["unclear", "apiVersion", unset],
    ],
    ["a type nobody knows", "kubernetes:shop:Platform", {}, ["unclear", "apiVersion", unset]],
    ["a component", "kubernetes:yaml/v2:ConfigGroup", { yaml: "a: 1" }, ["component"]],
    [
      "a component that makes nothing at preview",
      "kubernetes:helm.sh/v4:Chart",
      { values: { a: [UNKNOWN] } },
      ["unclear", "values.a[0]", unknown],
    ],
    ["a provider", "pulumi:providers:kubernetes", {}, ["foreign"]],
    ["another provider's resource", "random:index/randomPassword:RandomPassword", {}, ["foreign"]],
    ["a project of Argo CD, which applies nothing", "argocd:index/project:Project", {}, ["foreign"]],
    ...[
      "helm:index/release:Release",
      "kubectl:index/manifest:Manifest",
      "kustomization:index/resource:Resource",
      "argocd:index/application:Application",
      "argocd:index/applicationSet:ApplicationSet",
      "flux:index/bootstrapGit:BootstrapGit",
    ].map((type): Case => [`what another engine applies, ${type}`, type, {}, ["unclear", "the resource", applied]]),
  ];
  for (const [title, type, inputs, expected] of cases)
    it(`tells ${title}`, () => assert.deepEqual(role(type, inputs), expected));
});
