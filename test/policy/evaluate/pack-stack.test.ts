import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackValidationArgs } from "@pulumi/policy";
import { rules } from "../../../policy/evaluate/catalogue";
import { policiesOf } from "../../../policy/evaluate/pack";
import { ask, asked, askedTogether, helmRelease, release, settings, unknown } from "../support/ask";
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

  it("evaluates a release with what the program makes beside it, and names the resource", async () => {
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

  it("[MR-54] says so when a chart is another one than it was when it was evaluated, or gone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "changed-"));
    try {
      cpSync(join(__dirname, "../fixtures/charts/good"), join(folder, "charts/good"), { recursive: true });
      const config = { ...settings(), projectRoot: folder };
      const policies = policiesOf(() => config);
      const said = async (): Promise<string[]> => {
        const messages: string[] = [];
        const args = { resources: [{ type: helmRelease, urn: "urn:release" }] } as unknown as StackValidationArgs;
        for (const policy of policies)
          if ("validateStack" in policy && policy.enforcementLevel !== "disabled")
            await policy.validateStack(args, (message, urn) => messages.push(`${policy.name} ${urn} ${message}`));
        return messages;
      };
      assert.deepEqual(await ask(policies, helmRelease, release("good"), "urn:release"), []);
      assert.deepEqual(await said(), []);
      const template = join(folder, "charts/good/templates/deployment.yaml");
      const text = readFileSync(template, "utf8");
      const changed =
        /^release-renders urn:release Release apps\/web: chart cannot be evaluated, got files that changed after they were evaluated/;
      writeFileSync(template, `${text}# more\n`);
      assert.match((await said()).join("\n"), changed);
      writeFileSync(template, text);
      assert.deepEqual(await said(), []);
      rmSync(join(folder, "charts"), { recursive: true });
      assert.match((await said()).join("\n"), changed);
    } finally {
      rmSync(folder, { recursive: true });
    }
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
    assert.deepEqual(await askedTogether([deployment(), service], settings(), [deployment()]), [
      [
        "resources-unseen",
        "Stack (this): rules that look from one object to another cannot be evaluated, got 1 of 2 resources unseen; run the preview of the whole stack, without --target",
        undefined,
      ],
    ]);
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
