import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instanceOf } from "../../../cluster/local/names";
import { groupFolder } from "../../../process/toolchain/cache";
import { toolGroups } from "../../../process/toolchain/groups";

/** A local cluster of a unit test, which needs no root: its folders are below `top`. */
export const scratchInstance = () => {
  const top = mkdtempSync(join(tmpdir(), "instance-"));
  const [state, run] = [join(top, "state"), join(top, "run")];
  // From the root of every hierarchy this path leads to a folder, whose files anyone may write.
  const cgroup = join("../".repeat(12), top, "cgroups", "one");
  const folders = { state, run, cgroup, kubeconfig: join(state, "kubeconfig") };
  mkdirSync(state);
  return { top, ...instanceOf("unit"), ...folders, remove: () => rmSync(top, { recursive: true, force: true }) };
};

/** Takes shell scripts for the built tools of these names. Returns what takes the real ones again. */
export function standInTools(folder: string, scripts: Readonly<Record<string, string>>): () => void {
  const before = process.env.HARDENED_CACHE;
  process.env.HARDENED_CACHE = join(folder, "cache");
  for (const [name, script] of Object.entries(scripts)) {
    const group = toolGroups.find(({ binaries }) => name in binaries);
    if (group === undefined) throw new Error(`no tool called ${name}`);
    mkdirSync(groupFolder(group), { recursive: true });
    writeFileSync(join(groupFolder(group), name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return () => {
    if (before === undefined) delete process.env.HARDENED_CACHE;
    else process.env.HARDENED_CACHE = before;
  };
}
