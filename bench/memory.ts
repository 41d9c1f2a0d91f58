/** How time and memory of `hardened check` grow with the number of objects; all rules, not Pod Security alone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare, exponent } from "./measure";
import { deployments, yamlOf } from "./workloads";

const sizes = [2500, 5000, 10_000];

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-memory-"));
  const command = join(__dirname, "..", "bin", "hardened");
  try {
    for (const only of [["--only", "pod-security"], []]) {
      const times: [number, number][] = [];
      console.log(only.length > 0 ? "Pod Security alone" : "all rules");
      for (const size of sizes) {
        const file = join(folder, "all.yaml");
        writeFileSync(file, yamlOf(deployments(size)));
        const name = `${size}`;
        const timings = await compare([{ name, command, args: ["check", ...only, file], codes: [0, 1] }], 2);
        const { seconds, peak } = timings.get(name) ?? { seconds: 0, peak: 0 };
        times.push([size, seconds]);
        console.log(`  ${name.padStart(6)} objects ${seconds.toFixed(2).padStart(7)} s ${Math.round(peak)} MiB`);
      }
      console.log(`  time grows with the number of objects to the power of ${exponent(times).toFixed(2)}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
