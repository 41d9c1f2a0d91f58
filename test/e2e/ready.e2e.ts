import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StoredDrill } from "../../operations/drills/drill-report";
import type { StoredLoad } from "../../operations/load/load-report";
import { type StoredAdmission, variantsOf } from "../../operations/readiness/admission";
import type { Readiness } from "../../operations/readiness/ready";
import { podTemplatesOf } from "../../policy/pods/pod-spec";
import { readManifests } from "../../policy/render/read-files";
import { useHelm } from "../policy/support/helm";
import { succeeded } from "../support/changes";
import { benchReports, benchVersion } from "../support/cluster/kube-bench";
import { printsAsShown, type Section, section, type Varying } from "../support/documents/document";
import { instance, kubectl, livePods } from "../support/e2e-cluster";
import { gatewayNamespace, openGateway } from "../support/network/gateway";
import { eventually, type Result, run } from "../support/run";
import { type TestProject, type Tree, testProject } from "../support/test-project";

/** What a load test measures again each time. */
const measured: readonly Varying[] = [
  [/^(\S+ +\d+\/s) +[\d.]+\/s +\d+/gm, "$1  SUSTAINED  REQUESTS"],
  [/ms +[\d.]+ %/g, "ms  PERCENT"],
  [/\b\d+m\b/g, "CPU"],
  [/\b\d+Mi\b/g, "MEMORY"],
];

/** A stack of a real service on the way to "ready": every gate open first, then closed by evidence that was really taken. */

describe("readiness of a stack", () => {
  let project: TestProject;
  /** The service's gateway for clients outside of the cluster. */
  let url: string;
  const json = <T>(result: Result): T => JSON.parse(result.stdout) as T;
  const gates = (result: Result): Record<string, boolean> =>
    Object.fromEntries(json<Readiness>(result).gates.map(({ gate, passed }) => [gate, passed]));
  /** A recipe of the cookbook for this stack's service. */
  const recipe = (heading: string): Section =>
    section("docs/how-to/cookbook.md", heading, [
      ["<stack>", project.stack],
      ["companyos", project.namespace],
      ["accounts", "api"],
    ]);
  const shell = (line = ""): Promise<Result> => run("bash", ["-c", line], { cwd: project.root, env: project.env });
  /** The evidence file that a command named. */
  const storedBy = <T>({ stdout }: Result): T =>
    JSON.parse(readFileSync(join(project.root, /^evidence: (\S+)$/m.exec(stdout)?.[1] ?? ""), "utf8")) as T;
  const write = (name: string, text: string): string => {
    writeFileSync(join(project.root, name), text);
    return name;
  };

  before(async () => {
    project = await testProject("ready");
    project.mailroom((mailroom, config) => {
      mailroom.enabled = false;
      const quick = {
        spread: { host: "soft" },
        probes: { readiness: { periodSeconds: 1 }, startup: { periodSeconds: 1 } },
      };
      const image = { repository: "registry.hardened.test/service", tag: "local" };
      const resources = { requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "500m", memory: "64Mi" } };
      const allowFrom = [gatewayNamespace(project.namespace)];
      const api: Tree = { image, ...quick, replicas: 2, resources, allowFrom, env: { SERVICE_NAME: "api" } };
      config["hardened:companyos"] = { namespace: project.namespace, secrets: "generated", services: { api } };
      config["hardened:slo"] = { target: 99.9, maxBudgetPerDrill: 100 };
    });
    await run("node_modules/.bin/ts-node", ["-T", "cli/generate/main.ts"], { cwd: project.root, env: project.env });
    succeeded(await project.hardened(["up"]));
    url = await openGateway(project.namespace, "api", 30_083);
  });
  after(async () => {
    await kubectl(["delete", "namespace", gatewayNamespace(project.namespace), "--ignore-not-found", "--wait=false"]);
    await project?.remove();
  });

  it("[COS-56] [COS-53] without evidence only the first gate is closed, the others say what is missing, and it ends with 1, as the cookbook shows", async () => {
    const { commands, block } = recipe("See whether a stack is ready");
    const result = await shell(commands[0]);
    assert.equal(result.code, 1, result.text);
    printsAsShown(result.text, block("text"));
    assert.match(result.stdout, /^1 +lint and schema +pass +\.hardened\/evidence\/e2e-ready\/\S+-checks-\S+\.json$/m);
    assert.match(result.stdout, /^2 +CIS and pod security +open +-$/m);
    assert.match(result.stdout, /no admission report is stored; run hardened admission/);
    assert.match(result.stdout, /no node-drain drill is stored; run hardened drill node-drain/);
    assert.match(result.stdout, /reviews\.security is not filled in/);
    assert.match(result.stdout, /stack e2e-ready is not ready: 3 of 4 gates are open/);
  });

  it("[COS-35] [COS-53] the API server admits every pod of the stack and refuses a privileged variant of each; stored as evidence", async () => {
    const { commands, block } = recipe("Ask admission");
    const result = await shell(commands[0]);
    assert.equal(result.code, 0, result.text);
    printsAsShown(result.text, block("text"));
    const { workloads, tool, verdict } = storedBy<StoredAdmission>(result);
    assert.deepEqual(
      workloads.map(({ workload, admitted, badVariantRefused }) => [workload, admitted, badVariantRefused]),
      [["Deployment api", true, true]],
    );
    assert.match(tool, /v1\.\d+/);
    assert.equal(verdict, "passed");
    await kubectl([
      "label",
      "namespace",
      project.namespace,
      "--overwrite",
      "pod-security.kubernetes.io/enforce=privileged",
    ]);
    try {
      const loose = await project.hardened(["admission", "--evidence", join(project.root, "elsewhere")]);
      assert.equal(loose.code, 1, "a namespace that takes everything proves nothing");
      assert.match(loose.stdout, /would take a privileged pod/);
    } finally {
      await kubectl([
        "label",
        "namespace",
        project.namespace,
        "--overwrite",
        "pod-security.kubernetes.io/enforce=restricted",
      ]);
    }
  });

  for (const experiment of ["pod-kill", "node-drain", "bad-release"]) {
    it(`[COS-28] [COS-31] ${experiment} of a service of the platform: no request fails`, async () => {
      // Its enforced NetworkPolicy lets in nobody of those who drill: the first goes through port-forwards.
      const way = experiment === "pod-kill" ? [] : ["--url", `${url}/`];
      const result = await project.hardened(["drill", experiment, ...way, "--requests", "600", "--json"]);
      assert.equal(result.code, 0, result.text);
      const { budget, chart, verdict } = json<StoredDrill>(result);
      assert.equal(budget.failed, 0);
      assert.ok(budget.requests >= 600);
      assert.equal(verdict, "passed");
      assert.match(chart, /^service-\d/);
    });
  }

  it("[COS-38] [COS-03] [COS-53] load: the limits sustain the target without throttling or lost memory, and the baseline is measured", async () => {
    const { commands, block, blocks } = recipe("Raise a limit after a load test");
    write("load.yaml", block("yaml").replace(/^( +)path: .*$/m, `$&\n$1url: ${url}/`));
    const result = await shell(commands[0]);
    assert.equal(result.code, 0, result.text);
    printsAsShown(result.text, blocks("text")[0] ?? "", measured);
    const [api] = storedBy<StoredLoad>(result).services;
    assert.ok((api?.sustained ?? 0) >= 39, String(api?.sustained));
    assert.equal(api?.outOfMemory, 0);
    assert.ok((api?.throttledPercent ?? 100) <= 25);
    assert.match(api?.baseline?.cpu.p95 ?? "", /^\d+m$/);
    assert.match(api?.baseline?.memory.p95 ?? "", /^\d+Mi$/);
  });

  it("[COS-38] [COS-53] load: work above the CPU limit is throttled, which is said, and it ends with 1", async () => {
    const heavy = `services:\n  - { service: api, namespace: ${project.namespace}, url: "${url}/work?ms=200", rate: 20, seconds: 15, criteria: { errorPercent: 100, p95Ms: 60000, throttledPercent: 0 } }\n`;
    const result = await project.hardened(["load", write("heavy.yaml", heavy)]);
    assert.equal(result.code, 1, result.text);
    assert.match(
      result.stdout,
      /api: a pod met its CPU limit in [\d.]+ % of the periods, at most 0 % may be: raise the limit/,
    );
    const percent: readonly Varying[] = [[/\b[\d.]+ %/g, "PERCENT"]];
    const said = /^api: a pod met its CPU limit.*$/m.exec(result.stdout)?.[0] ?? "";
    printsAsShown(said, recipe("Raise a limit after a load test").blocks("text")[1] ?? "", percent);
    assert.equal((await livePods("-n", project.namespace)).length, 2);
    const isCalm = async (): Promise<boolean> => (await project.hardened(["status"])).code === 0;
    await eventually("all pods are ready again", isCalm);
  });

  it("[COS-34] [COS-36] the reports of kube-bench of the cluster are evaluated and stored", async () => {
    const reports = await benchReports(instance, join(project.root, "kube-bench"));
    const targets = ["--targets", "docs/compliance/local-cluster.yaml"];
    const result = await project.hardened(["cis", ...reports, ...targets, "--tool", benchVersion]);
    assert.equal(result.code, 0, result.text);
    assert.match(result.stdout, /CIS Kubernetes Benchmark 1\.12: passed/);
    assert.match(result.stdout, /^not applicable 1\.1\.1, .*: \S+/m);
    const index = JSON.parse(readFileSync(join(project.root, ".hardened/evidence/e2e-ready/index.json"), "utf8")) as {
      tool: string;
      cluster: { uid: string };
      commit: string;
    }[];
    const cis = index.find(({ tool }) => tool === `kube-bench ${benchVersion}`);
    assert.match(cis?.cluster.uid ?? "", /^[0-9a-f-]{36}$/);
  });

  it("[COS-34] the shipped Job of kube-bench is admitted in its own namespace, and in no restricted one", async () => {
    const text = readFileSync(join(project.root, "charts/examples/kube-bench.yaml"), "utf8");
    useHelm();
    const [space, ...jobs] = (await readManifests(text)).manifests.map(({ object: one }) => one);
    assert.equal(space?.kind, "Namespace");
    assert.equal(jobs.length, 2);
    await kubectl(["apply", "-f", "-"], JSON.stringify(space));
    try {
      for (const [index, job] of jobs.entries()) {
        for (const { template } of podTemplatesOf(job)) {
          const ask = (namespace: string): Promise<string> =>
            kubectl(
              ["create", "--dry-run=server", "-o", "name", "-f", "-"],
              JSON.stringify(variantsOf(template, `bench-${index}`, namespace).good),
            );
          assert.match(await ask("kube-bench"), /^pod\/bench-/);
          await assert.rejects(ask(project.namespace), /violates PodSecurity[\s\S]*hostPID/);
        }
      }
    } finally {
      await kubectl(["delete", "namespace", "kube-bench", "--wait=false"]);
    }
  });

  it("[COS-56] [COS-63] with all evidence and both signatures every gate is closed; an edit that is not deployed opens the first again", async () => {
    const targets = join(project.root, "docs/compliance/targets.yaml");
    const signed = readFileSync(targets, "utf8")
      .replaceAll('name: "", date: ""', 'name: "A. Reviewer", date: "2026-11-30"')
      .replaceAll('version: ""', 'version: "v1"');
    writeFileSync(targets, signed);
    const result = await project.hardened(["ready", "--json"]);
    assert.equal(result.code, 0, result.text);
    assert.ok(json<Readiness>(result).gates.every(({ passed, evidence }) => passed && evidence.length > 0));
    project.mailroom((_, config) => {
      (config["hardened:companyos"] as { services: { api: Tree } }).services.api.drainSeconds = 4;
    });
    const edited = await project.hardened(["ready", "--json"]);
    assert.equal(edited.code, 1);
    assert.deepEqual(gates(edited), {
      "lint and schema": false,
      "CIS and pod security": true,
      "chaos drills": true,
      documentation: true,
    });
    assert.match(edited.stdout, /what is deployed is not what this checkout renders; run hardened up/);
  });
});
