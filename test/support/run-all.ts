import { spawn } from "node:child_process";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { clusterDown } from "../../local/cluster/down";
import { ensureToolchain, spent } from "../../local/toolchain/ensure";
import { toolGroups } from "../../local/toolchain/groups";
import { programEnvironment } from "../../local/toolchain/locate";
import { describeError } from "../../local/user-error";

const help = `Runs everything a change has to pass and ends with one line "N passed, N failed".

Usage: npm test | npm run check
  --fast   formatting, lint, types, structure and unit tests only (npm run check)
  --help   this text
Exit codes: 0 all passed, 1 something failed.`;

/** All tools, with those only tests run: built together, as they share most of what they compile, and the compiler's cache is dropped afterwards. */
const allTools = toolGroups.map(({ name }) => name);

let passed = 0;
let failed = 0;

/**
 * Runs a command, its output shown as it comes; what mocha closes with is counted, anything else is one test.
 * @param more variables besides those of the program
 */
function run(title: string, command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<void> {
  const start = Date.now();
  console.log(`\n== ${title}`);
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...programEnvironment(), ...more },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let tail = "";
    child.stdout.on("data", (chunk: Buffer) => {
      process.stdout.write(chunk);
      tail = (tail + chunk.toString()).slice(-200_000);
    });
    child.on("close", (code) => {
      tail = stripVTControlCharacters(tail); // some CIs are written to in colour
      const passing = Number(/^\s*(?:✔ )?(\d+) passing/m.exec(tail)?.[1] ?? 0);
      const failing = Number(/^\s*(?:✖ )?(\d+) failing/m.exec(tail)?.[1] ?? 0);
      if (command.endsWith("mocha")) {
        // A run that ends badly, or that runs nothing, fails even when no test says so.
        const lost = (code !== 0 && failing === 0) || passing + failing === 0 ? 1 : 0;
        passed += passing;
        failed += failing + lost;
      } else if (code === 0) passed += 1;
      else failed += 1;
      console.log(`== ${title}: ${code === 0 ? "passed" : "FAILED"} in ${spent(Date.now() - start)}`);
      resolve();
    });
  });
}

const bin = (name: string): string => `node_modules/.bin/${name}`;

/** Tests on a real cluster of their own, beside the one a person may be using: first those that look at all of it or at the machine, one at a time. */
async function endToEnd(log: (line: string) => void): Promise<void> {
  const instance = "test";
  const e2e = (title: string, ...args: string[]): Promise<void> =>
    run(title, bin("mocha"), ["--config", ".mocharc.e2e.json", ...args], { HARDENED_CLUSTER: instance });
  await e2e("end-to-end tests, one at a time", "test/e2e/alone/*.e2e.ts");
  await e2e("end-to-end tests, two at a time", "--parallel", "--jobs", "2", "test/e2e/*.e2e.ts");
  await clusterDown({ name: instance, log });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { fast: { type: "boolean" }, help: { type: "boolean" } } });
  if (values.help) return console.log(help);
  const start = Date.now();
  const log = (line: string): void => console.log(line);
  await run("format and lint", bin("biome"), ["check", "."]);
  await run("types", bin("tsc"), ["-p", "."]);
  await run("imports between rooms", bin("depcruise"), [
    "--config",
    ".dependency-cruiser.json",
    "index.ts",
    "components",
    "systems",
    "policy",
    "cli",
    "local",
  ]);
  await run("unused files and exports", bin("knip"), []);
  await run("spelling", bin("cspell"), ["--no-progress", "--quiet", "."]);
  // Unit tests render charts with Helm and try rules with promtool.
  await ensureToolchain(log, ["helm-render", "helm", "promtool"]);
  await run("unit tests", bin("mocha"), ["test/**/*.test.ts"]);
  if (!values.fast) {
    await ensureToolchain(log, allTools);
    await endToEnd(log);
  }
  console.log(`\nall in ${spent(Date.now() - start)}`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(describeError(error));
  console.log(`${passed} passed, ${failed + 1} failed`);
  process.exitCode = 1;
});
