/** How long `floe helm generate` takes, as a whole process: for the sample, and for artifacts of up to 10,000 jobs. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compare, exponent } from "./measure";

const usage = `bench/floe-values.ts: values of floe's charts from compiled artifacts. Medians of whole processes.

  --rounds <n>        rounds after one to warm up (default 5)
  --jobs <folder>     chart of the jobs (default: a small one of this benchmark)
  --help
`;

const root = join(__dirname, "..");
const sample = join(root, "systems", "floe", "generator", "sample", "compiled_artifacts.json");
const sizes = [1250, 2500, 5000, 10_000];
/** Most seconds for the sample. */
const wanted = 1;

const schema = {
  type: "object",
  properties: {
    global: { type: "object" },
    jobs: {
      type: "array",
      items: {
        type: "object",
        properties: { name: { type: "string", pattern: "^[a-z0-9-]+$" }, command: { type: "array", minItems: 1 } },
        required: ["name", "command"],
      },
    },
  },
  additionalProperties: false,
};

function ownChart(folder: string): string {
  const chart = join(folder, "floe-jobs");
  mkdirSync(chart);
  writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: floe-jobs\nversion: 0.1.0\n");
  writeFileSync(join(chart, "values.yaml"), "jobs: []\n");
  writeFileSync(join(chart, "values.schema.json"), JSON.stringify(schema));
  return chart;
}

/** The sample's first job, many times under other names. */
function artifactOf(count: number): string {
  const { jobs, ...rest } = JSON.parse(readFileSync(sample, "utf8"));
  const many = Array.from({ length: count }, (_, index) => ({ ...jobs[0], name: `orders-build-${index}` }));
  return JSON.stringify({ ...rest, jobs: many });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "5" }, jobs: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return void process.stdout.write(usage);
  const folder = mkdtempSync(join(tmpdir(), "bench-floe-"));
  try {
    const chart = values.jobs ?? ownChart(folder);
    const generate = (name: string, artifact: string) => ({
      name,
      command: join(root, "bin", "hardened"),
      args: ["floe", "helm", "generate", "--artifact", artifact, "--env", "prod", "--chart", chart],
    });
    const files = sizes.map((size) => {
      const file = join(folder, `${size}.json`);
      writeFileSync(file, artifactOf(size));
      return generate(`${size} jobs`, file);
    });
    const node = { name: "node -e 0", command: process.execPath, args: ["-e", "0"] };
    const timings = await compare([generate("the sample", sample), ...files, node], Number(values.rounds));
    for (const [name, { seconds, processor, peak }] of timings)
      console.log(
        `${name.padStart(12)} ${seconds.toFixed(2).padStart(7)} s ${processor.toFixed(2).padStart(7)} s processor ${Math.round(peak)} MiB`,
      );
    // What a process costs that generates next to nothing is no part of the growth.
    const least = timings.get("the sample")?.processor ?? 0;
    const points = sizes.map((size) => [size, (timings.get(`${size} jobs`)?.processor ?? 0) - least] as const);
    console.log(`processor time grows with the number of jobs to the power of ${exponent(points).toFixed(2)}`);
    const took = timings.get("the sample")?.seconds ?? Number.NaN;
    console.log(`the sample within ${wanted} s: ${took < wanted ? "met" : "missed"}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
