/** Builds and talks to the oracle beside this file: Kubernetes' own Pod Security evaluator, one process for all questions of a test file. */
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { access, mkdir, readdir, readFile, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";

const run = promisify(execFile);
const upstream = "k8s.io/pod-security-admission";

/** What can be asked; see main.go. */
type Question =
  | { pod: unknown; level: string; version: string; emulation?: string | undefined; kind?: string | undefined }
  | { labels: Record<string, string>; defaults?: Record<"enforce" | "audit" | "warn", string> }
  | { quote: string[] };

export interface Oracle {
  /** Answers in the order of the questions. One call at a time. */
  ask<Answer>(questions: readonly Question[]): Promise<Answer[]>;
  close(): Promise<void>;
}

/** Starts the oracle, building it first if its sources changed since the last time. */
export async function startOracle(): Promise<Oracle> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(await built(), {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "exit");
  return {
    async ask<Answer>(questions: readonly Question[]) {
      child.stdin.write(questions.map((question) => `${JSON.stringify(question)}\n`).join(""));
      const answers: Answer[] = [];
      while (answers.length < questions.length) {
        const { done, value } = await lines.next();
        if (done) throw new Error(`the oracle ended after ${answers.length} of ${questions.length} answers`);
        answers.push(JSON.parse(value));
      }
      return answers;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Folder of upstream's module, which carries its test pods under test/testdata. */
export async function upstreamFolder(): Promise<string> {
  const module = JSON.parse(await go("mod", "download", "-json", upstream)) as { Dir: string };
  return module.Dir;
}

async function built(): Promise<string> {
  const sources = (await readdir(__dirname)).filter((name) => name.endsWith(".go") || name.startsWith("go.")).sort();
  const digest = createHash("sha256");
  for (const name of sources) digest.update(`${name}\0`).update(await readFile(join(__dirname, name)));
  const cache = process.env.HARDENED_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "hardened");
  const folder = join(cache, "oracle");
  const binary = join(folder, `oracle-${process.platform}-${process.arch}-${digest.digest("hex").slice(0, 16)}`);
  if (
    await access(binary).then(
      () => true,
      () => false,
    )
  )
    return binary;
  await mkdir(folder, { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  await go("build", "-trimpath", "-o", unfinished, ".");
  await rename(unfinished, binary);
  return binary;
}

async function go(...args: string[]): Promise<string> {
  try {
    return (await run("go", args, { cwd: __dirname })).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(
      "the parity tests compare with Kubernetes' own Pod Security evaluator, which is Go: install Go 1.26 or newer (https://go.dev/dl) so that `go` is on the PATH",
    );
  }
}
