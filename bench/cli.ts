/** Whole processes on the same files: `hardened check --only pod-security`, upstream's evaluator, kube-score. Options: --rounds <n> (default 5). */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compare, print } from "./measure";
import { peer } from "./peers";
import { deployments, yamlOf } from "./workloads";

const hardened = join(__dirname, "..", "bin", "hardened");

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
  const folder = mkdtempSync(join(tmpdir(), "bench-cli-"));
  const sets = {
    "1,000 Deployments that pass": deployments(1000),
    "1,000 Deployments, every tenth denied": deployments(1000, 10),
    "one Deployment": deployments(1),
  };
  try {
    for (const [title, objects] of Object.entries(sets)) {
      const file = join(folder, "all.yaml");
      const json = join(folder, "all.json");
      writeFileSync(file, yamlOf(objects));
      writeFileSync(json, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
      const contenders = [
        { name: "hardened", command: hardened, args: ["check", "--only", "pod-security", file], codes: [0, 1] },
        { name: "hardened, all rules", command: hardened, args: ["check", file], codes: [0, 1] },
        { name: "hardened, JSON", command: hardened, args: ["check", "--only", "pod-security", json], codes: [0, 1] },
        { name: "upstream's evaluator", command: peer("upstream"), args: ["check", file], codes: [0, 1] },
        { name: "kube-score", command: peer("kube-score"), args: ["score", file], codes: [0, 1] },
        { name: "node -e 0", command: process.execPath, args: ["-e", "0"] },
      ];
      print(title, await compare(contenders, Number(values.rounds)));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
