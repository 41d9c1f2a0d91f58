/** The policy pack as the engine meets it: from its start to its list of rules, and to its first verdict. Beside it what loading Pulumi's policy SDK
 *  alone takes. Options: --rounds <n> (default 5). */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Analyzer } from "../test/policy/support/analyzer";
import { compare, median } from "./measure";
import { deployments } from "./workloads";

const policy = join(__dirname, "..", "policy");

/** Seconds from the start to the rules, and to the verdict on one Deployment. */
async function once(): Promise<{ rules: number; verdict: number }> {
  const start = performance.now();
  const since = (): number => (performance.now() - start) / 1000;
  const analyzer = await Analyzer.start(join(policy, "hardened-policy"), policy);
  try {
    const count = (await analyzer.info()).getPoliciesList().length;
    if (count === 0) throw new Error("the pack has no rules");
    const rules = since();
    const { apiVersion, kind, metadata, spec } = deployments(1)[0] as ReturnType<typeof deployments>[number];
    await analyzer.analyze(
      "kubernetes:apps/v1:Deployment",
      JSON.parse(JSON.stringify({ apiVersion, kind, metadata, spec })),
    );
    return { rules, verdict: since() };
  } finally {
    await analyzer.stop();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
  await once(); // files and caches warm
  const sdk = { name: "sdk", command: process.execPath, args: ["-e", 'require("@pulumi/policy")'] };
  const all: { rules: number; verdict: number; sdk: number }[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const alone = (await compare([sdk], 1)).get("sdk")?.seconds ?? Number.NaN;
    all.push({ ...(await once()), sdk: alone });
  }
  const print = (what: string, pick: (one: (typeof all)[number]) => number): void =>
    console.log(
      `  ${what.padEnd(40)} ${median(all.map(pick)).toFixed(3)} s, at best ${Math.min(...all.map(pick)).toFixed(3)} s`,
    );
  console.log("the policy pack, from its start");
  print("to its list of rules", ({ rules }) => rules);
  print("to the verdict on one Deployment", ({ verdict }) => verdict);
  print("node -e 'require(\"@pulumi/policy\")' alone", (one) => one.sdk);
}

void main();
