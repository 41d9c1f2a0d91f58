import { strict as assert } from "node:assert";
import { join } from "node:path";
import { nodes } from "../../cluster/local/addresses";
import { clusterUp } from "../../cluster/local/up";
import { succeeded } from "../support/changes";
import { instance, type KubeObject, kubectl, livePods, object, objects } from "../support/e2e-cluster";
import { dagsterAt } from "../support/floe/dagster";
import { type FloeProject, floeProject } from "../support/floe/floe-project";
import { type FloeRuns, floeRuns, keptFiles, listing, platform, type RunPod } from "../support/floe/floe-run";
import { killProcesses, loseNode } from "../support/interruption/power-loss";
import { type Forward, forward } from "../support/network/forward";
import { eventually, run } from "../support/run";
import { root } from "../support/tree";

/** What a platform of one database and one object store keeps when it loses a pod, and a node with all that is on it: systems/floe/README.md, "What survives". */

const product = (file: string): string => join(root, "test/support/floe/data-product", file);
/** As an operator says of a machine that does not come back by itself; its pods are given up then. */
const outOfService = "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute";

describe("floe when a pod or a node is lost", function () {
  this.timeout(900_000);
  let project: FloeProject;
  let runs: FloeRuns;
  let page: Forward | undefined;
  let kept = "";
  let lost = "";
  let interrupted = "";
  const dagster = dagsterAt(() => page?.url ?? "");

  const podOf = async (component: string): Promise<RunPod> => {
    const labels = `app.kubernetes.io/instance=floe,app.kubernetes.io/component=${component}`;
    const [pod] = await livePods<RunPod>("-n", project.namespace, "-l", labels);
    return pod ?? assert.fail(`no pod of ${component}`);
  };
  const ready = async (): Promise<void> => {
    for (const kind of ["deployments", "statefulsets"])
      for (const { metadata } of await objects(kind, "-n", project.namespace, "-l", "app.kubernetes.io/instance=floe"))
        await runs.inside("rollout", "status", `${kind}/${metadata.name}`, "--timeout=300s");
    page?.close();
    page = await forward(project.namespace, `${platform}-webserver`, 80);
  };
  /** Rows and files of the first run, which was there before anything was lost. */
  const isAllThere = async (): Promise<void> => {
    assert.equal(await runs.rows(), "[(42, 2)]");
    assert.deepEqual(await runs.asJob(listing(kept)), keptFiles(kept));
  };

  before(async () => {
    project = await floeProject("loss");
    runs = floeRuns(project.namespace);
    const floe = async (...args: string[]): Promise<void> => {
      const words = ["helm", "generate", "--artifact", product("compiled_artifacts.json"), "--env", "dev", ...args];
      succeeded(await run(join(project.root, "bin/floe"), words, { cwd: project.root, env: project.env }));
    };
    await floe("--output", "values-dev.yaml");
    await floe("--chart", "floe-jobs", "--values", product("project.yaml"), "--output", "jobs-dev.yaml");
    const files = { valuesFiles: ["values-dev.yaml"], jobsValuesFiles: ["jobs-dev.yaml"] };
    project.floe((config) => Object.assign(config, files));
    succeeded(await project.hardened(["up"], { timeoutMs: 600_000 }));
    await ready();
    kept = await dagster.launch("build");
    assert.equal(await dagster.ended(kept), "SUCCESS");
  });
  after(async () => {
    page?.close();
    await clusterUp({ name: instance.name, systems: [], log: () => {} });
    for (const { name } of nodes) await kubectl(["uncordon", name]);
    if (lost !== "") await kubectl(["taint", "node", lost, `${outOfService}-`]).catch(() => undefined);
    await project?.remove();
  });

  for (const component of ["postgresql", "minio"])
    it(`[FL-08] ${component}: its pod is killed and taken away, and another one has the same data`, async () => {
      const pod = await podOf(component);
      killProcesses([pod]);
      await runs.inside("delete", "pod", pod.metadata.name, "--grace-period=0", "--force");
      // the StatefulSet's status may still be of the pod that is gone
      await eventually(
        "another pod is ready",
        async () => {
          const next = await podOf(component).catch(() => pod);
          const isReady = next.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
          return next.metadata.uid !== pod.metadata.uid && isReady;
        },
        180_000,
      );
      await ready();
      // its Service has no address of its own: cluster DNS may give that of the pod that is gone, for 30 s
      const isReached = () =>
        isAllThere().then(
          () => true,
          () => false,
        );
      await eventually("it is reached by its name", isReached, 45_000).catch(() => undefined);
      await isAllThere();
    });

  it("[FL-08] the node of the database is lost with a run on it: what has no volume there moves, the database waits for its volume", async () => {
    lost = (await podOf("postgresql")).spec.nodeName ?? assert.fail("not placed");
    const [other] = nodes.filter(({ name }) => name !== lost);
    assert.ok(other);
    await kubectl(["cordon", other.name]);
    interrupted = await dagster.launch("build");
    await eventually(
      "the run is on that node",
      async () => {
        const [pod] = await runs.pods(`dagster/run-id=${interrupted},app.kubernetes.io/component=run`);
        return pod?.status.phase === "Running" && pod.spec.nodeName === lost;
      },
      120_000,
    );
    await loseNode(lost);
    await kubectl(["uncordon", other.name]);
    await eventually(
      "the node is not ready",
      async () => {
        const { status } = await object<KubeObject & { status: { conditions: { type: string; status: string }[] } }>(
          ...["node", lost],
        );
        return status.conditions.some(({ type, status: word }) => type === "Ready" && word !== "True");
      },
      180_000,
    );
    await kubectl(["taint", "node", lost, outOfService]);
    for (const component of ["webserver", "daemon", "otel", "marquez"])
      await eventually(
        `${component} is on the other node`,
        async () => (await podOf(component).catch(() => undefined))?.spec.nodeName === other.name,
        180_000,
      );
    const waiting = await eventually("the database waits", async () => {
      const pod = await podOf("postgresql").catch(() => undefined);
      return pod?.status.phase === "Pending" && pod.spec.nodeName === undefined && pod;
    });
    await eventually("the scheduler says why", async () =>
      /didn't match PersistentVolume's node affinity|volume node affinity conflict/.test(
        await runs.inside("events", "--for", `pod/${waiting.metadata.name}`),
      ),
    );
  });

  it("[FL-08] when the node is back, rows and files are as they were, and the run that was on it has failed", async () => {
    await clusterUp({ name: instance.name, systems: [], log: () => {} });
    await kubectl(["taint", "node", lost, `${outOfService}-`]);
    await ready();
    await isAllThere();
    const state = async (): Promise<string> => {
      const { runOrError } = await dagster.graphql(
        "query ($runId: ID!) { runOrError(runId: $runId) { ... on Run { status } } }",
        { runId: interrupted },
      );
      return (runOrError as { status: string }).status;
    };
    await eventually("the run has failed", async () => (await state()) === "FAILURE", 400_000);
  });

  it("[FL-66] the next run of the same job is not held up by it", async () => {
    const next = await dagster.launch("build");
    assert.equal(await dagster.ended(next), "SUCCESS");
    assert.deepEqual(await runs.asJob(listing(next)), keptFiles(next));
  });
});
