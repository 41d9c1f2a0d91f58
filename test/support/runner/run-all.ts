import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { sourceFolders } from "../../../cli/generate/import-diagram";
import { clusterDown } from "../../../cluster/local/down";
import { ensureToolchain, spent } from "../../../process/toolchain/ensure";
import { toolGroups } from "../../../process/toolchain/groups";
import { programEnvironment } from "../../../process/toolchain/locate";
import { describeError } from "../../../process/user-error";
import { endToEndLanes } from "./e2e-lanes";

const help = `Runs everything a change has to pass and ends with one line "N passed, N failed".

Usage: npm test | npm run check | npm run test:nightly
  --fast     formatting, lint, types, structure and unit tests only, without the slow ones (npm run check)
  --nightly  only what takes too long for every change (npm run test:nightly)
  --help     this text
Exit codes: 0 all passed, 1 something failed.`;

/** Tools by who runs them. Groups of tests are built together with the others: they share most of what they compile. */
const toolsFor = (...uses: readonly string[]): string[] =>
  toolGroups.filter(({ usedBy }) => usedBy === undefined || uses.includes(usedBy)).map(({ name }) => name);

let passed = 0;
let failed = 0;

/** What was done and how long it took, for the table at the end. */
const phases: { readonly title: string; readonly ms: number; readonly isFailed?: boolean }[] = [];

/** What failed, as the command told it; repeated at the end, as the head of a long log is often cut off. */
const failures: string[] = [];

/** A step of the run that is no test. */
async function step(title: string, work: () => Promise<void>): Promise<void> {
  const start = Date.now();
  await work();
  phases.push({ title, ms: Date.now() - start });
}

interface RunOptions {
  /** Variables besides those of the program. */
  readonly env?: NodeJS.ProcessEnv;
  /** Shows what it says when it has ended, not as it comes: for commands that run beside others. @default false */
  readonly together?: boolean;
}

/** Runs a command; what mocha closes with is counted, anything else is one test. */
function run(title: string, command: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const start = Date.now();
  if (!options.together) console.log(`\n== ${title}`);
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...programEnvironment(), ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    let tail = "";
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].on("data", (chunk: Buffer) => {
        if (options.together) said += chunk.toString();
        else process[stream].write(chunk);
        if (stream === "stdout") tail = (tail + chunk.toString()).slice(-200_000);
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
      if (code !== 0)
        failures.push(`${title}\n${tail.slice(Math.max(0, tail.search(/^ *\d+ failing/m))).slice(0, 10_000)}`);
      const ms = Date.now() - start;
      phases.push({ title, ms, ...(code !== 0 && { isFailed: true }) });
      console.log(`${said}== ${title}: ${code === 0 ? "passed" : "FAILED"} in ${spent(ms)}`);
      resolve();
    });
  });
}

const bin = (name: string): string => `node_modules/.bin/${name}`;

/** Where checks keep what they found in files that have not changed since. */
const seen = "node_modules/.cache/hardened";

/** What needs no tool of the project and no test runner; two at a time. */
async function staticChecks(): Promise<void> {
  const commands: [title: string, command: string, ...args: string[]][] = [
    ["types", bin("tsc"), "-p", ".", "--incremental", "--tsBuildInfoFile", join(seen, "types.tsbuildinfo")],
    ["format and lint", bin("biome"), "check", "."],
    ["spelling", bin("cspell"), "--no-progress", "--quiet", "--cache", "--cache-location", join(seen, "spelling"), "."],
    ["imports between folders", bin("depcruise"), "--config", ".dependency-cruiser.json", ...sourceFolders],
    ["unused files and exports", bin("knip")],
  ];
  const next = async (): Promise<void> => {
    for (let one = commands.shift(); one !== undefined; one = commands.shift()) {
      const [title, command, ...args] = one;
      await run(title, command, args, { together: true });
    }
  };
  await Promise.all([next(), next()]);
}

/** The cluster the tests run on, beside the one a user may be using. */
const instance = "test";

const endToEnd = (title: string, args: readonly string[], options: Pick<RunOptions, "together"> = {}): Promise<void> =>
  run(title, bin("mocha"), ["--config", ".mocharc.e2e.json", ...args], {
    ...options,
    env: { HARDENED_CLUSTER: instance },
  });

/** The steps of the run, and of the slowest files of tests, each with its seconds. */
function table(times: string): string {
  const notes = existsSync(times) ? readFileSync(times, "utf8").trim().split("\n") : [];
  const files = notes.map((line) => JSON.parse(line) as { file: string; ms: number });
  const slowest = files.toSorted((a, b) => b.ms - a.ms).slice(0, 20);
  const row = (title: string, ms: number, more = ""): string =>
    `${(ms / 1000).toFixed(0).padStart(6)}  ${title}${more}`;
  return [
    "seconds",
    ...phases.map(({ title, ms, isFailed }) => row(title, ms, isFailed ? " (FAILED)" : "")),
    ...slowest.map(({ file, ms }) => row(`  ${file}`, ms)),
  ].join("\n");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { fast: { type: "boolean" }, help: { type: "boolean" }, nightly: { type: "boolean" } },
  });
  if (values.help) return console.log(help);
  const start = Date.now();
  const log = (line: string): void => console.log(line);
  const folder = mkdtempSync(join(tmpdir(), "hardened-test-times-"));
  const times = join(folder, "times");
  process.env.HARDENED_TEST_TIMES = times;
  try {
    if (values.nightly) {
      await step("tools", () => ensureToolchain(log, toolsFor("tests", "nightly")));
      await endToEnd("nightly tests", ["test/nightly/*.e2e.ts"]);
    } else {
      await staticChecks();
      // Unit tests render charts with Helm, try rules with promtool and push to a registry.
      await step("tools of the unit tests", () =>
        ensureToolchain(log, ["helm-render", "helm", "promtool", "registry"]),
      );
      const slow = values.fast ? ["--ignore", "test/**/*.slow.test.ts"] : [];
      await run("unit tests", bin("mocha"), [...slow, "test/**/*.test.ts"]);
    }
    if (!values.nightly && !values.fast) {
      await step("tools", () => ensureToolchain(log, toolsFor("tests")));
      const { alone, apart, others } = endToEndLanes();
      await Promise.all([
        endToEnd("end-to-end tests of the whole cluster", alone),
        endToEnd("end-to-end tests beside them", apart, { together: true }),
      ]);
      await endToEnd("end-to-end tests, two at a time", ["--parallel", "--jobs", "2", ...others]);
    }
    if (!values.fast) await clusterDown({ name: instance, log });
    for (const failure of failures) console.log(`\nFAILED: ${failure}`);
    console.log(`\n${table(times)}`);
  } finally {
    rmSync(folder, { recursive: true });
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
