import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { JsonObject } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { charts, helm } from "./support/helm";
import { environments } from "./support/trevor";

type Profile = "dev" | "staging" | "prod";

/** What the policy pack finds in the chart with some values, and in how many pods it looked. */
async function found(values: object, profile: Profile): Promise<{ rules: string[]; pods: number }> {
  const request = { chart: join(charts, "trevor"), name: "trevor", namespace: "trevor", values: values as JsonObject };
  const context = { profile, podSecurity: { level: "restricted", version: "latest" } } as const;
  const { verdict } = await evaluateChart({ ...request, kubeVersion: "1.36" }, context);
  assert.deepEqual(
    verdict.declared?.flatMap((one) => ("chart" in one ? [one.chart] : [])),
    ["trevor"],
    "its notes look for Deployments, by a reason it declares",
  );
  return { rules: verdict.findings.map(({ rule, object }) => `${rule} ${object.name}`).sort(), pods: verdict.pods };
}

/** Images named by a tag, which dev is told of and the others refuse. */
const byTag = (...names: string[]): string[] => names.map((name) => `image-digest ${name}`);

/** Each environment, the profile it is evaluated by, its pods, and what the namespace has to add. */
const cases: [keyof typeof environments, Profile, pods: number, missing: string[]][] = [
  [
    "dev",
    "dev",
    2,
    [
      "default-deny-present trevor",
      "default-deny-present trevor-worker",
      ...byTag("trevor", "trevor", "trevor-worker"), // API, its init container, worker
    ],
  ],
  ["test", "dev", 3, byTag("trevor", "trevor-migrate", "trevor-worker")],
  ["staging", "staging", 3, []],
  ["prod", "prod", 3, []],
];

describe("charts/trevor: in every environment", () => {
  for (const [name, profile, pods, missing] of cases) {
    it(`${name}: the policy pack finds ${missing.length === 0 ? "nothing" : "only what is the namespace's or the image's"}`, async () => {
      assert.deepEqual(await found(environments[name], profile), { rules: missing, pods });
    });

    it(`[TR-33] ${name}: lint finds nothing`, async () => {
      const { code, stdout } = await helm(["lint", "--strict", join(charts, "trevor"), "-f", "-"], environments[name]);
      assert.equal(code, 0, stdout);
      assert.match(stdout, /1 chart\(s\) linted, 0 chart\(s\) failed/);
      assert.doesNotMatch(stdout, /\[WARNING\]|\[ERROR\]/);
    });
  }

  const { prod } = environments;
  const taken: [what: string, values: object, rules: string[]][] = [
    [
      "the digest",
      { image: { digest: "" } },
      ["image-digest trevor", "image-digest trevor-migrate", "image-digest trevor-worker"],
    ],
    [
      "the spread",
      { spread: { zone: "off", host: "off" } },
      ["topology-spread trevor", "topology-spread trevor-worker"],
    ],
    ["the second pod", { autoscaling: { ...prod.autoscaling, minReplicas: 1 } }, ["autoscaler-bounds trevor"]],
    ["the certificate", { ingress: { ...prod.ingress, tls: [] } }, ["ingress-tls trevor"]],
    [
      "the policies",
      { networkPolicy: { enabled: false } },
      ["default-deny-present trevor", "default-deny-present trevor-migrate", "default-deny-present trevor-worker"],
    ],
  ];
  for (const [what, values, rules] of taken)
    it(`prod without ${what}: the pack says so`, async () =>
      assert.deepEqual((await found({ ...prod, ...values }, "prod")).rules, rules));
});
