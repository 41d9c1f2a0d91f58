import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { apiGet } from "../../cluster/local/api";
import { instance, type KubeObject, kubectl } from "../support/e2e-cluster";
import { type Forward, forward } from "../support/network/forward";
import { type ZenAgents, zenAgents } from "../support/zen/zen-agents";

/** Kills, and for how long is looked at least. */
const kills = Number(process.env.LEADER_KILLS ?? "20");
const seconds = Number(process.env.LEADER_SECONDS ?? "300");

type Pod = KubeObject & { readonly status: { readonly phase: string } };

/** One leader of two replicas, sampled while leaders are killed. */
describe(`zen-agent: ${kills} leaders killed within ${seconds} s or more`, function () {
  this.timeout(1_800_000);
  let zen: ZenAgents;
  const ways = new Map<string, Forward>();

  before(async function () {
    this.timeout(900_000);
    zen = await zenAgents("zen-leader");
  });
  after(async () => {
    for (const way of ways.values()) way.close();
    await zen?.remove();
  });

  /** Agents that run, those on their way out too: they lead until they give the Lease back. */
  async function running(): Promise<string[]> {
    const path = `/api/v1/namespaces/${zen.namespace}/pods?labelSelector=app.kubernetes.io%2Fcomponent%3Dagent`;
    const { items } = JSON.parse(await apiGet(instance, path)) as { items: Pod[] };
    return items.filter(({ status }) => status.phase === "Running").map(({ metadata }) => metadata.name);
  }

  /** Whether a pod says that it leads; nothing when it does not answer any more, or not yet. */
  async function leads(pod: string): Promise<boolean | undefined> {
    try {
      const way = ways.get(pod) ?? (await forward(zen.namespace, `pod/${pod}`, 8080));
      ways.set(pod, way);
      const text = await (await fetch(`${way.url}/metrics`, { signal: AbortSignal.timeout(2000) })).text();
      return /^zen_agent_leader 1$/m.test(text);
    } catch {
      ways.get(pod)?.close();
      ways.delete(pod);
      return undefined;
    }
  }

  it("[ZN-16] [ZN-17] never two lead, and another one leads within 20 s of each kill", async () => {
    const begun = Date.now();
    const failovers: number[] = [];
    let killed: { readonly pod: string; readonly at: number } | undefined;
    let samples = 0;
    let none = 0;
    for (let count = 0; count < kills || killed !== undefined || Date.now() - begun < seconds * 1000; samples++) {
      const pods = await running();
      const answers = await Promise.all(pods.map(async (pod) => [pod, await leads(pod)] as const));
      const leaders = answers.filter(([, is]) => is === true).map(([pod]) => pod);
      assert.ok(leaders.length <= 1, `${leaders.join(" and ")} lead at once`);
      if (leaders.length === 0) none++;
      const [leader] = leaders;
      if (killed !== undefined && leader !== undefined && leader !== killed.pod) {
        failovers.push(Date.now() - killed.at);
        killed = undefined;
      }
      assert.ok(killed === undefined || Date.now() - killed.at < 120_000, "no leader for two minutes");
      // the two are there again: the next one may go
      if (
        killed === undefined &&
        leader !== undefined &&
        count < kills &&
        pods.length === 2 &&
        answers.every(([, is]) => is !== undefined)
      ) {
        count++;
        // one of two is told to stop, and gives its Lease back; the others are gone at once
        const how = count % 2 === 0 ? ["--grace-period=0", "--force"] : [];
        killed = { pod: leader, at: Date.now() };
        await kubectl(["delete", "pod", leader, "-n", zen.namespace, "--wait=false", ...how]);
      }
      await sleep(100);
    }
    const sorted = [...failovers].sort((a, b) => a - b);
    const [p50 = 0, max = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    console.log(
      `      ${samples} samples in ${Math.round((Date.now() - begun) / 1000)} s, ${none} without a leader; failover p50 ${p50} ms, max ${max} ms`,
    );
    assert.equal(failovers.length, kills);
    assert.ok(samples > 3 * kills);
    assert.ok(max < 20_000);
  });
});
