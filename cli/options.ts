import { InvalidArgumentError, Option } from "commander";

/** `--stack`, as most commands have it. */
export interface StackOptions {
  /** Stack, one of the Pulumi.<name>.yaml files. @default dev */
  readonly stack: string;
}

/** `--stack`, or `--system` in its place. */
export interface EvaluatedOptions extends StackOptions {
  /** System to run in a stack of its own on the local cluster. @default none: the stack's */
  readonly system?: string;
}

/** `--stack` or `--system`, or everything. */
export interface StartOptions extends EvaluatedOptions {
  /** Every system: the stack dev, and each of the others in a stack of its own. @default false */
  readonly all?: boolean;
}

/** `--json`, as most commands have it. */
export interface JsonOption {
  /** Print the result as JSON, and nothing else to standard output. @default false */
  readonly json?: boolean;
}

/** `--confirm`, of commands that ask for the stack's name again in prod. */
export interface ConfirmOption {
  /** The stack's name. @default none */
  readonly confirm?: string;
}

/** `--json` or `--jsonl`, of commands that run a stack. */
export interface RunOptions extends StackOptions, JsonOption {
  /** Print each event of the run as JSON on a line of its own as it happens, and nothing else to standard output. @default false */
  readonly jsonl?: boolean;
}

export const jsonLinesOption = (): Option =>
  new Option("--jsonl", "print each event as it happens, one JSON object a line: docs/reference/events.md").conflicts(
    "json",
  );

export const stackOption = ["-s, --stack <name>", "stack, one of the Pulumi.<name>.yaml files", "dev"] as const;

export const confirmOption = [
  "--confirm <stack>",
  "the stack's name again; required if its environment is prod",
] as const;

export const systemOption = (): Option =>
  new Option(
    "--system <name>",
    "one system alone, for evaluation on the local cluster: writes Pulumi.trial-<name>.yaml and runs that stack; floe or zen",
  ).conflicts("stack");

export const allOption = (): Option =>
  new Option(
    "--all",
    "every system: the stack dev, and beside it each system that dev leaves out, as --system runs it",
  ).conflicts(["stack", "system"]);

export type Log = (line: string) => void;
export const print: Log = (line) => console.log(line);
/** With --json, text goes to standard error, and only the result to standard output. */
export const logFor = (json: boolean | undefined): Log => (json ? (line) => console.error(line) : print);

/** Prints a result, as JSON for --json. */
export const printResult = (json: boolean | undefined, value: object, text: string): void =>
  print(json ? JSON.stringify(value, null, 2) : text);

/** A version of the Pod Security Standards. Throws commander's own error for anything else. */
export function podSecurityVersion(text: string): string {
  if (/^(latest|v1\.\d{1,3})$/.test(text)) return text;
  throw new InvalidArgumentError("expected latest or a version such as v1.36");
}

/** A version of Kubernetes. Throws commander's own error for anything else. */
export function kubernetesVersion(text: string): string {
  if (/^v?1\.\d{1,3}(?:\.\d+)?$/.test(text)) return text;
  throw new InvalidArgumentError("expected a version such as 1.36");
}

/** A whole number from 1 to `most`. Throws commander's own error for anything else. */
export const count =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from 1 to ${most}`);
  };

/** A path of a URL. Throws commander's own error for anything else. */
export function urlPath(text: string): string {
  if (text.startsWith("/")) return text;
  throw new InvalidArgumentError('expected a path that begins with "/"');
}
