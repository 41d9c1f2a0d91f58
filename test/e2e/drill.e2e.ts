import { strict as assert } from "node:assert";
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { StoredDrill } from "../../cli/operations/drill-report";
import { evict } from "../../cli/operations/evict";
import { hostPortOf } from "../../local/cluster/host-ports";
import { programEnvironment } from "../../local/toolchain/locate";
import { type DrillProject, drillProject, steadyNodePort } from "../support/drill-project";
import { helmRecords, instance, kubectl, livePods, objects } from "../support/e2e-cluster";
import { eventually, type Result } from "../support/run";

/** Drills on the two-node cluster, with real evictions, a real drain, a real bad release, and requests that count. */

describe("drills", () => {
  let project: DrillProject;
  const drill = (experiment: string, service: string, ...more: string[]): Promise<Result> =>
    project.hardened([
      "drill",
      experiment,
      "-s",
      project.stack,
      "-n",
      project.namespace,
      "--service",
      service,
      ...more,
    ]);
  const report = (result: Result): StoredDrill => JSON.parse(result.stdout) as StoredDrill;
  const uids = async (service: string, namespace = project.namespace): Promise<string[]> =>
    (await livePods("-n", namespace, "-l", `app.kubernetes.io/name=${service}`))
      .map(({ metadata }) => metadata.uid)
      .sort();
  const cordoned = async (): Promise<string[]> => {
    const nodes = JSON.parse(await kubectl(["get", "nodes", "-o", "json"])) as {
      items: { metadata: { name: string }; spec: { unschedulable?: boolean } }[];
    };
    return nodes.items.filter(({ spec }) => spec.unschedulable).map(({ metadata }) => metadata.name);
  };
  const metric = (experiment: string, service: string): number =>
    Number(
      new RegExp(`^chaos_test_failures_total\\{experiment="${experiment}",service="${service}"\\} (\\d+)$`, "m").exec(
        readFileSync(join(project.evidence, "chaos.prom"), "utf8"),
      )?.[1],
    );

  before(async () => {
    project = await drillProject("e2e-drill");
  });
  after(() => project?.remove());

  it("[COS-28] a pod is evicted from two and not one of 2,000 requests fails; figures, evidence and counter say so", async () => {
    const before = await uids("steady");
    const result = await drill("pod-kill", "steady", "--json");
    assert.equal(result.code, 0, result.text);
    const found = report(result);
    assert.equal(found.budget.failed, 0);
    assert.ok(found.budget.requests >= 2000);
    assert.equal(found.verdict, "passed");
    assert.match(found.events.map(({ what }) => what).join("\n"), /evicted pod steady-/);
    assert.equal((await uids("steady")).filter((uid) => before.includes(uid)).length, 1, "one of two is new");
    const stored = JSON.parse(readFileSync(found.file, "utf8"));
    assert.deepEqual({ ...stored, file: found.file }, found);
    assert.equal(metric("pod-kill", "steady"), 0);
  });

  it("[COS-28] [COS-30] a drained node: pods of it move, not one of 2,000 requests fails, and the node takes pods again", async () => {
    const found = report(await drill("node-drain", "steady", "--json"));
    assert.equal(found.verdict, "passed", found.reason);
    assert.equal(found.budget.failed, 0);
    assert.ok(found.budget.requests >= 2000);
    assert.ok(found.before.availability === 100 && found.after.availability === 100);
    const events = found.events.map(({ what }) => what).join("\n");
    assert.match(
      events,
      /cordoned node (node-\d)[\s\S]*evicted pod steady-[\s\S]*node \1 is drained\nuncordoned node \1/,
    );
    assert.deepEqual(await cordoned(), []);
  });

  it("a rolling upgrade to new pods: not one of 2,000 requests through a node's port fails", async () => {
    const before = await uids("steady");
    const url = `http://127.0.0.1:${hostPortOf(steadyNodePort)}/`;
    const found = report(await drill("rolling-restart", "steady", "--json", "--url", url));
    assert.equal(found.entrance, url);
    assert.equal(found.verdict, "passed", found.reason);
    assert.equal(found.budget.failed, 0);
    assert.ok(found.budget.requests >= 2000);
    assert.equal((await uids("steady")).filter((uid) => before.includes(uid)).length, 0);
  });

  it("[COS-31] a bad release is detected and rolled back to the revision before, within the budget, and the report records it", async () => {
    const before = await helmRecords(project.namespace, project.release);
    const found = report(await drill("bad-release", "steady", "--json"));
    assert.equal(found.verdict, "passed", found.reason);
    assert.equal(found.budget.failed, 0);
    const revision = before[0]?.revision ?? 0;
    const { detected, restored, ...revisions } = found.rollback ?? assert.fail("no rollback recorded");
    assert.match(
      detected,
      /pod steady-\S+, container service: (RunContainerError|CrashLoopBackOff|StartError|CreateContainerError)/,
    );
    assert.deepEqual(
      [revisions.revisionBefore, revisions.badRevision, revisions.revisionAfter],
      [revision, revision + 1, revision + 2],
    );
    assert.equal(restored, true);
    const [now] = await helmRecords(project.namespace, project.release);
    assert.deepEqual([now?.revision, now?.status], [revision + 2, "deployed"]);
    const pods = JSON.stringify(await objects("pods", "-n", project.namespace));
    assert.doesNotMatch(pods, /no-such-program/);
  });

  it("[COS-29] [COS-30] [COS-43] a drill that breaks the budget ends with 1, says so, and counts as a failure", async () => {
    const result = await drill("pod-kill", "frail", "--requests", "500");
    assert.equal(result.code, 1, result.text);
    assert.match(
      result.stdout,
      /^failed: \d+ of \d+ requests failed: [\d.]+ % of the error budget, at most 100 % may be used/m,
    );
    assert.match(result.stdout, /^evidence: \.hardened\/evidence\/drill\/\S+-drill-pod-kill-frail\.json$/m);
    assert.equal(metric("pod-kill", "frail"), 1);
    assert.equal(metric("pod-kill", "steady"), 0);
    const index = JSON.parse(readFileSync(join(project.evidence, "index.json"), "utf8")) as {
      subject: string;
      verdict: string;
      cluster: { uid: string };
      chart: string;
    }[];
    assert.deepEqual(
      index.map(({ subject, verdict }) => [subject, verdict]),
      [
        ["pod-kill steady", "passed"],
        ["node-drain steady", "passed"],
        ["rolling-restart steady", "passed"],
        ["bad-release steady", "passed"],
        ["pod-kill frail", "failed"],
      ],
    );
    for (const { cluster, chart } of index) {
      assert.match(cluster.uid, /^[0-9a-f-]{36}$/);
      assert.equal(chart, "drilled-0.1.0");
    }
  });

  for (const [service, why] of [
    ["bare", /no PodDisruptionBudget selects its pods/],
    ["stuck", /PodDisruptionBudget stuck allows no disruption \(1 healthy, 1 needed\): nothing was evicted/],
    ["nobody", /no Service "nobody" with a selector; there are: bare, stuck/],
  ] as const) {
    it(`[COS-28] a drill of ${service} is refused with 2 before anything is touched`, async () => {
      const [pods, files] = [await uids(service, project.refused), readdirSync(project.evidence)];
      for (const experiment of ["pod-kill", "node-drain"]) {
        const result = await drill(experiment, service, "-n", project.refused);
        assert.equal(result.code, 2, result.text);
        assert.match(result.stderr, why);
        assert.doesNotMatch(result.stderr, / at .*\(/);
      }
      assert.deepEqual(await uids(service, project.refused), pods);
      assert.deepEqual(readdirSync(project.evidence), files);
    });
  }

  it("[COS-28] an eviction is asked for, never forced: the cluster's refusal is passed on and the pod stays", async () => {
    process.env.KUBECONFIG = instance.kubeconfig;
    process.env.PATH = programEnvironment().PATH;
    const [pod] = await objects("pods", "-n", project.refused, "-l", "app.kubernetes.io/name=stuck");
    const refusal = {
      name: "DrillStopped",
      message: /the eviction of pod stuck-\S+ was refused: .*Cannot evict pod as it would violate/,
    };
    await assert.rejects(evict(instance.context, project.refused, pod?.metadata.name ?? ""), refusal);
    assert.deepEqual(await uids("stuck", project.refused), [pod?.metadata.uid]);
  });

  it("[COS-28] a service that does not come back stops the drill, which says so and ends with 2", async () => {
    // The evicted pod is never replaced.
    await kubectl(["-n", project.namespace, "create", "quota", "full", "--hard=pods=0"]);
    try {
      const result = await drill("pod-kill", "steady", "--pods", "2", "--patience", "10", "--requests", "300");
      assert.equal(result.code, 2, result.text);
      assert.match(result.stdout, /^stopped: 2 ready pods of steady: not within 10 s$/m);
      assert.equal((await uids("steady")).length, 1, "the other pod was left alone");
    } finally {
      await kubectl(["-n", project.namespace, "delete", "quota", "full"]);
    }
    // A ReplicaSet that was refused for a while tries less and less often; a new one does not.
    await kubectl(["-n", project.namespace, "rollout", "restart", "deployment/steady"]);
    await kubectl(["-n", project.namespace, "rollout", "status", "deployment/steady", "--timeout=90s"]);
  });

  it("prod is refused without its name, and a stack without a service level always", async () => {
    project.stackFile("prod", { target: 99.9, maxBudgetPerDrill: 100 });
    const unconfirmed = await drill("pod-kill", "steady");
    assert.deepEqual(
      [unconfirmed.code, unconfirmed.stderr.trim()],
      [2, "stack drill is prod: say so with --confirm drill"],
    );
    project.stackFile("dev");
    const unmeasured = await drill("pod-kill", "steady");
    assert.equal(unmeasured.code, 2);
    assert.match(unmeasured.stderr, /does not set hardened:slo\.target and hardened:slo\.maxBudgetPerDrill/);
    project.stackFile("dev", { target: 99.9, maxBudgetPerDrill: 100 });
  });

  const begin = async (
    experiment: string,
    printed: RegExp,
  ): Promise<{ child: ChildProcess; result: Promise<Result> }> => {
    let child: ChildProcess | undefined;
    let text = "";
    const args = ["drill", experiment, "-s", project.stack, "-n", project.namespace, "--service", "steady"];
    const onStart = (started: ChildProcess): void => {
      child = started;
      started.stdout?.on("data", (chunk: string) => {
        text += chunk;
      });
    };
    const result = project.hardened(args, { onStart });
    await eventually(String(printed), async () => printed.test(text));
    return { child: child as ChildProcess, result };
  };

  it("Ctrl-C in a drain: the node takes pods again, the report says interrupted, exit code 130", async () => {
    const { child, result } = await begin("node-drain", /cordoned node/);
    child.kill("SIGINT");
    const { code, stdout } = await result;
    assert.equal(code, 130, stdout);
    assert.match(stdout, /^interrupted/m);
    assert.deepEqual(await cordoned(), []);
  });

  it("killed in a drain, and killed with a bad release out: the next drill puts both right first and says so", async () => {
    const drain = await begin("node-drain", /cordoned node/);
    drain.child.kill("SIGKILL");
    await drain.result;
    assert.equal((await cordoned()).length, 1);
    const bad = await begin("bad-release", /uncordoned[\s\S]*released revision/).catch(async (error: Error) =>
      assert.fail(error),
    );
    bad.child.kill("SIGKILL");
    assert.match(
      (await bad.result).stdout,
      /node node-\d was left cordoned by a drill that was killed \(process \d+\): uncordoned/,
    );
    assert.deepEqual(await cordoned(), []);
    const next = await drill("pod-kill", "steady", "--requests", "300");
    assert.match(
      next.stdout,
      /release e2e-drill\/drilled was left at a bad revision by a drill that was killed: rolled back to revision \d+/,
    );
    assert.equal(next.code, 0, next.text);
  });

  it("another host's cordon is left alone, and the refusal says whose it is", async () => {
    const mark = JSON.stringify({ host: `not-${hostname()}`, pid: 1, since: "2026-01-01T00:00:00Z" });
    await kubectl(["annotate", "node", "node-2", `hardened.pulumi/cordoned-by=${mark}`]);
    try {
      const result = await drill("pod-kill", "steady");
      assert.equal(result.code, 2);
      assert.match(result.stderr, /node node-2 is cordoned by a drill of host not-.*kubectl uncordon node-2/);
    } finally {
      await kubectl(["annotate", "node", "node-2", "hardened.pulumi/cordoned-by-"]);
    }
  });
});
