import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { projectRoot } from "../../config/project";
import { unseenFinding } from "../../policy/checks/resources-unseen";
import type { Finding, JsonObject, Level, Manifest } from "../../policy/contract";
import { saidOf } from "../../policy/evaluate/catalogue";
import { evaluate } from "../../policy/evaluate/evaluate";
import { refusedRelease } from "../../policy/evaluate/evaluate-release";
import { exemptionShown } from "../../policy/evaluate/exemptions";
import { defaultKubernetesVersion } from "../../policy/settings/kubernetes-version";
import { policySettings } from "../../policy/settings/settings-schema";

/** Objects that together violate every rule about objects. */
const broken = (): Manifest[] =>
  loadAll(readFileSync(join(__dirname, "explain-example.yaml"), "utf8")).map((object) => ({
    object: object as JsonObject,
  }));

/** Settings that the example violates: with them every rule reports a finding. */
const exemption = { rule: "image-digest", owner: "platform team", reason: "the vendor publishes no digest" };
const settings = policySettings.parse({
  images: [{ allow: ["registry.example/shop/*"] }],
  scans: { folder: "scan-reports" },
  exemptions: [
    { ...exemption, object: "Pod/exempt", expires: "2027-06-30" },
    { ...exemption, object: "Pod/unreadable", expires: "2026-12-31" },
    { ...exemption, object: "Service/web", expires: "2027-06-30" },
  ],
});
const signatures = new Map([
  ["registry.example/shop/web:latest", { outcome: "refused", reason: "has no signature", offline: "fail" } as const],
  [
    "registry.example/shop/log:1.4",
    { outcome: "undetermined", reason: "the registry cannot be reached", offline: "warn" } as const,
  ],
]);

const release = { apiVersion: "helm.sh/v3", kind: "Release", name: "web", namespace: "shop" };
const queries = [{ object: release, file: "web/templates/secret.yaml", line: 3 }];
const slips = [
  { kind: "hidden-line-break" as const, what: "U+2028", object: release, file: "web/values.yaml", line: 12 },
  { kind: "duplicate-key" as const, what: "replicas", object: release, file: "web/values.yaml", line: 20 },
];

/** Findings of the pack at a level. A baseline check that is replaced by a restricted one reports only at baseline. */
function findingsAt(level: Level): readonly Finding[] {
  const podSecurity = { level, version: "latest" };
  const context = {
    profile: "prod" as const,
    namespace: "shop",
    kubeVersion: defaultKubernetesVersion,
    now: new Date("2027-01-31"),
  };
  const { findings, exempted = [] } = evaluate(broken(), {
    ...context,
    podSecurity,
    settings,
    signatures,
    queries,
    slips,
  });
  return [...findings, ...exempted.map(exemptionShown)];
}

/** A release that cannot be evaluated: its chart is in a repository. */
function unjudgeable(): readonly Finding[] {
  const podSecurity = { level: "restricted" as const, version: "latest" };
  const inputs = { name: "web", namespace: "shop", chart: "oci://registry.example/charts/web", version: "1.2.3" };
  const config = {
    profile: "prod" as const,
    podSecurity,
    kubeVersion: defaultKubernetesVersion,
    projectRoot,
    mistakes: [],
  };
  return refusedRelease(inputs, config)?.findings ?? [];
}

/** The exact message of each rule, by its id: the pack's finding about an object that violates it. */
export function examples(): ReadonlyMap<string, string> {
  const found = [...findingsAt("restricted"), ...findingsAt("baseline"), ...unjudgeable(), unseenFinding(3, 12)];
  return new Map(found.toReversed().map((finding) => [finding.rule, saidOf(finding)]));
}
