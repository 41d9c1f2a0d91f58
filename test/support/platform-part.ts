import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { publishPrograms } from "../../cluster/local/images";
import { runHelm } from "../../cluster/run-helm";
import { readValues } from "../../operations/validation/check-targets";
import type { JsonObject, Verdict } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { policySettings } from "../../policy/settings/settings-schema";
import { ensureToolchain } from "../../process/toolchain/ensure";
import { useHelm } from "../policy/support/helm";
import { cluster, instance, type KubeObject, kubectl } from "./e2e-cluster";
import { goModule, layOut, type RealChart, realCharts } from "./real-charts";
import { root } from "./tree";

const examples = join(root, "charts/examples/platform");

/** `tag` has the digest in it, as the charts know no digests. */
export type PartImage = Readonly<Record<"repository" | "tag", string>>;

/** A controller of someone else's: built from its Go module, installed by its own chart with the values of charts/examples/platform. */
export interface PlatformPart {
  /** Release, namespace, and file of values. */
  readonly name: string;
  /** Toolchain group. */
  readonly tool: string;
  /** Names its one binary is started by, each with an image. @default the group's */
  readonly programs?: readonly [string, ...string[]];
  /** What its image is. */
  readonly description: string;
  /** Folder of its chart in its module. */
  readonly folder: string;
  /** Files of its module that define the kinds it needs, where the chart does not. @default none */
  readonly definitions?: readonly string[];
  /** Values that name the images, given in the order of the programs. */
  readonly image: (...images: readonly PartImage[]) => JsonObject;
  /** What it is for that the pack has to be told: rule → reason. */
  readonly exempt: Readonly<Record<string, string>>;
  /** Objects that a rule's exemption is for, where these are not its roles of the whole cluster. @default ClusterRole/* */
  readonly exemptObjects?: Readonly<Record<string, readonly string[]>>;
  /** Rules that the shipped values leave a finding of, none of them mandatory. @default none */
  readonly left?: readonly string[];
}

export const externalSecrets: PlatformPart = {
  name: "external-secrets",
  tool: "external-secrets",
  description: "Fills Secrets from stores.",
  folder: "deploy/charts/external-secrets",
  definitions: [
    "external-secrets.io_externalsecrets",
    "external-secrets.io_clustersecretstores",
    "external-secrets.io_secretstores",
    "generators.external-secrets.io_generatorstates",
  ].map((name) => `config/crds/bases/${name}.yaml`),
  image: (image) => ({ image: { ...image } }),
  exempt: {
    "rbac-secrets-access": "it writes the Secrets of every namespace: that is what it is for",
    "rbac-token-creation": "it acts as the service account that a store names",
  },
};

export const vpaRecommender: PlatformPart = {
  name: "vertical-pod-autoscaler",
  tool: "vpa-recommender",
  description: "Recommends requests.",
  folder: "charts/vertical-pod-autoscaler",
  // Tests do not wait for a minute, and leave nothing behind: the chart keeps its definitions otherwise.
  image: (image) => ({
    recommender: { image: { ...image }, extraArgs: ["--recommender-interval=10s"] },
    crds: { keep: false },
  }),
  exempt: { "rbac-wildcards": "it reads the scale of any kind of workload that a VPA may name" },
  left: ["writable-tmp"], // the chart has no place for a volume
};

export const certManager: PlatformPart = {
  name: "cert-manager",
  tool: "cert-manager",
  programs: ["cert-manager-controller", "cert-manager-webhook", "cert-manager-cainjector"],
  description: "Issues certificates.",
  folder: "deploy/charts/cert-manager",
  definitions: ["certificaterequests", "certificates", "clusterissuers", "issuers"].map(
    (kind) => `deploy/crds/cert-manager.io_${kind}.yaml`,
  ),
  image: (controller, webhook, injector) => ({
    image: { ...controller },
    webhook: { image: { ...webhook } },
    cainjector: { image: { ...injector } },
  }),
  exempt: {
    "admission-changes-objects": "it notes on a CertificateRequest who made it; no release has one",
    "rbac-api-extension": "the injector writes the CA of any webhook that converts, or API that is served elsewhere",
    "rbac-certificate-approval": "the chart lets issuers sign the API server's own requests as well",
    "rbac-pod-creation": "the chart has the roles of every issuer, also of ACME's, which answers from pods",
    "rbac-secrets-access": "it keeps the certificates of every namespace in Secrets: that is what it is for",
    "rbac-token-creation": "it makes Secrets, which is what asks for a token as well",
    "rbac-webhook-configuration": "the injector writes the CA of its own webhook, and of any that asks for it",
  },
  exemptObjects: {
    "admission-changes-objects": ["MutatingWebhookConfiguration/cert-manager-webhook"],
    "rbac-token-creation": ["ClusterRole/*", "Role/cert-manager-webhook:dynamic-serving"],
  },
};

export const platformParts: readonly PlatformPart[] = [externalSecrets, vpaRecommender, certManager];

const programsOf = ({ tool, programs = [tool] }: PlatformPart): readonly [string, ...string[]] => programs;

const settings = (part: PlatformPart) =>
  policySettings.parse({
    defaultDeny: [part.name],
    exemptions: Object.entries(part.exempt).flatMap(([rule, reason]) =>
      (part.exemptObjects?.[rule] ?? ["ClusterRole/*"]).map((object) => ({
        rule,
        object,
        reason,
        owner: "platform",
        expires: "2099-12-31",
      })),
    ),
  });

/** Puts a part onto the shared cluster and returns the pack's verdict on it as it was installed. Does only what is missing. */
export async function installPart(part: PlatformPart): Promise<Verdict> {
  useHelm();
  await cluster();
  await ensureToolchain(() => {}, [part.tool]);
  const references = await publishPrograms(instance, programsOf(part), part.description);
  const images = references.map((reference) => {
    const [, repository = "", digest] = /^(.+)@(.+)$/.exec(reference) ?? [];
    return { repository, tag: `local@${digest}` };
  });
  const scratch = mkdtempSync(join(tmpdir(), `${part.name}-`));
  try {
    const { chart, values, verdict } = await evaluated(part, images, scratch);
    for (const file of await definitions(part)) await kubectl(["apply", "--server-side", "-f", file]);
    await kubectl(
      ["apply", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items: namespaceOf(part.name) }),
    );
    await helm(
      ["upgrade", "--install", part.name, chart, "-n", part.name, "-f", "-", "--wait", "--timeout", "90s"],
      values,
    );
    return verdict;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The pack's verdict on a part with its shipped values and these images, and what it was given. `scratch`: folder for its chart. */
export async function evaluated(part: PlatformPart, images: readonly PartImage[], scratch: string) {
  const chart = await layOut(chartOf(part), scratch);
  const own = join(scratch, `${part.name}.image.json`);
  writeFileSync(own, JSON.stringify(part.image(...images)));
  const values = await readValues([join(examples, `${part.name}.yaml`), own]);
  const request = { chart, name: part.name, namespace: part.name, values, kubeVersion: "1.36" };
  const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
  const { verdict } = await evaluateChart(request, { ...context, now: new Date(), settings: settings(part) });
  return { chart, values, verdict };
}

/** Takes a part off the cluster, with its definitions and everything made by them. */
export async function removePart(part: PlatformPart): Promise<void> {
  useHelm();
  await removeObjects(part);
  await helm(["uninstall", part.name, "-n", part.name, "--ignore-not-found", "--wait", "--timeout", "90s"]);
  for (const file of await definitions(part)) await kubectl(["delete", "-f", file, "--ignore-not-found"]);
  await kubectl(["delete", "namespace", part.name, "--ignore-not-found", "--wait=false"]);
}

/** Deletes everything of the kinds it defines, while it still runs: its own finalizer on them is taken off by it alone. */
async function removeObjects({ definitions = [] }: PlatformPart): Promise<void> {
  const kinds = definitions.map((file) => file.replace(/^.*\/(.+)_(.+)\.yaml$/, "$2.$1"));
  const known = kinds.length > 0 ? await kubectl(["get", "crd", "--ignore-not-found", "-o", "name", ...kinds]) : "";
  for (const kind of kinds.filter((one) => known.includes(`/${one}\n`)))
    await kubectl(["delete", kind, "--all", "--all-namespaces", "--timeout=60s"]);
}

const chartOf = (part: PlatformPart): RealChart => realCharts.find(({ folder }) => folder === part.folder) as RealChart;

/** The namespace of a part in charts/examples/platform, and what is in it from the beginning. */
export function namespaceOf(name: string): KubeObject[] {
  const all = loadAll(readFileSync(join(examples, "namespaces.yaml"), "utf8")) as KubeObject[];
  const own = all.filter(({ metadata }) => [metadata.name, metadata.namespace].includes(name));
  assert.ok(own.length >= 3);
  return own;
}

/** Files that define the kinds a part needs. */
export async function definitions(part: PlatformPart): Promise<string[]> {
  const module = await goModule(chartOf(part).module, root);
  return (part.definitions ?? []).map((file) => join(module, file));
}

async function helm(args: readonly string[], values: JsonObject = {}): Promise<void> {
  const full = [...args, "--kubeconfig", instance.kubeconfig];
  const { code, stderr } = await runHelm(full, JSON.stringify(values), { timeoutMs: 120_000 });
  assert.equal(code, 0, stderr);
}
