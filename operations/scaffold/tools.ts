import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { interruption } from "../../process/interrupt";
import { UserError } from "../../process/user-error";

/** Development tools that format and check a new system. All run in the checkout. */

const packages = ["biome", "cspell"];

/** Development tools that are not installed. */
export const missingTools = (root: string): string[] =>
  packages.filter((name) => !existsSync(join(root, "node_modules/.bin", name)));

/** Runs a command. Throws a UserError with its output unless it ends with an accepted exit code. */
function run(root: string, command: string, args: readonly string[], input = "", good = [0]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, command), args, { cwd: root, stdio: "pipe", signal: interruption });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
    });
    child.on("error", (error) => {
      if (child.pid === undefined) reject(error); // one that is interrupted still has to end
    });
    child.on("close", (code) => {
      if (code !== null && good.includes(code)) resolve(stdout);
      else reject(new UserError(`${command} ${args.join(" ")} failed:\n${stderr || stdout}`.trimEnd()));
    });
    child.stdin.on("error", () => {}); // it may end without reading all of it
    child.stdin.end(input);
  });
}

/** A file's text, formatted, with sorted imports. */
export const formatted = (root: string, file: string, text: string): Promise<string> =>
  run(root, "node_modules/.bin/biome", ["check", "--write", `--stdin-file-path=${file}`], text);

/** Words that are in no dictionary of the project. */
export async function unknownWords(root: string, words: readonly string[]): Promise<string[]> {
  const args = ["--no-progress", "--no-summary", "--words-only", "--unique", "--config", "cspell.json", "stdin"];
  const found = await run(root, "node_modules/.bin/cspell", args, words.join("\n"), [0, 1]);
  return found.split("\n").filter((word) => word !== "");
}

/** Regenerates every file that is derived from the registry. */
export const generate = (root: string): Promise<string> => run(root, "bin/run", ["cli/generate/main.ts"]);
