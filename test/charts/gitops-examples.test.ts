import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, loadAll } from "js-yaml";
import type { Json, JsonObject } from "../../policy/contract";
import { evaluate } from "../../policy/evaluate/evaluate";
import { list, read, text } from "../../policy/manifest/read";
import { defaultMapping, type Environments, environmentsOf } from "../../systems/floe/environments";
import { root } from "../support/tree";

/** Clusters and environments of floe, but the one of CI, which no controller delivers to. */
const { environments } = environmentsOf(defaultMapping) as { environments: Environments };
const mapped = Object.values(environments).filter(({ name }) => name !== "test");

const files = [
  "argocd/application.yaml",
  "argocd/applicationset.yaml",
  "flux/helmrelease.yaml",
  "flux/kustomization.yaml",
];
const textOf = (file: string): string => readFileSync(join(root, "charts/examples", file), "utf8");
const objectsIn = (content: string): JsonObject[] => loadAll(content) as JsonObject[];

describe("the how-to for Argo CD", () => {
  it("installs the version that is tested", () => {
    const module = readFileSync(join(root, "process/toolchain/modules/argo-cd/go.mod"), "utf8");
    const [, version = ""] = /^\s*(?:require )?github\.com\/argoproj\/argo-cd\/v3 (v\S+)/m.exec(module) ?? [];
    const page = readFileSync(join(root, "docs/how-to/add-cluster-capabilities.md"), "utf8");
    assert.deepEqual(
      [...page.matchAll(/argoproj\/argo-cd\/(v[\d.]+)\//g)].map(([, one]) => one),
      [version],
    );
  });
});

const context = { namespace: "argocd", podSecurity: { level: "restricted", version: "latest" } as const };
/** Rules that the objects break in an environment. */
const broken = (objects: readonly JsonObject[], profile: "dev" | "prod") =>
  evaluate(
    objects.map((object) => ({ object })),
    { ...context, profile },
  ).findings.filter(({ rule }) => rule !== "recommended-labels");

describe("[FL-45] examples for Argo CD and Flux", () => {
  it("[FL-89] argocd/applicationset.yaml: the environments are those of the mapping, on their clusters", () => {
    const [set] = objectsIn(textOf("argocd/applicationset.yaml"));
    const elements = list(set, "spec", "generators", 0, "list", "elements");
    assert.deepEqual(
      elements.map((one) => [text(one, "cluster"), text(one, "environment"), text(one, "overlay")]),
      mapped.map(({ cluster, name, overlay }) => [cluster, name, overlay]),
    );
    const namespace = text(set, "spec", "template", "spec", "destination", "namespace");
    for (const one of mapped) assert.equal(namespace.replace("{{ .environment }}", one.name), one.namespace);
  });

  it("[FL-91] flux/kustomization.yaml: each patch replaces what flux/helmrelease.yaml has", () => {
    const release = objectsIn(textOf("flux/helmrelease.yaml")).find(({ kind }) => kind === "HelmRelease");
    const kustomization = objectsIn(textOf("flux/kustomization.yaml")).find(({ kind }) => kind === "Kustomization");
    const patches = list(kustomization, "spec", "patches");
    assert.equal(patches.length, 1);
    assert.equal(text(patches[0], "target", "name"), text(release, "metadata", "name"));
    for (const { op, path } of load(text(patches[0], "patch")) as { op: string; path: string }[]) {
      assert.equal(op, "replace");
      const keys = path.split("/").slice(1);
      assert.equal(typeof read(release, ...keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key))), "string", path);
    }
  });

  for (const file of files) {
    it(`${file}: as it is, its placeholder is refused by name in every environment`, () => {
      for (const profile of ["dev", "prod"] as const) {
        const found = broken(objectsIn(textOf(file)), profile).filter(({ rule }) => rule === "gitops-source-address");
        assert.ok(found.length > 0, profile);
        for (const { got, field } of found) {
          assert.match(got, /^the placeholder <(registry|git-host)>$/);
          assert.match(field, /repoURL$|url$/);
        }
      }
    });

    it(`${file}: filled in, nothing is left but that the chart is evaluated where it is`, () => {
      const filled = textOf(file)
        .replaceAll(/<(registry|git-host)>/g, "registry.example")
        .replaceAll("<repository>", "charts");
      const objects = objectsIn(filled) as Json[] as JsonObject[];
      assert.deepEqual([...new Set(broken(objects, "prod").map(({ rule }) => rule))], ["gitops-source"]);
    });
  }
});
