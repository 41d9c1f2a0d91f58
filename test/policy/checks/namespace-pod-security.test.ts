import { strict as assert } from "node:assert";
import { namespacePodSecurity } from "../../../policy/checks/namespace-pod-security";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { messageOf } from "../../../policy/message";
import type { RuleContext } from "../../../policy/rules/rule";
import { labels as common, deployment, manifest, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const prefix = "pod-security.kubernetes.io/";

/** The six labels of a level at a version, changed by key without the prefix; null leaves one out. */
function six(change: Readonly<Record<string, unknown>> = {}, level = "restricted", version = "latest"): JsonObject {
  const all: Record<string, unknown> = {};
  for (const mode of ["enforce", "audit", "warn"]) {
    all[mode] = level;
    all[`${mode}-version`] = version;
  }
  const given = Object.entries({ ...all, ...change }).filter(([, value]) => value !== null);
  return { ...common, ...Object.fromEntries(given.map(([key, value]) => [prefix + key, value as Json])) };
}

const namespace = (labels: unknown) =>
  manifest("v1", "Namespace", { metadata: { name: "shop", labels: labels as JsonObject } });
const place = (key: string) => `metadata.labels["${prefix}${key}"]`;
const must = (key: string, got: string, want = key.endsWith("version") ? "latest" : "restricted") =>
  `${place(key)} must be ${want}, got ${got}`;
const all = ["enforce", "enforce-version", "audit", "audit-version", "warn", "warn-version"];

ruleCases(namespacePodSecurity, "namespace-pod-security", [
  ["[MR-15] passes the six labels", namespace(six())],
  ["passes what is no Namespace", deployment()],
  ["passes a Namespace of another maker", manifest("example.com/v1", "Namespace", { metadata: { name: "shop" } })],
  [
    "fails no labels at all",
    manifest("v1", "Namespace", { metadata: { name: "shop" } }),
    all.map((key) => must(key, "unset")),
  ],
  ...all.map((key) => [`fails ${key} left out`, namespace(six({ [key]: null })), [must(key, "unset")]] as const),
  ["fails a looser level", namespace(six({ enforce: "baseline" })), [must("enforce", '"baseline"')]],
  ["fails a looser level of warnings", namespace(six({ warn: "privileged" })), [must("warn", '"privileged"')]],
  ["fails a level that is none", namespace(six({ audit: "Restricted" })), [must("audit", '"Restricted"')]],
  ["fails a level that is no text", namespace(six({ enforce: true })), [must("enforce", "true")]],
  [
    "fails a version that lags behind",
    namespace(six({ "enforce-version": "v1.25" })),
    [must("enforce-version", '"v1.25"')],
  ],
  ["fails a version that is none", namespace(six({ "audit-version": "1.36" })), [must("audit-version", '"1.36"')]],
  ["fails a number", namespace(six({ "warn-version": 1.36 })), [must("warn-version", "1.36")]],
  [
    "fails a label nobody reads",
    namespace(six({ enforce: null, enforced: "restricted" })),
    [
      must("enforce", "unset"),
      must("enforced", '"restricted"', "one of the six labels: admission does not read this one"),
    ],
  ],
  [
    "cannot evaluate an unknown level",
    namespace(six({ enforce: UNKNOWN })),
    [`${place("enforce")} cannot be evaluated, got a value unknown until deployment`],
  ],
  [
    "cannot evaluate unknown labels",
    namespace(UNKNOWN),
    ["metadata.labels cannot be evaluated, got a value unknown until deployment"],
  ],
]);

const pinned: RuleContext = { ...prod, podSecurity: { level: "restricted", version: "v1.36" } };
ruleCases(
  namespacePodSecurity,
  "namespace-pod-security",
  [
    ["passes the stack's version", namespace(six({ "enforce-version": "v1.36" }))],
    ["passes a later one", namespace(six({ "enforce-version": "v1.100" }))],
    [
      "fails an earlier one",
      namespace(six({ "enforce-version": "v1.9" })),
      [must("enforce-version", '"v1.9"', "v1.36 or later")],
    ],
  ],
  pinned,
);
ruleCases(
  namespacePodSecurity,
  "namespace-pod-security",
  [
    ["passes a stricter level than the stack's", namespace(six())],
    [
      "fails a looser one",
      namespace(six({ enforce: "privileged" }, "baseline")),
      [must("enforce", '"privileged"', "baseline or stricter")],
    ],
  ],
  { ...prod, podSecurity: { level: "baseline", version: "latest" } },
);
ruleCases(
  namespacePodSecurity,
  "namespace-pod-security",
  [
    [
      "passes a patch of other labels",
      manifest("v1", "Namespace", { metadata: { name: "shop", labels: { team: "a" } } }),
    ],
    ["fails a patch that loosens", namespace({ [`${prefix}enforce`]: "baseline" }), [must("enforce", '"baseline"')]],
  ],
  { ...prod, scope: "patch" },
);

const flux = (spec: JsonObject) => manifest("helm.toolkit.fluxcd.io/v2", "HelmRelease", { spec });
const argo = (syncPolicy: JsonObject) => manifest("argoproj.io/v1alpha1", "Application", { spec: { syncPolicy } });
const option = "spec.syncPolicy.syncOptions[1]";
const unlabelled = "false: the namespace it makes has no Pod Security labels";
ruleCases(namespacePodSecurity, "namespace-pod-security", [
  ["passes Flux's HelmRelease in a namespace there is", flux({ install: { createNamespace: false } })],
  [
    "[MR-16] fails one that makes its namespace",
    flux({ install: { createNamespace: true } }),
    [`spec.install.createNamespace must be ${unlabelled}, got true`],
  ],
  [
    "fails k3s' HelmChart that makes its namespace",
    manifest("helm.cattle.io/v1", "HelmChart", { spec: { createNamespace: true } }),
    [`spec.createNamespace must be ${unlabelled}, got true`],
  ],
  [
    "passes Argo CD's Application with other options",
    argo({ syncOptions: ["PruneLast=true", "CreateNamespace=false"] }),
  ],
  [
    "fails one that makes its namespace",
    argo({ syncOptions: ["PruneLast=true", "CreateNamespace=true"] }),
    [`${option} must be ${unlabelled}, got "CreateNamespace=true"`],
  ],
  [
    "passes one that gives it the six labels",
    argo({ syncOptions: ["CreateNamespace=true"], managedNamespaceMetadata: { labels: six() } }),
  ],
  [
    "fails one that gives it fewer",
    argo({ syncOptions: ["CreateNamespace=true"], managedNamespaceMetadata: { labels: six({ warn: null }) } }),
    [`spec.syncPolicy.managedNamespaceMetadata.labels["${prefix}warn"] must be restricted, got unset`],
  ],
]);

describe("namespace-pod-security of a release", () => {
  const object = { apiVersion: "helm.sh/v3", kind: "Release", name: "web", namespace: "shop" };
  const said = (createNamespace: unknown): string[] =>
    namespacePodSecurity.check([], { ...prod, release: { object, createNamespace } }).map(messageOf);
  const fix = "make the namespace as an object of its own, with the six labels, before the release";
  it("[MR-16] passes one that expects its namespace", () => {
    assert.deepEqual([undefined, false].flatMap(said), []);
  });
  it("[MR-16] fails one that makes it", () => {
    assert.deepEqual(said(true), [`Release shop/web: createNamespace must be ${unlabelled}, got true; ${fix}`]);
    assert.equal(said("false").length, 1, "a text is no answer");
  });
  it("cannot evaluate one that may make it", () => {
    assert.deepEqual(said(UNKNOWN), [
      `Release shop/web: createNamespace cannot be evaluated, got a value unknown until deployment; ${fix}`,
    ]);
  });
});
