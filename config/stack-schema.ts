import { z } from "zod";
import { explainConfig } from "../policy/config/explain-config";
import { nearest } from "../policy/config/nearest";
import { profiles } from "../policy/evaluate/profiles";
import type { Profile } from "../policy/rules/rule";
import { defaultKubernetesVersion } from "../policy/settings/kubernetes-version";
import { policySettings } from "../policy/settings/settings-schema";
import { type SignatureSettings, signatureSettings } from "../policy/signatures/settings-schema";
import { credentialMistakes, type NeededCredential } from "./credential-mistakes";
import { type Delivery, deliveryMistakes, deliverySettings } from "./delivery-schema";
import { clusterOf, environmentMistakes, type StackCluster, type SystemEnvironment } from "./environments";
import { eachSealed } from "./sealed-value";

const contextName = z.string().min(1);
const clusterUid = z.uuid();

/** Keys every stack may set, under the project's name; a system adds one key of its own name (and its credentials). */
export const commonShape = {
  environment: z
    .enum(profiles)
    .describe(
      "Profile of the stack: dev relaxes image requirements, staging and prod require scans and signatures, prod protects its namespaces.",
    ),
  cluster: z
    .strictObject({
      context: contextName
        .optional()
        .describe("Name of the kubeconfig context of this stack; any other cluster is refused."),
      uid: clusterUid
        .optional()
        .describe(
          "UID of the cluster's kube-system namespace, to refuse another cluster behind the same context name.",
        ),
      name: z
        .string()
        .min(1)
        .optional()
        .describe("Name of a cluster in hardened:clusters, instead of context and uid."),
    })
    .superRefine(({ context, uid, name }, { addIssue }) => {
      const refuse = (path: string, message: string): void => addIssue({ code: "custom", path: [path], message });
      if (name === undefined && context === undefined) refuse("context", "missing, expected string");
      if (name !== undefined && (context ?? uid) !== undefined)
        refuse("name", "name and context both say which cluster it is: choose one");
    })
    .describe("The one cluster this stack may change."),
  clusters: z
    .record(
      z.string(),
      z.strictObject({
        context: contextName.describe("Name of the kubeconfig context."),
        uid: clusterUid.describe(
          "UID of its kube-system namespace: kubectl get namespace kube-system -o jsonpath={.metadata.uid}",
        ),
      }),
    )
    .optional()
    .describe("Clusters by name, for stacks that share them; hardened:cluster.name selects one and pins its uid."),
  delivery: deliverySettings,
  kubernetesVersion: z
    .string()
    .regex(/^1\.\d{1,2}$/, 'expected a Kubernetes minor version such as "1.36"')
    .default(defaultKubernetesVersion)
    .describe("Kubernetes version that charts are rendered and validated for if the cluster cannot be reached."),
  podSecurityVersion: z
    .string()
    .regex(/^(latest|v1\.\d{1,2})$/, 'expected "latest" or a version such as "v1.36"')
    .default("latest")
    .describe(
      "Version of the restricted Pod Security Standard that namespaces enforce; latest is that of the cluster, which audit and warn always follow.",
    ),
  imageLock: z
    .string()
    .optional()
    .describe(
      "JSON file that maps image repositories to sha256 digests, relative to the project; written by the local cluster.",
    ),
  policy: policySettings.optional().describe("Settings of the policy pack: allowed images, scan reports, exemptions."),
  imageSignatures: signatureSettings
    .optional()
    .describe("Image signature policy. Required in staging and prod; if omitted in dev, signatures are not verified."),
  slo: z
    .strictObject({
      target: z
        .number()
        .gt(0)
        .lt(100)
        .optional()
        .describe(
          "Percentage of requests that must succeed, such as 99.9; drills and load tests are evaluated against it.",
        ),
      maxBudgetPerDrill: z
        .number()
        .gt(0)
        .max(100)
        .optional()
        .describe(
          "Percentage of the error budget of its own requests that one drill may use; 100 means that the target is met during the drill.",
        ),
    })
    .optional()
    .describe("Service level objective for drills and load tests; a drill is refused without it."),
} satisfies z.ZodRawShape;

const common = z.object(commonShape);

/** A system's configuration with the environment's defaults, and environment-specific errors: lines that begin with the key path below the system's. */
export interface Resolved<T = unknown> {
  readonly value: T;
  readonly mistakes: readonly string[];
}

/** A system's part of the stack's configuration. */
export interface SystemSchema {
  /** The system's own environments, by the values of its key `environmentKey`. @default none: only the stack's */
  readonly environments?: Readonly<Record<string, SystemEnvironment>>;
  /** Key of its configuration that names one of them. @default "environment" */
  readonly environmentKey?: string;
  /** Type of `hardened:<name>`. */
  readonly config: z.ZodType;
  /** Type of `hardened:<name>Credentials`, a secret object; absent when the system takes none. */
  readonly credentials?: z.ZodType;
  /** Keys of the credentials that a configuration requires. @default all, when `credentials.from` is config */
  readonly neededCredentials?: (config: never) => readonly NeededCredential[];
  /** Applies environment-specific defaults and validation; the rest of the program uses its result. @default the value of `config` */
  readonly resolve?: (config: never, environment: Profile) => Resolved;
}

/** The whole configuration of a stack, checked. */
export interface StackConfig {
  readonly stack: string;
  readonly environment: Profile;
  readonly cluster: StackCluster;
  /** How the charts are installed. */
  readonly delivery: Delivery;
  readonly kubernetesVersion: string;
  readonly podSecurityVersion: string;
  readonly imageLock?: string | undefined;
  /** Image signature policy. */
  readonly imageSignatures?: SignatureSettings | undefined;
  /** Service level objective for drills; both in percent. */
  readonly slo?: { readonly target?: number | undefined; readonly maxBudgetPerDrill?: number | undefined } | undefined;
  /** Checked configuration per system, in the registry's order. */
  readonly systems: Readonly<Record<string, unknown>>;
  /** Credentials given in the stack's secret configuration; absent when none were. */
  readonly credentials: Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
}

/** The zod type of all keys, from the systems' own: also the source of the editors' JSON schema. */
export function stackShape(systems: Readonly<Record<string, SystemSchema>>): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = { ...commonShape };
  for (const [name, system] of Object.entries(systems)) {
    shape[name] = system.config;
    if (system.credentials) shape[`${name}Credentials`] = system.credentials.optional();
  }
  return shape;
}

/** Errors of a stack outside of dev without vulnerability reports or an image signature policy: without them the rules about both check nothing. */
function supplyChainMistakes(
  values: Readonly<Record<string, unknown>>,
  raw: Readonly<Record<string, unknown>>,
  project: string,
): string[] {
  const { environment, policy } = values as { environment?: Profile; policy?: { scans?: object } };
  if (environment === undefined || environment === "dev") return [];
  const lines: string[] = [];
  const isReadable = policy !== undefined || (raw.policy ?? undefined) === undefined;
  if (isReadable && policy?.scans === undefined)
    lines.push(
      `${project}:policy.scans: missing; ${environment} needs a vulnerability report of every image: name the folder of Trivy's or Grype's reports (docs/how-to/scan-images.md)`,
    );
  if ((raw.imageSignatures ?? undefined) === undefined)
    lines.push(
      `${project}:imageSignatures: missing; ${environment} needs to know who signs each image, or why nobody does (docs/how-to/require-signed-images.md)`,
    );
  return lines;
}

/** Result of checking a stack's raw configuration: either the whole of it or every mistake in it. */
export type CheckedStack = { readonly config: StackConfig } | { readonly mistakes: readonly string[] };

/**
 * Checks raw configuration, keys without the project's name, values as YAML or JSON gives them.
 * @param raw one entry per key present
 */
export function checkStack(
  stack: string,
  raw: Readonly<Record<string, unknown>>,
  systems: Readonly<Record<string, SystemSchema>>,
  project = "hardened",
): CheckedStack {
  const shape = stackShape(systems);
  const mistakes: string[] = [];
  for (const key of Object.keys(raw)) {
    if (key in shape) continue;
    const meant = nearest(key, Object.keys(shape));
    mistakes.push(
      `${project}:${key}: unknown key; ${meant ? `did you mean "${project}:${meant}"?` : `known keys: ${Object.keys(shape).join(", ")}`}`,
    );
  }
  const values: Record<string, unknown> = {};
  /** Configuration of the systems as given, before environment-specific defaults. */
  const given: Record<string, unknown> = {};
  const credentials = (name: string): unknown => {
    const { credentials: type, neededCredentials } = systems[name] ?? {};
    const needed = name in values ? neededCredentials?.(values[name] as never) : undefined;
    return (
      type &&
      eachSealed(
        raw[`${name}Credentials`],
        type,
        needed?.map(({ key }) => key),
      )
    );
  };
  for (const [key, schema] of Object.entries(shape)) {
    const [, ofSystem] = /^(.*)Credentials$/.exec(key) ?? [];
    const said = ofSystem === undefined ? raw[key] : credentials(ofSystem);
    const result = schema.safeParse(said ?? (key in systems ? {} : undefined));
    const resolve = systems[key]?.resolve;
    if (result.success) given[key] = result.data;
    if (result.success && resolve && values.environment !== undefined) {
      const resolved = resolve(result.data as never, values.environment as Profile);
      values[key] = resolved.value;
      mistakes.push(...resolved.mistakes.map((line) => `${project}:${key}.${line}`));
    } else if (result.success) values[key] = result.data;
    else if (!(key in raw) && !(key in systems))
      mistakes.push(`${project}:${key}: missing; ${schema.description ?? "set it in the stack file"}`);
    else mistakes.push(...explainConfig(result.error, schema, `${project}:${key}`));
  }
  mistakes.push(...supplyChainMistakes(values, raw, project));
  mistakes.push(...deliveryMistakes(values.delivery as Delivery | undefined, values.environment, project));
  const names = Object.keys(systems);
  for (const name of names) {
    const type = systems[name]?.credentials;
    const asked = { config: values[name], given: credentials(name), needed: systems[name]?.neededCredentials };
    if (type && name in values) mistakes.push(...credentialMistakes({ type, ...asked }, project, name));
  }
  const { cluster: said, clusters } = values as z.output<z.ZodObject<Pick<typeof commonShape, "cluster" | "clusters">>>;
  const isUnread = clusters === undefined && (raw.clusters ?? undefined) !== undefined;
  const cluster = said && !(said.name !== undefined && isUnread) ? clusterOf(said, clusters, project) : undefined;
  if (typeof cluster === "string") mistakes.push(cluster);
  else if (cluster !== undefined)
    for (const [name, system] of Object.entries(systems))
      if (name in values)
        mistakes.push(
          ...environmentMistakes(name, system, given[name], { environment: values.environment, cluster }, project),
        );
  if (mistakes.length > 0 || cluster === undefined || typeof cluster === "string") return { mistakes };
  return {
    config: {
      stack,
      ...(Object.fromEntries(Object.keys(commonShape).map((key) => [key, values[key]])) as z.output<typeof common>),
      cluster,
      systems: Object.fromEntries(names.map((name) => [name, values[name]])),
      credentials: Object.fromEntries(
        names.map((name) => [name, values[`${name}Credentials`] as Record<string, string> | undefined]),
      ),
    },
  };
}
