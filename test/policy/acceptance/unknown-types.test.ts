import { strict as assert } from "node:assert";
import { policySettings } from "../../../policy/settings/settings-schema";
import { asked, settings, unknown } from "../support/ask";
import { labels, podSpec } from "../support/pod";

/** What the engine asks the pack about is evaluated, or said not to be: a type or a kind that it does not know is no way around it. */
describe("a resource of a type or kind the pack does not know", () => {
  const template = { metadata: { labels }, spec: podSpec({ hostPID: true }) };
  const metadata = { name: "web", namespace: "shop", labels };
  const run = { apiVersion: "batch.example.com/stable", kind: "BatchRunList", metadata, spec: { template } };
  const entry = { group: "batch.example.com", kind: "BatchRunList", path: "spec.template" };
  const rulesOf = async (type: string, inputs: object, podKinds: object[] = []) => {
    const found = await asked(type, inputs, { ...settings(), settings: policySettings.parse({ podKinds }) });
    return found.map(([rule]) => rule);
  };

  it("is evaluated where podKinds names it, whatever its version and its last word", async () => {
    for (const type of [
      "kubernetes:batch.example.com/stable:BatchRunList",
      "kubernetes:apiextensions.k8s.io:CustomResource",
    ])
      assert.deepEqual(await rulesOf(type, run, [entry]), ["host-namespaces"], type);
  });

  it("is told, with the entry to make, where podKinds does not name it", async () => {
    const found = await asked("kubernetes:batch.example.com/stable:BatchRunList", run);
    assert.deepEqual(
      found.map(([rule]) => rule),
      ["pod-in-custom-kind"],
    );
    assert.match(found[0]?.[1] ?? "", /group: batch\.example\.com, kind: BatchRunList, path: spec\.template/);
    assert.deepEqual(
      await rulesOf(run.apiVersion && "kubernetes:batch.example.com/stable:BatchRunList", { ...run, spec: unknown }),
      ["pod-in-custom-kind"],
    );
  });

  it("is told where podKinds leads nowhere in it", async () => {
    const nowhere = { ...entry, path: "spec.podTemplate" };
    assert.deepEqual(await rulesOf("kubernetes:batch.example.com/stable:BatchRunList", run, [nowhere]), [
      "pod-in-custom-kind",
      "pod-in-custom-kind",
    ]);
  });

  it("is refused where nothing says what it is", async () => {
    for (const [type, inputs] of [
      ["kubernetes:index/pod:Pod", { metadata: [{ name: "web" }], spec: [{ hostPid: true }] }],
      ["kubernetes:platform:Team", { namespace: "shop" }],
      ["kubernetes:core/v1:Pod", { kind: unknown, metadata, spec: template.spec }],
      ["kubernetes:apiextensions.k8s.io:CustomResource", { ...run, apiVersion: unknown }],
      ["kubernetes:helm.sh/v4:Chart", { chart: "web", values: { image: unknown } }],
    ] as const)
      assert.deepEqual(await rulesOf(type, inputs), ["release-renders"], type);
  });
});
