import { strict as assert } from "node:assert";
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { Cluster } from "../../cluster/cluster";
import { hostPortOf } from "../../cluster/local/host-ports";
import type { StoredDrill } from "../../operations/drills/drill-report";
import { evict } from "../../operations/drills/evict";
import { runningProcesses } from "../../process/identity";
import { programEnvironment } from "../../process/toolchain/locate";
import { type DrillProject, drillProject, steadyNodePort } from "../support/drills/drill-project";
import { cordoned, Drills, row, slo, withNobodyLetIn } from "../support/drills/run-drills";
import { helmRecords, instance, kubectl, objects } from "../support/e2e-cluster";
import { eventually, type Result } from "../support/run";

/** Drills on the two-node cluster, with real evictions, a real drain, a real bad release, and requests that count. */

describe("drills", () => {
  let project: DrillProject;
  let drills: Drills;
  const report = (result: Result): StoredDrill => JSON.parse(result.stdout) as StoredDrill;

  before(async () => {
    project = await drillProject("e2e-drill");
    drills = new Drills(project);
    project.stackFile("dev", slo);
  });
  after(() => project?.remove());

  it("[COS-28] [COS-53] behind a NetworkPolicy that lets nobody in, a pod is evicted from two and not one of 2,000 requests fails; figures, evidence and counter say so", async () => {
    const before = await drills.uids("steady");
    const found = await withNobodyLetIn(project.namespace, "steady", () => drills.done("Kill a pod"));
    assert.deepEqual([found.endpoint, found.rate], [`port-forward to ${project.namespace}/steady:http/`, 25]);
    assert.equal(found.budget.failed, 0);
    assert.ok(found.budget.requests >= 2000);
    assert.equal(found.verdict, "passed");
    assert.match(found.events.map(({ what }) => what).join("\n"), /evicted pod steady-/);
    assert.equal((await drills.uids("steady")).filter((uid) => before.includes(uid)).length, 1, "one of two is new");
    assert.equal(drills.metric("pod-kill", "steady"), 0);
  });

  it("[COS-28] [COS-30] [COS-53] a drained node: pods of it move, not one of 2,000 requests fails, and the node takes pods again", async () => {
    const found = await drills.done("Drain a node");
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

  it("[COS-53] a rolling upgrade to new pods: not one of 2,000 requests through a node's port fails", async () => {
    const before = await drills.uids("steady");
    const url = `http://127.0.0.1:${hostPortOf(steadyNodePort)}/`;
    const [command] = drills.recipe("Roll over to new pods").commands;
    const found = report(await project.shell(`${command} --json --url ${url}`));
    const { file, ...stored } = found;
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), stored);
    assert.deepEqual([found.endpoint, found.rate], [url, 50]);
    assert.equal(found.verdict, "passed", found.reason);
    assert.equal(found.budget.failed, 0);
    assert.ok(found.budget.requests >= 2000);
    assert.equal((await drills.uids("steady")).filter((uid) => before.includes(uid)).length, 0);
  });

  it("[COS-31] [COS-53] a bad release is detected and rolled back to the revision before, within the budget, and the report records it", async () => {
    const before = await helmRecords(project.namespace, project.release);
    const found = await drills.done("Release a broken version on purpose");
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
    const result = await drills.run("pod-kill", "frail", "--requests", "500");
    assert.equal(result.code, 1, result.text);
    assert.equal(result.stderr, "");
    assert.match(
      result.stdout,
      /^failed: \d+ of \d+ requests failed: [\d.]+ % of the error budget, at most 100 % may be used/m,
    );
    assert.match(result.stdout, row("failed: "));
    assert.match(result.stdout, /^evidence: \.hardened\/evidence\/drill\/\S+-drill-pod-kill-frail\.json$/m);
    assert.equal(drills.metric("pod-kill", "frail"), 1);
    assert.equal(drills.metric("pod-kill", "steady"), 0);
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
      const [pods, files] = [await drills.uids(service, project.refused), readdirSync(project.evidence)];
      for (const experiment of ["pod-kill", "node-drain"]) {
        const result = await drills.run(experiment, service, "-n", project.refused);
        assert.equal(result.code, 2, result.text);
        assert.match(result.stderr, why);
        if (service !== "nobody") assert.match(result.stderr, row(service === "bare" ? "no Pod" : "allows"));
        assert.doesNotMatch(result.stderr, / at .*\(/);
      }
      assert.deepEqual(await drills.uids(service, project.refused), pods);
      assert.deepEqual(readdirSync(project.evidence), files);
    });
  }

  it("[COS-28] [COS-53] a service that fails before anything is touched is refused with 2, in the words of the cookbook", async () => {
    const before = await drills.uids("steady");
    const result = await drills.run("pod-kill", "steady", "--path", "/no-such-page");
    assert.equal(result.code, 2, result.text);
    assert.match(result.stderr, /status 404.*give the address of its Ingress with --url/);
    assert.match(result.stderr, row("failed N of M"));
    assert.deepEqual(await drills.uids("steady"), before);
  });

  it("[COS-28] an eviction is asked for, never forced: the cluster's refusal is passed on and the pod stays", async () => {
    process.env.KUBECONFIG = instance.kubeconfig;
    process.env.PATH = programEnvironment().PATH;
    const [pod] = await objects("pods", "-n", project.refused, "-l", "app.kubernetes.io/name=stuck");
    const refusal = {
      name: "DrillStopped",
      message: /the eviction of pod stuck-\S+ was refused: .*Cannot evict pod as it would violate/,
    };
    await assert.rejects(evict(new Cluster(instance.context), project.refused, pod?.metadata.name ?? ""), refusal);
    assert.deepEqual(await drills.uids("stuck", project.refused), [pod?.metadata.uid]);
  });

  it("[COS-28] a service that does not come back stops the drill, which says so and ends with 2", async () => {
    // The evicted pod is never replaced.
    await kubectl(["-n", project.namespace, "create", "quota", "full", "--hard=pods=0"]);
    try {
      const result = await drills.run("pod-kill", "steady", "--pods", "2", "--wait-timeout", "10", "--requests", "300");
      assert.equal(result.code, 2, result.text);
      assert.match(result.stdout, /^stopped: 2 ready pods of steady: not within 10 s$/m);
      assert.equal((await drills.uids("steady")).length, 1, "the other pod was left alone");
    } finally {
      await kubectl(["-n", project.namespace, "delete", "quota", "full"]);
    }
    // A ReplicaSet that was refused for a while tries less and less often; a new one does not.
    await kubectl(["-n", project.namespace, "rollout", "restart", "deployment/steady"]);
    await kubectl(["-n", project.namespace, "rollout", "status", "deployment/steady", "--timeout=90s"]);
  });

  it("[COS-53] prod is refused without its name and drilled with it; a stack without a service level is refused always", async () => {
    project.stackFile("prod", slo);
    const said = drills.recipe(
      "Drill production",
      ["stack prod", `stack ${project.stack}`],
      ["confirm prod", `confirm ${project.stack}`],
    );
    const [command = ""] = said.commands;
    // A short one: what it measures is the same as in the others.
    const confirmed = await project.shell(`${command} --requests 300`);
    assert.equal(confirmed.code, 0, confirmed.text);
    const unconfirmed = await project.shell(command.replace(/ --confirm .*/, ""));
    assert.deepEqual([unconfirmed.code, unconfirmed.stderr], [2, said.block("text")]);
    project.stackFile("dev");
    const unmeasured = await drills.run("pod-kill", "steady");
    assert.equal(unmeasured.code, 2);
    assert.match(unmeasured.stderr, /does not set hardened:slo\.target and hardened:slo\.maxBudgetPerDrill/);
    project.stackFile("dev", slo);
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

  it("[COS-53] killed in a drain, and killed with a bad release out: the next drill puts both right first and says so", async () => {
    const forwarded = `namespaces/${project.namespace}/pods`;
    const drain = await begin("node-drain", /cordoned node/);
    const ofDrill = (): boolean => runningProcesses().some(({ command }) => command.join(" ").includes(forwarded));
    assert.ok(ofDrill());
    drain.child.kill("SIGKILL");
    await drain.result;
    await eventually("nothing of it still runs", async () => !ofDrill());
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
    const metrics = "/var/lib/node_exporter";
    const [command = ""] = drills.recipe("Count drills in Prometheus", [metrics, project.root]).commands;
    const next = await project.shell(`${command} --requests 300`);
    assert.match(
      next.stdout,
      /release e2e-drill\/drilled was left at a bad revision by a drill that was killed: rolled back to revision \d+/,
    );
    assert.equal(next.code, 0, next.text);
    assert.match(
      readFileSync(join(project.root, "hardened.prom"), "utf8"),
      /^chaos_test_failures_total\{experiment="pod-kill",service="steady"\} 0$/m,
    );
  });

  it("another host's cordon is left alone, and the refusal says whose it is", async () => {
    const mark = JSON.stringify({ host: `not-${hostname()}`, pid: 1, since: "2026-01-01T00:00:00Z" });
    await kubectl(["annotate", "node", "node-2", `hardened.pulumi/cordoned-by=${mark}`]);
    try {
      const result = await drills.run("pod-kill", "steady");
      assert.equal(result.code, 2);
      assert.match(result.stderr, /node node-2 is cordoned by a drill of host not-.*kubectl uncordon node-2/);
    } finally {
      await kubectl(["annotate", "node", "node-2", "hardened.pulumi/cordoned-by-"]);
    }
  });
});
