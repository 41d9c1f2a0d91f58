import { strict as assert } from "node:assert";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl } from "../../cluster/local/api";
import { processesIn } from "../../cluster/local/cgroups";
import { clusterDown } from "../../cluster/local/down";
import { instanceOf } from "../../cluster/local/names";
import type { ReleaseStatus } from "../../operations/stack/status";
import { programEnvironment } from "../../process/toolchain/locate";
import { systems } from "../../systems/registry";
import { succeeded } from "../support/changes";
import { clusterMemory } from "../support/cluster/memory";
import { type Result, run } from "../support/run";
import { type ScratchCheckout, scratchCheckout } from "../support/scratch-checkout";

/** Everything at once, as who evaluates the project sees it: a checkout, one command, a cluster that was not there. */

const instance = instanceOf("e2e-five");
const log = (): void => {};
const said = (what: string): void => console.log(`      ${what}`);
/** The stack of a checkout, and those that are written for a system alone. */
const stacks = ["dev", "trial-floe", "trial-zen"];
const bound = 4096;

describe("all systems on one local cluster", function () {
  this.timeout(1_200_000);
  let checkout: ScratchCheckout;
  let env: NodeJS.ProcessEnv;
  let atFirst: string[];

  const hardened = (...args: string[]): Promise<Result> =>
    run(join(checkout.root, "bin/hardened"), args, { cwd: checkout.root, env, timeoutMs: 900_000 });
  const names = async (kind: string): Promise<string[]> =>
    (await kubectl(instance, ["get", kind, "-o", "name"])).split("\n").filter(Boolean).sort();
  const releases = async (stack: string): Promise<ReleaseStatus[]> => {
    const { code, stdout, text } = await hardened("status", "--json", "--stack", stack);
    assert.equal(code, 0, text);
    return JSON.parse(stdout) as ReleaseStatus[];
  };

  before(async () => {
    await clusterDown({ name: instance.name, log });
    checkout = scratchCheckout();
    checkout.edit("Pulumi.dev.yaml", (text) => text.replace("context: hardened-local", `context: ${instance.context}`));
    checkout.git("commit", "--quiet", "--no-gpg-sign", "--all", "--message=a cluster of another name");
    const { KUBECONFIG: _, PULUMI_CONFIG_PASSPHRASE_FILE: __, ...rest } = process.env;
    env = programEnvironment({
      ...rest,
      HARDENED_CLUSTER: instance.name,
      PULUMI_BACKEND_URL: `file://${checkout.root}/.hardened`,
      PULUMI_CONFIG_PASSPHRASE: "of a test",
    });
    succeeded(await hardened("cluster", "up"));
    atFirst = await names("namespaces");
  });
  after(async () => {
    await clusterDown({ name: instance.name, log });
    if (checkout !== undefined) rmSync(checkout.root, { recursive: true, force: true });
  });

  it("[ZN-58] npm start -- --all shows every one of them healthy", async () => {
    const { stdout, ms } = succeeded(await hardened("start", "--all"));
    said(`every system up in ${(ms / 1000).toFixed(0)} s`);
    const [, shown = ""] = /^NAMESPACE .*\n((?:\S+ .*\n)+)/m.exec(stdout) ?? [];
    const rows = shown.trim().split("\n");
    const reported = (await Promise.all(stacks.map(releases))).flat();
    assert.deepEqual(
      rows.map((row) => row.split(/ +/).slice(0, 2)),
      reported.map(({ namespace, release }) => [namespace, release]),
    );
    for (const row of rows) assert.match(row, / yes$/);
    for (const system of Object.keys(systems))
      assert.ok(
        reported.some(({ namespace, pods, healthy }) => namespace.startsWith(`${system}-`) && healthy && pods > 0),
        `${system}: ${shown}`,
      );
    assert.match(stdout, /^A Friend .* Inbox\/Person$/m, "mailroom's demo");
    assert.match(stdout, /^reported +Succeeded: /m, "zen's demo");
  });

  it("the whole cluster, its own programs with its pods, takes less than 4 GiB of memory", async () => {
    await sleep(60_000); // what was only needed to start is gone
    const { workingSet, held, parts } = clusterMemory(instance);
    const figures = Object.entries(parts).map(([part, size]) => `${part} ${size.toFixed(0)}`);
    const words = `working set ${workingSet.toFixed(0)} MiB (${figures.join(", ")}), held ${held.toFixed(0)} MiB`;
    said(words);
    for (const size of [workingSet, held]) assert.ok(size > 1024 && size < bound, words);
    for (const [part, size] of Object.entries(parts)) assert.ok(size > 100, `${part} is not measured: ${words}`);
  });

  it("a second run changes none of them", async () => {
    const { stdout } = succeeded(await hardened("start", "--all"));
    assert.equal([...stdout.matchAll(/^nothing changes$/gm)].length, 2 * stacks.length, stdout);
  });

  it("destroy takes each away, and the checkout is as it was", async () => {
    for (const stack of stacks) succeeded(await hardened("destroy", "--stack", stack));
    assert.deepEqual(await names("namespaces"), atFirst);
    assert.equal(checkout.git("status", "--porcelain", "--untracked-files=all"), "");
    succeeded(await hardened("cluster", "down"));
    assert.deepEqual(processesIn(instance.cgroup), []);
  });
});
