import { strict as assert } from "node:assert";
import type { Manifest } from "../../../policy/contract";
import { rules } from "../../../policy/evaluate/catalogue";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { evaluateTogether, type Part, wholeVerdicts } from "../../../policy/evaluate/together";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { policySettings } from "../../../policy/settings/settings-schema";
import { component, hpa, object, workload } from "../support/objects";
import { prod as withDefaultDeny } from "../support/pod";

const prod = { ...withDefaultDeny, settings: policySettings.parse({}) };

const part = (manifests: Manifest[], namespace = "apps", rest: Partial<Part> = {}): Part => ({
  verdict: evaluate(manifests, { ...prod, namespace, only: "alone", allowEmpty: true }),
  manifests,
  namespace,
  ...rest,
});
const said = (parts: Part[], context = {}) =>
  evaluateTogether(parts, { ...prod, ...context }).map(({ findings }) => findings.map(({ rule }) => rule));
const web = workload("web");
const service = object("v1", "Service", { selector: component("web") });
const deny = object(
  "networking.k8s.io/v1",
  "NetworkPolicy",
  { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  "deny",
  "apps",
);
const budget = (name: string) =>
  object("policy/v1", "PodDisruptionBudget", { maxUnavailable: 1, selector: { matchLabels: component(name) } }, name);

describe("parts evaluated together", () => {
  it("find in one part what another needs: a default-deny of the program, a Service of another file", () => {
    assert.deepEqual(said([part([web]), part([service])]), [["default-deny-present"], []]);
    assert.deepEqual(said([part([web]), part([service]), part([deny], "elsewhere")]), [[], [], []]);
  });

  it("name the part whose object breaks the rule", () => {
    const lost = object("v1", "Service", { selector: component("other") }, "lost");
    assert.deepEqual(said([part([web, deny]), part([lost])]), [[], ["service-selects-nothing"]]);
  });

  it("keep namespaces apart", () => {
    const job = object("batch/v1", "Job", { template: { spec: {} } }, "other");
    const settings = policySettings.parse({ defaultDeny: ["other"] });
    assert.deepEqual(said([part([web, deny]), part([service, job], "other")], { settings }), [
      [],
      ["service-selects-nothing"],
    ]);
    assert.deepEqual(said([part([web, deny]), part([service], "other")]), [[], []], "its pods come from elsewhere");
  });

  it("[COS-05] see a budget for the pods of another part, and miss one", () => {
    const replicated = workload("web", { replicas: 2 });
    const of = (...more: Part[]) =>
      said([part([replicated, deny]), ...more])[0]?.filter((rule) => rule !== "topology-spread");
    assert.deepEqual(of(part([budget("web")])), []);
    assert.deepEqual(
      of(
        part([budget("web")]),
        part([{ ...budget("web"), object: { ...budget("web").object, metadata: { name: "second" } } }]),
      ),
      ["disruption-budget"],
    );
    assert.deepEqual(of(), ["disruption-budget"]);
  });

  it("[COS-23] see autoscalers of two parts fight", () => {
    const vpa = object("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", {
      targetRef: { kind: "Deployment", name: "web" },
    });
    const metrics = [{ type: "Resource", resource: { name: "cpu" } }];
    const scaler = hpa("web", { minReplicas: 1, maxReplicas: 2, metrics });
    assert.deepEqual(said([part([web, deny]), part([scaler]), part([vpa])]), [[], [], ["autoscaler-conflict"]]);
  });

  it("say of nothing that it is missing where not everything can be seen", () => {
    const lost = object("v1", "Service", { selector: component("other") }, "lost");
    assert.deepEqual(said([part([web, lost]), part([], "apps", { incomplete: true, verdict: noVerdict })]), [[], []]);
    const nowhere = { object: { ...lost.object, metadata: { name: "lost", namespace: UNKNOWN as unknown as string } } };
    assert.deepEqual(said([part([web, nowhere])]), [[]]);
  });

  it("ask no rule twice: alone and together make the verdict on the whole", () => {
    const objects = [workload("web", { replicas: 2 }), service, budget("other")];
    const [whole] = wholeVerdicts([part(objects)], prod);
    const expected = evaluate(objects, prod);
    const sorted = (findings: typeof expected.findings) => findings.map((one) => JSON.stringify(one)).toSorted();
    assert.deepEqual(sorted(whole?.findings ?? []), sorted(expected.findings));
    assert.ok(expected.findings.some(({ rule }) => rules.find(({ id }) => id === rule)?.across));
  });

  it("hold exemptions to account once, in the pass that asks their rule", () => {
    const exemption = {
      object: "Deployment/web",
      reason: "a reason of some length",
      owner: "team",
      expires: "2020-01-01",
    };
    const settings = policySettings.parse({
      exemptions: ["default-deny-present", "image-digest"].map((rule) => ({ ...exemption, rule })),
    });
    const context = { ...prod, settings, now: new Date("2026-01-01") };
    const alone = evaluate([web], { ...context, only: "alone" }).findings;
    const together = evaluate([web], { ...context, only: "together" }).findings;
    const expired = (findings: typeof alone) =>
      findings.filter(({ rule }) => rule === "exemption-expired").map(({ field }) => field);
    assert.deepEqual(expired(alone), ["policy.exemptions[1].expires"]);
    assert.deepEqual(expired(together), ["policy.exemptions[0].expires"]);
  });

  it("give the lines of each part", () => {
    const lineOf = (manifest: Manifest) => (manifest === web ? 7 : 1);
    const [verdict] = evaluateTogether([part([web], "apps", { lineOf }), part([service])], prod);
    assert.deepEqual(
      verdict?.findings.map(({ line }) => line),
      [7],
    );
  });
});

const noVerdict = { findings: [], objects: 0, pods: 0 };
