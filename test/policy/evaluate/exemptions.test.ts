import { strict as assert } from "node:assert";
import type { Finding, JsonObject, Manifest } from "../../../policy/contract";
import { blocking, type EvaluationContext, evaluate } from "../../../policy/evaluate/evaluate";
import { unusedInRun } from "../../../policy/evaluate/exemptions";
import { complaintOf, messageOf } from "../../../policy/message";
import type { RuleContext } from "../../../policy/rules/rule";
import { type Exemption, policySettings } from "../../../policy/settings/settings-schema";
import { container, deployment, manifest, podSpec, prod } from "../support/pod";

const base: Exemption = {
  rule: "image-digest",
  object: "Deployment/web",
  reason: "the vendor publishes no digests",
  owner: "platform",
  expires: "2027-01-31",
};
const exempting = (...exemptions: Partial<Exemption>[]): RuleContext => ({
  ...prod,
  settings: policySettings.parse({ defaultDeny: ["apps"], exemptions: exemptions.map((one) => ({ ...base, ...one })) }),
});
const bad = deployment(
  podSpec({ containers: [container({ image: "web:1" }), container({ name: "proxy", image: "ghcr.io/x/proxy:1" })] }),
);
const verdict = (context: EvaluationContext, objects: readonly Manifest[] = [bad]) => {
  const { findings, exempted = [] } = evaluate(objects, context);
  return {
    kept: findings.map(({ rule, containers }) => [rule, ...containers].join(" ")),
    exempted: exempted.map(({ finding }) => finding.containers.join()),
  };
};
const both = { kept: [], exempted: ["web", "proxy"] };
const none = { kept: ["image-digest web", "image-digest proxy"], exempted: [] };

describe("exemptions", () => {
  it("[ZN-79] take findings of one rule at one object out, and keep them with reason, owner and last day", () => {
    const { findings, exempted } = evaluate([bad], exempting({ container: "proxy" }));
    assert.deepEqual(
      findings.map(({ containers }) => containers),
      [["web"]],
    );
    assert.equal(exempted?.length, 1);
    assert.deepEqual(exempted[0]?.exemption, {
      index: 0,
      reason: base.reason,
      owner: "platform",
      expires: "2027-01-31",
    });
    assert.match(complaintOf(exempted[0].finding), /^container "proxy": image must be pinned/);
  });

  for (const [title, exemption, expected] of [
    ["for the whole object", {}, both],
    ["for objects by pattern", { object: "*/w*" }, both],
    ["for another object: not", { object: "Deployment/api" }, none],
    ["for another kind: not", { object: "StatefulSet/web" }, none],
    ["for another rule: not", { rule: "privileged", object: "*/*" }, none],
    ["for the namespace", { namespace: "ap*" }, both],
    ["for another namespace: not", { namespace: "other" }, none],
    ["for one container", { container: "p*" }, { kept: ["image-digest web"], exempted: ["proxy"] }],
    ["for one image", { image: "ghcr.io/x/*" }, { kept: ["image-digest web"], exempted: ["proxy"] }],
    ["for an image by its short name", { image: "web" }, { kept: ["image-digest proxy"], exempted: ["web"] }],
    ["for an image nobody uses: not", { object: "Deployment/*", image: "nginx" }, none],
  ] as const)
    it(`hold ${title}`, () => assert.deepEqual(verdict(exempting(exemption)), expected));

  it("hold for the image of a volume as for a container's, and for nothing else of the pod", () => {
    const volumes: JsonObject[] = [
      { name: "model", image: { reference: "ghcr.io/x/model:1" } },
      { name: "b", hostPath: {} },
    ];
    const pod = deployment(podSpec({ hostPID: true, volumes }));
    const kept = (image: string, rule = base.rule): string[] =>
      verdict(exempting({ rule, image, object: "*/*" }), [pod]).kept.filter((one) => one === rule);
    assert.deepEqual(kept("ghcr.io/x/*"), []);
    assert.deepEqual(kept("ghcr.io/y/*"), ["image-digest"]);
    assert.deepEqual(verdict(exempting({ container: "*", image: "**" }), [pod]).kept.includes("image-digest"), true);
    assert.deepEqual(kept("**", "host-namespaces"), ["host-namespaces"]);
    assert.deepEqual(kept("**", "host-access"), ["host-access"]);
  });

  it("for an image hold for no container of the same name with another one: in another template, list or object", () => {
    const spec = (image: string) => podSpec({ containers: [container({ image })] });
    const templates = ["web:1", "evil.example/x:1"].map((image) => ({ template: { spec: spec(image) } }));
    const job = manifest("batch.example.com/v1", "Job", { spec: { steps: templates } });
    const podKinds = [{ group: "batch.example.com", kind: "Job", path: "spec.steps.*.template" }];
    const given = exempting({ image: "web", object: "*/*" });
    const settings = policySettings.parse({ ...given.settings, podKinds });
    const split = (objects: readonly Manifest[]) => {
      const { findings, exempted = [] } = evaluate(objects, { ...given, settings });
      const fields = (all: readonly Finding[]) =>
        all.filter(({ rule }) => rule === base.rule).map(({ field, got }) => `${field} ${got.split(" ")[0]}`);
      return [fields(findings), fields(exempted.map(({ finding }) => finding))];
    };
    const at = (step: number, image: string) => `spec.steps[${step}].template.spec.containers[0].image "${image}"`;
    assert.deepEqual(split([job]), [[at(1, "evil.example/x:1")], [at(0, "web:1")]]);

    const hooked = [deployment(spec("web:1"))];
    const hook = { ...deployment(spec("evil.example/x:1")), hook: "test" };
    const field = "spec.template.spec.containers[0].image";
    assert.deepEqual(split(hooked), [[], [`${field} "web:1"`]]);
    assert.deepEqual(split([...hooked, hook]), [[`${field} "web:1"`, `${field} "evil.example/x:1"`], []]);
  });

  it("for an image hold where the field is the pod's, for every container of the name in it", () => {
    const spec = (image: string) =>
      podSpec({ securityContext: { runAsUser: 0 }, containers: [{ ...container({ image }), securityContext: {} }] });
    const kept = (image: string) => {
      const context = exempting({ rule: "run-as-user-numeric", image: "web", object: "*/*" });
      return evaluate([deployment(spec(image))], context).findings.filter(({ rule }) => rule === "run-as-user-numeric");
    };
    const [finding] = kept("evil.example/x:1");
    assert.equal(finding?.field, "spec.template.spec.securityContext.runAsUser");
    assert.deepEqual(finding?.containers, ["web"]);
    assert.deepEqual(kept("web:1"), []);
  });

  it("a container's exemption is not for the pod", () => {
    const pod = deployment(podSpec({ hostPID: true }));
    assert.deepEqual(verdict(exempting({ rule: "host-namespaces", object: "*/*", container: "*" }), [pod]).kept, [
      "host-namespaces",
    ]);
  });

  it("past their day exempt nothing, and are a violation themselves", () => {
    const context = { ...exempting({ expires: "2027-01-30" }) };
    const found = evaluate([bad], context);
    assert.deepEqual(
      blocking(found, "prod").map(({ rule }) => rule),
      ["image-digest", "image-digest", "exemption-expired"],
    );
    assert.equal(
      messageOf(found.findings[2] as never),
      "Deployment apps/web: policy.exemptions[0].expires must be today or later, got 2027-01-30 (an exemption from image-digest); remove the exemption from policy.exemptions, or look at its reason again and give it a new day",
    );
  });

  it("have all expired when nobody tells the time", () => {
    const { now: _, ...timeless } = exempting({});
    assert.deepEqual(verdict(timeless).kept, ["image-digest web", "image-digest proxy", "exemption-expired"]);
  });

  it("an expired one beside a valid one for the same finding is a violation alone", () => {
    assert.deepEqual(verdict(exempting({ expires: "2026-01-01" }, {})), {
      kept: ["exemption-expired"],
      exempted: ["web", "proxy"],
    });
  });

  it("that are not needed are shown, and stop nothing", () => {
    const found = evaluate([deployment()], exempting({}));
    assert.deepEqual(found.findings.map(complaintOf), [
      "policy.exemptions[0] must be needed, got one from image-digest, which is not broken there",
    ]);
    assert.deepEqual(blocking(found, "prod"), []);
  });

  it("for rules that are not asked here, and by pattern, may be needed elsewhere", () => {
    assert.deepEqual(verdict({ ...exempting({}), only: "pod-security" }, [deployment()]).kept, []);
    assert.deepEqual(verdict(exempting({ object: "Deployment/*" }), [deployment()]).kept, []);
  });

  it("that exempted nothing in a whole run can be listed", () => {
    const context = exempting({}, { object: "Job/*" }, { object: "Deployment/web", rule: "privileged" });
    const verdicts = [evaluate([deployment()], context), evaluate([bad], context)];
    assert.deepEqual(unusedInRun(context, verdicts, "prod").map(messageOf), [
      "Stack prod: policy.exemptions[1] must be needed, got one from image-digest, which nothing it is for breaks; remove the exemption from policy.exemptions",
    ]);
  });
});
