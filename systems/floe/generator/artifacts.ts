/** CompiledArtifacts: the output of a data product's compiler, and the generator's only input about it. Its JSON schema is published as
 *  docs/reference/compiled-artifacts.schema.json. Pure. */
import { z } from "zod";
import { configIssues } from "../../../policy/config/explain-config";
import { dnsLabel, imageShape, resources, text } from "../../schema";
import { command, envFromSecrets, environmentWith } from "../../workload-schema";
import { isCron } from "./cron";
import { jsonErrorIn } from "./json-error";
import { frozen, isMap, kindOf, pointer, treeMistakes } from "./tree";

/** Version of the format that is read. */
export const artifactsVersion = "1";
/** Maximum length of an artifact in characters; 10,000 jobs have about five million. */
export const largestArtifact = 64 * 1024 * 1024;

const { repository, tag, digest, pullPolicy, runAsUser, runAsGroup } = imageShape;
/** An image, by tag or digest. */
export const artifactImage = z.strictObject({
  repository,
  tag: tag.optional(),
  digest: digest.optional(),
  pullPolicy: pullPolicy.optional(),
  runAsUser: runAsUser.optional(),
  runAsGroup: runAsGroup.optional(),
});

/** Names of Secrets; never their content. */
export const secretRefs = envFromSecrets.describe(
  "Secrets whose keys become environment variables, by name: [{secretName}].",
);
export const environmentVariables = environmentWith("secretRefs").describe(
  "Environment variables without credentials.",
);

const plugin = (what: string, example: string) =>
  z
    .strictObject({
      type: dnsLabel("a plugin's type").describe(`Name of the plugin, such as ${example}.`),
      config: z.record(z.string(), z.unknown()).default({}).describe("Settings of the plugin, by its own type."),
    })
    .describe(what);

const schedule = z.string().refine(isCron, 'expected a cron schedule of five fields, such as "0 6 * * *"');

const job = z.strictObject({
  name: dnsLabel("a job's name", 52).describe("Name of the job, once."),
  command: command
    .min(1, 'expected a command of at least one word, such as ["dbt", "build"]')
    .describe("Command and its arguments, started without a shell."),
  args: command.optional().describe("Arguments of the command."),
  schedule: schedule.optional().describe("Cron schedule; without one the job runs when it is triggered."),
  image: artifactImage.optional().describe("Image of this job. Default: the compute plugin's."),
  resources: resources.optional().describe("Requests and limits. Default: the environment's preset."),
  env: environmentVariables.optional(),
  secretRefs: secretRefs.optional(),
  tags: z.record(z.string(), z.string()).optional().describe("Tags of the compiler; for reports."),
});

/** The format. Unknown keys are refused. */
export const compiledArtifacts = z.strictObject({
  $schema: z.string().optional().describe("Address of this schema, for editors."),
  version: z.literal(artifactsVersion).describe("Version of this format."),
  metadata: z
    .strictObject({
      name: dnsLabel("a product's name", 52).describe("Name of the data product."),
      productVersion: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/, 'expected a version such as "1.4.0"')
        .describe("Version of the data product."),
      generatedAt: z.iso
        .datetime({ offset: true, error: 'expected a time such as "2026-02-01T12:00:00Z"' })
        .optional()
        .describe("When it was compiled."),
      owner: text("a team or a person").max(256).optional().describe("Who answers for it."),
    })
    .describe("What was compiled."),
  plugins: z
    .strictObject({
      orchestrator: plugin("Runs the jobs.", "dagster"),
      catalog: plugin("Knows the tables.", "polaris"),
      compute: plugin("Does the work of a job.", "dbt"),
      observability: plugin("Takes traces and metrics.", "otel").default({ type: "otel", config: {} }),
    })
    .describe("Plugins the compiler has resolved."),
  jobs: z
    .array(job)
    .superRefine((jobs, context) => {
      const first = new Map<string, number>();
      for (const [index, { name }] of jobs.entries()) {
        const before = first.get(name);
        if (before === undefined) first.set(name, index);
        else context.addIssue({ code: "custom", path: [index, "name"], message: `the same name as entry [${before}]` });
      }
    })
    .default([])
    .describe("Jobs of the data product."),
  lineage: z
    .strictObject({ required: z.boolean().describe("Whether the product must not run without lineage.") })
    .default({ required: false })
    .describe("Lineage events."),
  observability: z
    .strictObject({
      attributes: z
        .record(z.string().regex(/^[a-z][a-z0-9._-]{0,62}$/, "expected an attribute's name"), z.string().max(256))
        .default({})
        .describe("Attributes of the jobs' traces, besides product, version and environment."),
    })
    .default({ attributes: {} })
    .describe("What traces say of their origin."),
  secretRefs: secretRefs.default([]).describe("Secrets of every job, by name: [{secretName}]."),
});

export type CompiledArtifacts = z.output<typeof compiledArtifacts>;
export type ArtifactJob = CompiledArtifacts["jobs"][number];

/** Issues of a type as lines that begin with a JSON pointer. */
export const issueLines = (error: z.ZodError, type: z.ZodType, above: readonly PropertyKey[] = []): string[] =>
  configIssues(error, type).map(({ path, message }) => `${pointer([...above, ...path]) || "/"}: ${message}`);

/** Parses an artifact's text: the artifact, or all its errors. Messages contain no values. */
export function readArtifacts(
  json: string,
): { readonly artifacts: CompiledArtifacts } | { readonly mistakes: readonly string[] } {
  if (json.length > largestArtifact)
    return { mistakes: [`${json.length} characters; an artifact has at most ${largestArtifact}`] };
  let tree: unknown;
  try {
    tree = JSON.parse(json);
  } catch {
    const { line, column, expected } = jsonErrorIn(json) ?? { line: 1, column: 1, expected: "JSON" };
    return { mistakes: [`line ${line}, column ${column}: not JSON: expected ${expected}`] };
  }
  const hostile = treeMistakes(tree);
  if (hostile.length > 0) return { mistakes: hostile };
  if (!isMap(tree)) return { mistakes: [`/: expected an object, got ${kindOf(tree)}`] };
  if (tree.version !== artifactsVersion) {
    const got = typeof tree.version === "string" ? JSON.stringify(tree.version.slice(0, 20)) : kindOf(tree.version);
    return { mistakes: [`/version: expected "${artifactsVersion}", the version this generator reads, got ${got}`] };
  }
  const parsed = compiledArtifacts.safeParse(tree);
  if (!parsed.success) return { mistakes: issueLines(parsed.error, compiledArtifacts) };
  return { artifacts: frozen(parsed.data) };
}
