import * as pulumi from "@pulumi/pulumi";
import { projectName, projectRoot } from "../../config/project";
import { sealedValue } from "../../config/sealed-value";
import type { StackConfig } from "../../config/stack-schema";
import { checkStackFile, readStackFile } from "../stack/stack-file";
import { type Registration, shown, watchRegistrations } from "./registration";

/** A resource that the program registered, with its inputs as the engine would receive them. */
export interface Registered {
  /** Pulumi type, e.g. `kubernetes:helm.sh/v3:Release`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Registrations of a stack's program, in their order. */
export interface Collected {
  readonly config: StackConfig;
  readonly resources: readonly Registered[];
  /** The same resources, and components, as registration requests with every option. */
  readonly registrations: readonly Registration[];
  /** The stack's outputs, secrets masked. */
  readonly outputs: unknown;
}

/** Placeholder for the random suffix of an autonamed object: the same in every run, so that goldens are stable. */
export const autonameEnd = "autonamed";

/** A configuration value as Pulumi passes it: text, objects as JSON. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Replaces encrypted values by placeholders: charts never contain them, only Secrets do. */
function opened(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  if ("secure" in value && Object.keys(value).length === 1) return sealedValue;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}

/** The same without Pulumi's wrapper of secret values: what the API server receives. */
function unmarked(value: unknown): unknown {
  if (pulumi.runtime.isRpcSecret(value)) return unmarked(pulumi.runtime.unwrapRpcSecret(value));
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unmarked);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unmarked(inner)]));
}

function withName(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (!type.startsWith("kubernetes:") || type === "kubernetes:helm.sh/v3:Release") return inputs;
  const metadata = (inputs.metadata ?? {}) as Record<string, unknown>;
  return { ...inputs, metadata: { ...metadata, name: metadata.name ?? `${name}-${autonameEnd}` } };
}

/**
 * Runs a stack's program without engine and cluster and returns its registrations in their order: for rendering and
 * evaluation without either. One stack at a time in a process.
 * @param root folder of the stack's file
 */
export async function collect(stack: string, root = projectRoot): Promise<Collected> {
  const config = checkStackFile(stack, root);
  const settings = Object.entries(readStackFile(stack, root).document.config ?? {});
  const resources: Registered[] = [];
  const registrations: Registration[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const named = withName(type, name, unmarked(inputs) as Record<string, unknown>);
        resources.push({ type, name, inputs: named });
        return { id: name, state: { ...named, status: { status: "previewed", revision: 0 }, result: "(generated)" } };
      },
      call: () => ({}),
    },
    projectName,
    stack,
    true,
  );
  watchRegistrations((one) => void registrations.push(one));
  const secretKeys = settings.map(([key]) => key).filter((key) => key.endsWith("Credentials"));
  setConfig(Object.fromEntries(settings.map(([key, value]) => [key, asText(opened(value))])), secretKeys);
  const before = { kubeconfig: process.env.KUBECONFIG, folder: process.cwd() };
  // The program connects to the cluster where it can; here it must not.
  process.env.KUBECONFIG = "/nonexistent";
  process.chdir(projectRoot);
  try {
    const { default: program } = await import("../../index");
    const outputs = shown(await pulumi.runtime.serializeProperties("outputs", await program()));
    await pulumi.runtime.disconnect();
    return { config, resources, registrations, outputs };
  } finally {
    if (before.kubeconfig === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = before.kubeconfig;
    process.chdir(before.folder);
  }
}

/** The SDK has it, its types do not say that it takes the keys of secrets. */
const setConfig = pulumi.runtime.setAllConfig as (values: Record<string, string>, secretKeys?: string[]) => void;
