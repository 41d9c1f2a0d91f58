import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { dump } from "js-yaml";
import { projectName, projectRoot } from "../../../config/project";
import { generateValues } from "../../../operations/floe/generate-values";
import { type Collected, collect } from "../../../operations/validation/collect";
import type { Finding } from "../../../policy/contract";
import { evaluateResource } from "../../../policy/evaluate/evaluate-resource";
import { packConfig } from "../../../policy/evaluate/pack-config";
import { isEvaluated } from "../../../policy/evaluate/resource-type";
import { wholeVerdicts } from "../../../policy/evaluate/together";
import type { Exemption } from "../../../policy/settings/settings-schema";
import { granted } from "../../charts/support/floe";

/** Whole stacks of floe as a user writes them, with values that the generator made, evaluated as strictly as their profile is. */

type Tree = Record<string, unknown>;

const registry = "registry.data.internal/floe";
const images = ["dagster", "dbt", "otel-collector", "postgres", "object-store", "marquez", "polaris"];
const repositories = [...images.map((name) => `${registry}/${name}`), "registry.example.com/floe/orders"];
const digestOf = (repository: string): string => `sha256:${createHash("sha256").update(repository).digest("hex")}`;

/** What a scanner says of an image without vulnerabilities. */
const scan = (repository: string): Tree => ({
  SchemaVersion: 2,
  ArtifactName: repository,
  ArtifactType: "container_image",
  CreatedAt: new Date().toISOString(),
  Metadata: { RepoDigests: [`${repository}@${digestOf(repository)}`] },
  Results: [{ Target: repository, Vulnerabilities: [] }],
});

export interface DeployedStack {
  readonly collected: Collected;
  readonly findings: readonly Finding[];
  /** Rules that were broken and granted. */
  readonly exempted: readonly string[];
  /** Pods the pack has looked into. */
  readonly pods: number;
}

export interface StackGiven {
  readonly environment: string;
  readonly profile: "dev" | "staging" | "prod";
  /** `hardened:floe` beside the environment, the images and the values. */
  readonly floe: Tree;
  /** `hardened:floeCredentials`, encrypted. */
  readonly credentials?: readonly string[];
  /** @default the one that floe cannot do without */
  readonly exemptions?: readonly Exemption[];
}

/** What a stack asks for, and what the pack says of it. */
export async function deployed(given: StackGiven): Promise<DeployedStack> {
  const root = mkdtempSync(join(tmpdir(), "floe-stack-"));
  try {
    const here = relative(projectRoot, root);
    mkdirSync(join(root, "scans"));
    for (const [index, one] of repositories.entries())
      writeFileSync(join(root, "scans", `${index}.json`), JSON.stringify(scan(one)));
    writeFileSync(
      join(root, "images.json"),
      JSON.stringify(Object.fromEntries(repositories.map((one) => [one, digestOf(one)]))),
    );
    for (const [chart, file] of [
      ["floe-platform", "platform.yaml"],
      ["floe-jobs", "jobs.yaml"],
    ] as const) {
      const artifact = join(projectRoot, "systems/floe/generator/sample/compiled_artifacts.json");
      const options = { artifact, env: given.environment, chart, values: [], set: [], allowConflict: [], timeout: 10 };
      writeFileSync(join(root, file), (await generateValues(options)).text);
    }
    const cluster = given.profile === "prod" ? "prod" : "nonprod";
    const config = {
      [`${projectName}:environment`]: given.profile,
      [`${projectName}:cluster`]: { name: cluster },
      [`${projectName}:clusters`]: { [cluster]: { context: cluster, uid: "3f1c2a5e-7b1d-4c53-9c1e-0d9a6a2f4b10" } },
      [`${projectName}:imageLock`]: `${here}/images.json`,
      [`${projectName}:policy`]: {
        exemptions: given.exemptions ?? granted,
        images: [
          {
            namespaces: [`floe-${given.environment}`],
            allow: ["registry.data.internal/**", "registry.example.com/**"],
          },
        ],
        scans: { folder: `${here}/scans` },
      },
      [`${projectName}:imageSignatures`]: { images: { "**": { unsigned: "images of a test, signed by nobody" } } },
      [`${projectName}:mailroom`]: { enabled: false },
      [`${projectName}:floe`]: {
        enabled: true,
        environment: given.environment,
        imageRegistry: registry,
        valuesFiles: [`${here}/platform.yaml`],
        jobsValuesFiles: [`${here}/jobs.yaml`],
        ...given.floe,
      },
      ...(given.credentials && {
        [`${projectName}:floeCredentials`]: Object.fromEntries(
          given.credentials.map((key) => [key, { secure: "AAABAExamplE=" }]),
        ),
      }),
    };
    writeFileSync(join(root, `Pulumi.${given.environment}.yaml`), dump({ config }));
    const collected = await collect(given.environment, root);
    const pack = { now: new Date(), ...packConfig(config, projectName, projectRoot) };
    const resources = collected.resources.filter(({ type }) => isEvaluated(type));
    const parts = await Promise.all(
      resources.map(({ type, inputs, name }) => evaluateResource(type, inputs, pack, name)),
    );
    const verdicts = wholeVerdicts(parts, pack);
    return {
      collected,
      findings: verdicts.flatMap(({ findings }) => findings),
      exempted: verdicts.flatMap(({ exempted = [] }) => exempted.map(({ finding }) => finding.rule)),
      pods: verdicts.reduce((sum, { pods }) => sum + pods, 0),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
