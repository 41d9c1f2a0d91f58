import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

interface Acceptable {
  readonly args: readonly string[];
  /** Minimum and, where a newer major version is incompatible, maximum version: [major, minor]. */
  readonly from: readonly [number, number];
  readonly below?: readonly [number, number];
  /** Binaries that come with it and must be in the same folder. */
  readonly beside?: readonly string[];
}

/** The user's own tools that replace a built one, with their supported versions. */
const acceptable: Readonly<Record<string, Acceptable>> = {
  pulumi: { args: ["version"], from: [3, 238], below: [4, 0], beside: ["pulumi-language-nodejs"] },
  helm: { args: ["version", "--short"], from: [3, 15], below: [4, 0] },
};

/** A tool found on PATH. */
export interface FoundTool {
  readonly path: string;
  readonly version: string;
}

/** First executable of that name on PATH. */
export function which(name: string, path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

const atLeast = (have: readonly number[], want: readonly [number, number]): boolean =>
  (have[0] ?? 0) > want[0] || (have[0] === want[0] && (have[1] ?? 0) >= want[1]);

/** Version output of programs, by path: each is called once per process. */
const said = new Map<string, string>();

function versionText(path: string, args: readonly string[]): string | undefined {
  const known = said.get(path);
  if (known !== undefined) return known;
  try {
    const text = execFileSync(path, args, { encoding: "utf8", timeout: 10_000, stdio: ["ignore", "pipe", "ignore"] });
    said.set(path, text);
    return text;
  } catch {
    return undefined;
  }
}

/** The user's own tool when it is on PATH in a supported version. */
export function findOnPath(name: string): FoundTool | undefined {
  const rule = acceptable[name];
  const path = which(name);
  if (!rule || !path) return undefined;
  // Checked first: the built Pulumi lacks it, and calling it for its version takes a quarter of a second.
  if ((rule.beside ?? []).some((other) => !existsSync(join(path, "..", other)))) return undefined;
  const version = /v?(\d+)\.(\d+)\.(\d+)/.exec(versionText(path, rule.args) ?? "");
  if (!version) return undefined;
  const have = version.slice(1).map(Number);
  if (!atLeast(have, rule.from) || (rule.below && atLeast(have, rule.below))) return undefined;
  return { path, version: have.join(".") };
}

/** Whether the user's Pulumi already has the pinned version of this provider's plugin, or PATH has one. */
export function pulumiPluginInstalled(name: string): boolean {
  const plugins = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins");
  const pinned = require(`@pulumi/${name}/package.json`) as { version: string };
  return (
    existsSync(join(plugins, `resource-${name}-v${pinned.version}`)) || which(`pulumi-resource-${name}`) !== undefined
  );
}
