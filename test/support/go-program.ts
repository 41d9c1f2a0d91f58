/** Builds and talks to a small Go program of the tests: JSON lines in, JSON lines out, one process for all questions of a test file. */
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { access, mkdir, readdir, readFile, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { cacheRoot } from "../../policy/own-folders";

const run = promisify(execFile);

export interface GoProgram<Question> {
  /** Answers in the order of the questions. One call at a time. */
  ask<Answer>(questions: readonly Question[]): Promise<Answer[]>;
  /** The same for questions that are JSON already, such as whole numbers no double holds. */
  askLines<Answer>(lines: readonly string[]): Promise<Answer[]>;
  close(): Promise<void>;
}

/** Starts the program whose module is in `folder`, building it first if its sources changed since the last time. */
export async function startGoProgram<Question>(folder: string): Promise<GoProgram<Question>> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(await built(folder), {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "exit");
  const askLines = async <Answer>(questions: readonly string[]): Promise<Answer[]> => {
    child.stdin.write(questions.map((question) => `${question}\n`).join(""));
    const answers: Answer[] = [];
    while (answers.length < questions.length) {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${basename(folder)} ended after ${answers.length} of ${questions.length} answers`);
      answers.push(JSON.parse(value));
    }
    return answers;
  };
  return {
    askLines,
    ask: (questions) => askLines(questions.map((question) => JSON.stringify(question))),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

/** The program of a module, built when its sources changed since the last time: its path. */
export async function built(source: string): Promise<string> {
  const files = (await readdir(source)).filter((name) => name.endsWith(".go") || name.startsWith("go.")).sort();
  const digest = createHash("sha256");
  for (const name of files) digest.update(`${name}\0`).update(await readFile(join(source, name)));
  const cache = cacheRoot();
  const name = basename(source);
  const folder = join(cache, name);
  const binary = join(folder, `${name}-${process.platform}-${process.arch}-${digest.digest("hex").slice(0, 16)}`);
  const there = await access(binary).then(
    () => true,
    () => false,
  );
  if (there) return binary;
  await mkdir(folder, { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  await go(source, "build", "-trimpath", "-o", unfinished, ".");
  await rename(unfinished, binary);
  return binary;
}

/** Runs go in a module's folder; the answer is what it prints. */
export async function go(folder: string, ...args: string[]): Promise<string> {
  try {
    return (await run("go", args, { cwd: folder })).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(
      "these tests compare with Kubernetes' own code, which is Go: install Go 1.26 or newer (https://go.dev/dl) so that `go` is on the PATH",
    );
  }
}
