import * as pulumi from "@pulumi/pulumi";
import { projectName, projectRoot } from "../../config/project";
import { sealedValue } from "../../config/sealed-value";
import type { StackConfig } from "../../config/stack-schema";
import { checkStackFile, readStackFile } from "../stack/stack-file";
import { type Registration, shown, watchRegistrations } from "./registration";

/** A resource the program asked for, with its inputs as the engine would get them. */
export interface Registered {
  /** Pulumi type, e.g. `kubernetes:helm.sh/v3:Release`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What a stack's program asks for, in the order it asks. */
export interface Collected {
  readonly config: StackConfig;
  readonly resources: readonly Registered[];
  /** The same resources, and components, as the engine is asked for them: with every option. */
  readonly registrations: readonly Registration[];
  /** The stack's outputs, secrets masked. */
  readonly outputs: unknown;
}

/** Text that stands for the random end of an autonamed object's name: the same in every run, so that goldens compare. */
export const autonameEnd = "autonamed";

/** What Pulumi calls a value's text: objects as JSON. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Puts a word where an encrypted value stands: a chart never sees it, only the Secret does. */
function opened(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  if ("secure" in value && Object.keys(value).length === 1) return sealedValue;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}

/** The same without the mark that Pulumi puts around secret values: what an API server gets. */
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
 * Runs a stack's program without engine and cluster and returns what it asks for, in the order it asks: for rendering and
 * evaluating where neither is at hand. One stack at a time in a process.
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
  // The program looks at the cluster when it can; here it must not.
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
