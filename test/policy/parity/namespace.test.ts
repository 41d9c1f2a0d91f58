import { strict as assert } from "node:assert";
import { type LevelVersion, type Mode, namespacePolicy } from "../../../policy/pod-security/namespace";
import { type Oracle, startOracle } from "../../oracle/oracle";
import { Random } from "./random";

const prefix = "pod-security.kubernetes.io/";
const levels = ["privileged", "baseline", "restricted", "Restricted", "", "none", 'q"'];
const versions = [
  "latest",
  "v1.0",
  "v1.25",
  "v1.99",
  "v1.01",
  "v2.0",
  "1.25",
  "",
  "v1.9223372036854775807",
  "v1.9223372036854775808",
  "é",
];

describe("parity of namespace labels", function () {
  this.timeout(240_000);
  let oracle: Oracle;
  before(async () => {
    oracle = await startOracle();
  });
  after(() => oracle?.close());

  it("[MR-15] reads labels, defaults and mistakes as the API server does", async () => {
    const random = new Random(15);
    const modes: readonly Mode[] = ["enforce", "audit", "warn"];
    const levelVersion = (): LevelVersion => ({
      level: random.pick(["privileged", "baseline", "restricted"]),
      version: random.pick(["latest", "v1.3", "v1.30"]),
    });
    const cases = Array.from({ length: 5_000 }, () => {
      const labels: Record<string, string> = { "kubernetes.io/metadata.name": "x" };
      for (const mode of modes) {
        if (random.chance(0.6)) labels[prefix + mode] = random.pick(random.chance(0.8) ? levels.slice(0, 3) : levels);
        if (random.chance(0.5)) labels[`${prefix}${mode}-version`] = random.pick(versions);
      }
      return { labels, defaults: { enforce: levelVersion(), audit: levelVersion(), warn: levelVersion() } };
    });
    const text = ({ level, version }: LevelVersion) => `${level}:${version}`;
    const answers = await oracle.ask(
      cases.map(({ labels, defaults: { enforce, audit, warn } }) => ({
        labels,
        defaults: { enforce: text(enforce), audit: text(audit), warn: text(warn) },
      })),
    );
    cases.forEach(({ labels, defaults }, i) => {
      const { policy, errors } = namespacePolicy(labels, defaults);
      const ours = { enforce: text(policy.enforce), audit: text(policy.audit), warn: text(policy.warn), errors };
      assert.deepEqual(ours, answers[i], JSON.stringify({ labels, defaults }));
    });
  });
});
