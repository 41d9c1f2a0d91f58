import { strict as assert } from "node:assert";
import { policiesOf } from "../../../policy/judge/pack";
import { rules } from "../../../policy/rules/rules";
import { asked, askedTogether, helmRelease, release, settings, unknown } from "../support/ask";
import { useHelm } from "../support/helm";
import { container, labels, podSpec } from "../support/pod";

const template = { metadata: { labels }, spec: podSpec({ containers: [container()] }) };
const deployment = (replicas = 1) =>
  [
    "kubernetes:apps/v1:Deployment",
    {
      metadata: { name: "web", namespace: "apps", labels },
      spec: { replicas, selector: { matchLabels: labels }, template },
    },
    "urn:deployment",
  ] as const;
const deny = [
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  { metadata: { name: "deny", namespace: "apps" }, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
  "urn:deny",
] as const;
const service = [
  "kubernetes:core/v1:Service",
  { metadata: { name: "lost", namespace: "apps" }, spec: { selector: { app: "nobody" } } },
  "urn:service",
] as const;
const rulesOf = (said: Awaited<ReturnType<typeof askedTogether>>) => said.map(([rule, , urn]) => [rule, urn]);

describe("pack, at the end of a stack", function () {
  this.timeout(60_000);
  before(useHelm);

  it("judges a release with what the program makes beside it, and names the resource", async () => {
    const web = [helmRelease, release("good"), "urn:release"] as const;
    const alone = await askedTogether([web, service]);
    assert.deepEqual(rulesOf(alone), [["service-selects-nothing", "urn:service"]]);
    assert.match(alone[0]?.[1] ?? "", /^Service apps\/lost: spec.selector must be one that selects pods/);
  });

  it("finds a default-deny that is no part of the release or workload", async () => {
    assert.deepEqual(rulesOf(await askedTogether([deployment()])), [["default-deny-present", "urn:deployment"]]);
    assert.deepEqual(rulesOf(await askedTogether([deployment(), deny])), []);
  });

  it("finds it missing beside a patch of something else too", async () => {
    const metadata = { name: "settings", namespace: "apps" };
    const patch = ["kubernetes:core/v1:ConfigMapPatch", { metadata, data: { a: "b" } }, "urn:patch"] as const;
    assert.deepEqual(rulesOf(await askedTogether([deployment(), patch])), [["default-deny-present", "urn:deployment"]]);
  });

  it("asks each rule in one place: none that looks across is asked of a resource", async () => {
    const [type, props] = deployment(3);
    const across = rules.filter((rule) => rule.across).map(({ id }) => id);
    assert.deepEqual(
      (await asked(type, props)).filter(([rule]) => across.includes(rule)),
      [],
    );
    const ofStack = policiesOf(settings).filter((policy) => "validateStack" in policy);
    assert.deepEqual(
      ofStack
        .map(({ name }) => name)
        .filter((name) => !/^(exemption-|release-renders)/.test(name))
        .toSorted(),
      across.toSorted(),
    );
  });

  it("says of nothing that it is missing where a resource was not seen or not known", async () => {
    assert.deepEqual(await askedTogether([deployment(), service], settings(), [deployment()]), []);
    const somewhere = [
      service[0],
      { metadata: { name: "lost", namespace: unknown }, spec: {} },
      "urn:somewhere",
    ] as const;
    assert.deepEqual(await askedTogether([deployment(), somewhere]), []);
  });

  it("asks a provider's cluster nothing when its settings are not known yet", async () => {
    const provider = {
      type: "pulumi:providers:kubernetes",
      props: { kubeconfig: unknown },
      urn: "urn:provider",
      name: "p",
    };
    assert.deepEqual(await asked(helmRelease, release("good"), settings(), provider), []);
  });
});
