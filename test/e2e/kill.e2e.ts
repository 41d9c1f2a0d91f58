import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { Deployment } from "../../cluster/stack-state";
import { succeeded } from "../support/changes";
import { inventory, serving } from "../support/cluster/inventory";
import { kubectl, objects } from "../support/e2e-cluster";
import { kill, type Moment, random, victims } from "../support/interruption/kill";
import { useMailServer } from "../support/mailroom/mail-server";
import { eventually } from "../support/run";
import { type TestProject, type Tree, testProject } from "../support/test-project";

/**
 * `hardened up` killed with SIGKILL again and again, at moments spread over install and upgrade; the next one converges with
 * no other step. KILLS=n: that many of each (default 5: each moment once, at an install or at an upgrade). SEED=n: the same moments again.
 */

const kills = Number(process.env.KILLS ?? 5);
const seed = Number(process.env.SEED ?? 7);
const account = { jmap_token: "a-token", carddav_username: "owner@example.com", carddav_password: "a-password" };

describe(`[MR-53] ${kills} installs and ${kills} upgrades killed at moments of seed ${seed}`, () => {
  const chance = random(seed);
  let project: TestProject;
  let post: string;
  /** The namespace of the install at hand. */
  let namespace: string;
  const namespaces: string[] = [];
  let env: NodeJS.ProcessEnv;
  /** What one install without any kill leaves. */
  let whole: string[];
  let upMs = 8000;
  let missed = 0;

  const up = () => project.hardened(["up"], { env });
  const stack = (name: string): void => {
    namespace = `${project.namespace}-${name}`;
    namespaces.push(namespace);
    env = { ...project.env, PULUMI_BACKEND_URL: `file://${join(project.root, ".state", name)}?create_dir=true` };
    project.mailroom((mailroom) => {
      mailroom.namespace = namespace;
    });
  };
  const jobRuns = async (): Promise<boolean> => {
    const jobs = await objects<{ status: { active?: number } } & Awaited<ReturnType<typeof objects>>[0]>(
      "jobs",
      "-n",
      namespace,
    );
    return jobs.some(({ status }) => (status.active ?? 0) > 0);
  };
  const releaseIsPending = async (): Promise<boolean> => {
    const found = await kubectl(["get", "secrets", "-n", namespace, "-l", "owner=helm", "-o", "json"]);
    return /"status": "pending-/.test(found);
  };

  /** Moments spread over a run: by what it does, and by time alone. */
  const moments: readonly (() => Moment)[] = [
    () => ({ name: "during the preview", after: /^preview of stack/m, delay: chance() * 3000 }),
    () => ({ name: "between preview and up", after: /^.{0,9}up of stack/m }),
    () => ({ name: "at the first change", after: /^up of stack[\s\S]*^ +creating/m }),
    () => ({ name: "among the Secret and ConfigMap", after: /creating.*(Secret|ConfigMap)/, delay: chance() * 100 }),
    () => ({ name: "when the Job begins", after: /up of stack[\s\S]*creating.*Job/ }),
    () => ({
      name: "while the Job runs",
      after: /up of stack[\s\S]*creating.*Job/,
      when: jobRuns,
      delay: chance() * 1000,
    }),
    () => ({ name: "when the release begins", after: /up of stack[\s\S]*(creating|updating) +Release/ }),
    () => ({ name: "while the release is pending", after: /(creating|updating) +Release/, when: releaseIsPending }),
    () => ({
      name: "while the release becomes ready",
      after: /(creating|updating) +Release/,
      when: releaseIsPending,
      delay: chance() * 3000,
    }),
    () => ({ name: "at any time", after: /up of stack/, delay: chance() * upMs }),
  ];

  /** Installs take every other moment, upgrades those between; after five it is the other way round. */
  const momentOf = (n: number, what: "install" | "upgrade"): Moment => {
    const index = 2 * n + Math.floor(n / 5) + (what === "install" ? 0 : 1);
    return (moments[index % moments.length] as () => Moment)();
  };

  /** One copy of everything in the cluster and in the state, and nothing interrupted in either. */
  const isWhole = async (): Promise<void> => {
    let now: string[] = [];
    const same = eventually(
      "the same as an install that was not killed",
      async () => {
        now = await inventory(namespace);
        return now.join() === whole.join();
      },
      40_000,
    );
    await same.catch(() => assert.deepEqual(now, whole));
    const exported = await project.pulumi(["stack", "export", "--stack", project.stack], { env });
    const state = (JSON.parse(exported.stdout) as { deployment: Deployment }).deployment;
    assert.deepEqual(state.pending_operations ?? [], []);
    const urns = (state.resources ?? []).map(({ urn }) => urn);
    assert.equal(new Set(urns).size, urns.length, "one entry a resource");
  };

  before(async () => {
    project = await testProject("kill");
    post = await useMailServer(project, account);
    const slow = `/api/v1/namespaces/${post}/services/mail-server:8081/proxy/faults`;
    await kubectl(["create", "--raw", slow, "-f", "-"], JSON.stringify({ delay_ms: 100 }));
    stack("whole");
    const first = succeeded(await up());
    upMs = first.ms / 2;
    whole = await inventory(namespace);
    assert.ok(whole.includes("Helm record deployed") && whole.includes("Pod mailroom Running"), whole.join("\n"));
  });
  after(async () => {
    await kubectl(["delete", "namespace", "--ignore-not-found", "--timeout=200s", ...namespaces, post ?? "none"]);
    stack("last");
    await project?.remove();
  });

  for (let n = 0; n < kills; n++) {
    const victim = victims[n % victims.length] as (typeof victims)[number];
    const moment = momentOf(n, "install");
    it(`install ${n + 1}: ${victim} killed ${moment.name}`, async () => {
      stack(`i${n}`);
      const { hit, result } = await kill((options) => project.hardened(["up"], { ...options, env }), victim, moment);
      // A provider that has answered everything is killed too late: the run goes on, and all is there.
      if (!hit || (victim === "provider" && result.code === 0)) missed++;
      else if (victim !== "program") assert.notEqual(result.code, 0, result.text);
      if (hit && result.code === 0) await isWhole();
      succeeded(await up());
      await isWhole();
      await kubectl(["delete", "namespace", "--wait=false", namespace]); // a hundred of them have no room on the nodes
    });
  }

  for (let n = 0; n < kills; n++) {
    const victim = victims[n % victims.length] as (typeof victims)[number];
    const moment = momentOf(n, "upgrade");
    it(`upgrade ${n + 1}: ${victim} killed ${moment.name}`, async () => {
      if (n === 0) {
        stack("upgrade");
        succeeded(await up());
      }
      const before = await serving(namespace);
      assert.equal(before.length, 1);
      project.mailroom(({ config }) => {
        (config as { polling: Tree }).polling.interval = 2 + n;
      });
      const { hit } = await kill((options) => project.hardened(["up"], { ...options, env }), victim, moment);
      if (!hit) missed++;
      // Helm is told last: unless it was, the very pod that served goes on; else the new one takes over, run or no run.
      if (!/release/.test(moment.name) && moment.name !== "at any time")
        assert.deepEqual(await serving(namespace), before);
      else await eventually("one version serves", async () => (await serving(namespace)).length === 1);
      succeeded(await up());
      await isWhole();
      const [config] = await objects("configmaps", "-n", namespace, "-l", "app.kubernetes.io/component=config");
      assert.match(config?.data?.["config.yaml"] ?? "", new RegExp(`interval: ${2 + n}$`, "m"));
    });
  }

  it("hardly any run ended before it could be killed", () => {
    assert.ok(missed <= kills / 5, `${missed} of ${2 * kills} were over too soon`);
  });
});
