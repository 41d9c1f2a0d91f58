import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace, type PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { dump, load } from "js-yaml";
import { projectName, projectRoot } from "../../config/project";
import { writeAtomic } from "../../process/atomic-write";
import { identityOf, isRunning } from "../../process/identity";
import { markOf, runMark } from "../../process/orphans";
import { removeEmptyAttributes } from "./empty-attributes";
import { noteEngine } from "./engine-record";
import { pulumiCommand } from "./pulumi-command";
import { readStackFile } from "./stack-file";
import { backendFolder } from "./stack-lock";

/**
 * Folder Pulumi works in for a stack: the project's own settings, with `main` pointing back at the checkout, so that a salt
 * Pulumi adds to the stack's settings does not change a committed file.
 */
function prepareFolder(stack: string): string {
  const folder = join(projectRoot, ".hardened", "work", stack);
  mkdirSync(folder, { recursive: true });
  const project = load(readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
  writeAtomic(join(folder, "Pulumi.yaml"), dump({ ...project, main: projectRoot }));
  const settings = { ...readStackFile(stack).document };
  const file = join(folder, `Pulumi.${stack}.yaml`);
  if (existsSync(file)) {
    const before = load(readFileSync(file, "utf8")) as Record<string, unknown> | null;
    if (before?.encryptionsalt && !settings.encryptionsalt)
      Object.assign(settings, { encryptionsalt: before.encryptionsalt });
  }
  writeAtomic(file, dump(settings));
  return folder;
}

/**
 * A temporary folder of this run that only its owner can read; those of ended runs are removed: the provider leaves a copy of the
 * kubeconfig in its temporary folder at every start. Folders of runs in other containers stay, as their processes are not visible here.
 */
export function temporaryFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { pid, pidNamespace } = identityOf(process.pid);
  const place = pidNamespace.replaceAll(/\D/g, "");
  for (const name of readdirSync(path)) {
    const [owner, where = place] = name.split("-");
    if (where === place && (Number(owner) === pid || !isRunning(Number(owner))))
      rmSync(join(path, name), { recursive: true, force: true });
  }
  const own = join(path, `${pid}-${place}`);
  mkdirSync(own, { mode: 0o700 });
  return own;
}

/** The stack through the Automation API, created in the backend when it is new. The program runs in this process, whose environment is the stack's (stack-environment.ts). */
export async function openStack(stack: string, program: PulumiFn = async () => ({})): Promise<Stack> {
  const backend = process.env.PULUMI_BACKEND_URL ?? "";
  process.chdir(projectRoot);
  const workDir = prepareFolder(stack);
  const folder = backendFolder(backend, workDir);
  if (folder !== undefined) removeEmptyAttributes(folder);
  const workspace = await LocalWorkspace.create({
    workDir,
    program,
    pulumiCommand: await pulumiCommand(folder === undefined ? undefined : (pid) => noteEngine(folder, stack, pid)),
    envVars: {
      [runMark]: markOf(`${projectName}/${stack}`, backend),
      TMPDIR: temporaryFolder(join(workDir, "tmp")),
    },
  });
  return Stack.createOrSelect(stack, workspace);
}
