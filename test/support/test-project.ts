import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dump, load } from "js-yaml";
import { imageLockFile } from "../../cluster/local/images";
import { programEnvironment } from "../../process/toolchain/locate";
import { cluster, instance, kubectl } from "./e2e-cluster";
import { type Result, type RunOptions, run } from "./run";

const checkout = join(__dirname, "../..");

/** `hardened:mailroom` in a stack's file, and the rest of the file. */
export type Tree = Record<string, unknown>;
interface StackFile {
  config: Tree;
  [key: string]: unknown;
}

/** A copy of this checkout with one stack, state and namespaces of its own: whatever a test edits in it, the checkout stays. */
export interface TestProject {
  readonly root: string;
  readonly stack: string;
  /** mailroom's namespace; the in-cluster mail server's is `<namespace>-mail`. */
  readonly namespace: string;
  readonly namespaces: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Everything that was ever printed, for searches. */
  readonly printed: string[];
  /** Runs bin/hardened; the stack is named unless the arguments name one. Fails when the stack's file is not left as it was. */
  hardened(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Runs pulumi in the project's folder, as typed. */
  pulumi(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Changes `hardened:mailroom` of the stack's file. */
  mailroom(change: (mailroom: Tree, config: Tree) => void): void;
  /** Changes a file of the copy. Fails when the change changes nothing. */
  edit(file: string, change: (text: string) => string): void;
  /** Sets the three credentials as a user does: encrypted, given on standard input. */
  credentials(values: Readonly<Record<string, string>>): Promise<void>;
  /** Destroys the stack and removes what is left of it, always all of it. Fails when destroy does. */
  remove(): Promise<void>;
}

/** Copies what git tracks or would track; links stay links. */
function copyCheckout(root: string): void {
  const options = { cwd: checkout, encoding: "utf8", maxBuffer: 64 * 2 ** 20 } as const;
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], options);
  for (const file of new Set(listed.split("\0"))) {
    const [from, to] = [join(checkout, file), join(root, file)];
    if (file === "" || file === "node_modules" || !existsSync(from)) continue;
    mkdirSync(dirname(to), { recursive: true });
    if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else copyFileSync(from, to);
  }
  symlinkSync(join(checkout, "node_modules"), join(root, "node_modules"));
  mkdirSync(join(root, ".hardened"), { recursive: true });
  copyFileSync(imageLockFile, join(root, ".hardened/images.json"));
}

/** A stack with the in-cluster mail server, quick to poll, allowed to create what is missing. */
const stackFile = (namespace: string): StackFile => ({
  config: {
    "hardened:environment": "dev",
    "hardened:cluster": { context: instance.context },
    "hardened:imageLock": ".hardened/images.json",
    "hardened:mailroom": {
      namespace,
      image: { repository: "registry.hardened.test/mailroom", tag: "local" },
      mailServer: true,
      credentials: { from: "generated" },
      setup: { apply: true },
      config: { polling: { interval: 1, debounce_seconds: 0 } },
    },
  },
});

/** Makes a project on the shared cluster, which is brought up when it is not. `name`: letters, digits and "-", unique per test file. */
export async function testProject(name: string): Promise<TestProject> {
  await cluster();
  const root = mkdtempSync(join(tmpdir(), `hardened-e2e-${name}-`));
  copyCheckout(root);
  mkdirSync(join(root, ".state"));
  const namespace = `e2e-${name}-${Date.now().toString(36).slice(-5)}`;
  const stack = `e2e-${name}`;
  const file = join(root, `Pulumi.${stack}.yaml`);
  const read = (): StackFile => load(readFileSync(file, "utf8")) as StackFile;
  // With an empty line in front, which whoever writes the file again leaves out.
  const write = (content: StackFile): void => writeFileSync(file, `\n${dump(content)}`);
  const isAsWritten = (): boolean => existsSync(file) && readFileSync(file, "utf8").startsWith("\n");
  write(stackFile(namespace));
  const { HARDENED_CLUSTER: _, PULUMI_CONFIG_PASSPHRASE_FILE: __, ...rest } = process.env;
  const env = programEnvironment({
    ...rest,
    KUBECONFIG: instance.kubeconfig,
    PULUMI_BACKEND_URL: `file://${join(root, ".state")}`,
    PULUMI_CONFIG_PASSPHRASE: `passphrase of ${namespace}`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
  const printed: string[] = [];
  const start = async (command: string, args: readonly string[], options?: RunOptions): Promise<Result> => {
    const result = await run(command, args, { cwd: root, env, ...options });
    printed.push(result.text);
    return result;
  };
  const project: TestProject = {
    root,
    stack,
    namespace,
    namespaces: [namespace, `${namespace}-mail`],
    env,
    printed,
    hardened: async (args, options) => {
      const named = args.some((one) => ["--stack", "-s", "--system", "env", "--help"].includes(one));
      const before = isAsWritten();
      const result = await start(join(root, "bin/hardened"), named ? args : [...args, "--stack", stack], options);
      if (before && !isAsWritten()) throw new Error(`hardened ${args.join(" ")} wrote ${file} again`);
      return result;
    },
    pulumi: (args, options) => start("pulumi", args, options),
    mailroom: (change) => {
      const content = read();
      change(content.config["hardened:mailroom"] as Tree, content.config);
      write(content);
    },
    edit: (path, change) => {
      const before = readFileSync(join(root, path), "utf8");
      const after = change(before);
      if (after === before) throw new Error(`nothing to change in ${path}`);
      writeFileSync(join(root, path), after);
    },
    credentials: async (values) => {
      await start("pulumi", ["stack", "select", "--create", stack, "--non-interactive"]);
      for (const [key, value] of Object.entries(values)) {
        const path = `hardened:mailroomCredentials.${key}`;
        const { code, text } = await start("pulumi", ["config", "set", "--secret", "--path", path, "--stack", stack], {
          input: value,
        });
        if (code !== 0) throw new Error(text);
      }
    },
    remove: async () => {
      const { code, text } = await project.hardened(["destroy"]);
      await kubectl(["delete", "namespace", "--ignore-not-found", "--timeout=120s", ...project.namespaces]);
      rmSync(root, { recursive: true, force: true });
      if (code !== 0) throw new Error(`destroy failed:\n${text}`);
    },
  };
  return project;
}
