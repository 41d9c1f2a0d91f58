import { coerce, gte } from "semver";
import { type HelmResult, runHelm } from "../../cluster/run-helm";
import { UserError } from "../../process/user-error";
import { standardInput } from "../validation/files";
import { findChart } from "./chart-folder";

/** Oldest Helm version that the charts support. */
const oldest = "3.12.0";

/** Throws a UserError when Helm is missing or too old. */
async function requireHelm(): Promise<void> {
  const { stdout, code } = await runHelm(["version", "--template", "{{.Version}}"], "");
  const binary = process.env.HELM_BIN || "helm";
  const fix = `${oldest} or newer is required; npm run toolchain builds one, HELM_BIN names yours`;
  if (code === 127) throw new UserError(`Helm not found (${binary}); ${fix}`);
  const version = code === 0 ? coerce(stdout) : null;
  if (version === null) throw new UserError(`${binary} does not say its version (exit code ${code}); Helm ${fix}`);
  if (!gte(version, oldest)) throw new UserError(`Helm ${version} found (${binary}); ${fix}`);
}

/** Options of `floe helm template` and `floe helm lint`. */
export interface WrapOptions {
  /** Chart and Helm's own arguments. @default floe-platform, when the first one is no chart */
  readonly words: readonly string[];
  /** Name of the release. @default the chart's */
  readonly release?: string | undefined;
}

/** Runs helm on a chart with the remaining arguments, without a shell. Throws a UserError when there is no supported Helm or no such chart. */
export async function wrapHelm(command: "template" | "lint", { words, release }: WrapOptions): Promise<HelmResult> {
  const [first = "", ...others] = words;
  const isNamed = first !== "" && !first.startsWith("-");
  const { name, folder } = findChart(isNamed ? first : "floe-platform");
  const rest = isNamed ? others : words;
  await requireHelm();
  const input = rest.some((word) => /^(?:-|-f=?-|--values=-)$/.test(word)) ? await standardInput() : "";
  const subject = command === "template" ? [release ?? name, folder] : [folder];
  return runHelm([command, ...subject, ...rest], input);
}
