import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../user-error";
import { cacheFolder, filesOf, groupFolder, licenceFolder, moduleFolder, seal } from "./cache";
import { goLicences } from "./go-licences";
import type { ToolGroup } from "./groups";

/** Free disk space that a build from scratch needs at its peak, in GiB; measured, with a margin. */
const neededGiB = 9;

/** Compiler and module caches of the builds; deleted when every binary is built. */
export const buildFolder = (): string => join(cacheFolder(), "build");

function goEnvironment(group: ToolGroup): NodeJS.ProcessEnv {
  return {
    ...process.env,
    GOFLAGS: "-mod=readonly -buildvcs=false -modcacherw",
    GOWORK: "off",
    GOMODCACHE: join(buildFolder(), "mod"),
    GOCACHE: join(buildFolder(), "go"),
    CGO_ENABLED: group.cgo ? "1" : "0",
  };
}

/** Why the tools cannot be built on this machine, with the alternative; undefined when they can. */
export function whyNotBuildable(): string | undefined {
  const otherRoad =
    "or use tools and a cluster you have: put pulumi and helm on PATH and point KUBECONFIG at any cluster (README, “Use your own cluster”)";
  if (process.platform !== "linux")
    return `the tools are built on Linux only, this is ${process.platform}; ${otherRoad}`;
  try {
    const version = /go1\.(\d+)/.exec(execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }));
    if (Number(version?.[1] ?? 0) < 26)
      return `Go 1.26 or newer is needed to build the tools, found ${version?.[0]}; install it, ${otherRoad}`;
  } catch {
    return `Go is needed to build the tools and was not found on PATH; install Go 1.26 or newer, ${otherRoad}`;
  }
  mkdirSync(cacheFolder(), { recursive: true });
  const { bavail, bsize } = statfsSync(cacheFolder());
  const free = (bavail * bsize) / 2 ** 30;
  if (free < neededGiB) {
    return `building the tools needs ${neededGiB} GiB in ${cacheFolder()}, ${free.toFixed(1)} are free; make room or set HARDENED_CACHE to another disk, ${otherRoad}`;
  }
  return undefined;
}

const running = new Set<ChildProcess>();
/** Ends the running compilers, for Ctrl-C. */
export function stopBuilding(): void {
  for (const child of running) child.kill("SIGTERM");
}

function go(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let out = "";
    let errors = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (errors = (errors + chunk).slice(-8000)));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      running.delete(child);
      if (code === 0) return resolve(out.trim());
      const why = errors.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("go: downloading"));
      reject(new UserError(`go ${args[0]} failed (${signal ?? code}): ${why.slice(-8).join("\n  ")}`));
    });
  });
}

/** Folder of a module that the group requires, checked against its checksum. */
async function sourceOf(module: string, work: string, env: NodeJS.ProcessEnv): Promise<string> {
  await go(["mod", "download", module], work, env);
  return go(["list", "-m", "-f", "{{.Dir}}", module], work, env);
}

/** Copies the module to a work folder, with the files that its main package embeds, so that the checkout is not changed. */
async function prepare(group: ToolGroup, env: NodeJS.ProcessEnv): Promise<string> {
  const work = join(buildFolder(), `work-${group.name}`);
  rmSync(work, { recursive: true, force: true });
  cpSync(moduleFolder(group), work, { recursive: true });
  if (group.embed) {
    const source = await sourceOf(group.embed.module, work, env);
    for (const file of group.embed.files) {
      const text = readFileSync(join(source, file), "utf8");
      const stamped = basename(file) === "schema.json" ? withVersion(text, group.embed.version) : text;
      writeFileSync(join(work, basename(file)), stamped);
    }
  }
  if (group.instead) await replaceFiles(work, group.instead, env);
  return work;
}

/** Builds a module from a copy with some of its files replaced, still checked against its checksum: only the work folder's go.mod names the copy. */
async function replaceFiles(
  work: string,
  { module, files }: NonNullable<ToolGroup["instead"]>,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const copy = join(work, "module");
  cpSync(await sourceOf(module, work, env), copy, { recursive: true });
  for (const [file, own] of Object.entries(files)) renameSync(join(work, own), join(copy, file));
  await go(["mod", "edit", `-replace=${module}=./module`], work, env);
}

/** Copies the licences of what a group is built from beside its binaries: the modules are in the cache of the build alone, which is deleted. */
async function keepLicences(group: ToolGroup, work: string, out: string, env: NodeJS.ProcessEnv): Promise<void> {
  const program = { packages: Object.values(group.binaries), tags: group.tags };
  for (const { path, from } of await goLicences((...args) => go(args, work, env), program)) {
    const file = join(licenceFolder(out), path);
    mkdirSync(dirname(file), { recursive: true });
    cpSync(from, file);
    chmodSync(file, 0o644);
  }
}

const withVersion = (schema: string, version: string): string =>
  JSON.stringify({ ...(JSON.parse(schema) as Record<string, unknown>), version });

/** Builds one group into the cache. When it is killed, nothing incomplete counts as built, and the next run resumes from the compiler's cache. */
export async function buildGroup(group: ToolGroup): Promise<void> {
  const env = goEnvironment(group);
  const work = await prepare(group, env);
  const out = `${groupFolder(group)}.new`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const stamps = Object.entries(group.stamps ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const ldflags = ["-s", "-w", ...stamps, ...(group.cgo ? ["-extldflags", "-static"] : [])].join(" ");
  const tags = group.tags ? ["-tags", group.tags] : [];
  const built = new Map<string, string>();
  for (const [name, pkg] of Object.entries(group.binaries)) {
    const file = join(out, name);
    const same = built.get(pkg);
    if (same !== undefined) linkSync(same, file);
    else await go(["build", "-trimpath", "-ldflags", ldflags, ...tags, "-o", file, pkg], work, env);
    chmodSync(file, 0o755);
    built.set(pkg, file);
  }
  if (group.data) {
    const source = await sourceOf(group.data.module, work, env);
    for (const file of group.data.files) cpSync(join(source, file), join(out, file));
  }
  if (group.isPacked) await keepLicences(group, work, out, env);
  await seal(out, filesOf(group));
  rmSync(groupFolder(group), { recursive: true, force: true });
  renameSync(out, groupFolder(group));
  rmSync(work, { recursive: true, force: true });
}
