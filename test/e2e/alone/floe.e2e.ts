import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { registryUrl } from "../../../cluster/local/host-ports";
import { changes, succeeded } from "../../support/changes";
import { runPage } from "../../support/documents/data-product-page";
import { instance, kubectl, livePods, objects } from "../../support/e2e-cluster";
import { dagsterAt } from "../../support/floe/dagster";
import { type FloeProject, floeProject } from "../../support/floe/floe-project";
import { type FloeRuns, floeRuns, keptFiles, listing, platform } from "../../support/floe/floe-run";
import { built } from "../../support/go-program";
import { askFrom, readFrom } from "../../support/network/client-pod";
import { type Forward, forward } from "../../support/network/forward";
import { pushArtifact } from "../../support/registry/push-artifact";
import { eventually, run } from "../../support/run";
import { root } from "../../support/tree";

/** One run of the data platform, end to end: from an artifact in a registry to rows, spans, lineage and files. Every part is what it is said to be. */

const product = (file: string): string => join(root, "test/support/floe/data-product", file);
const artifactType = "application/vnd.floe.compiled-artifacts.v1+json";

describe("floe as a stack runs it", () => {
  let project: FloeProject;
  let page: Forward;
  let runs: FloeRuns;
  const dagster = dagsterAt(() => page.url);
  const { graphql, launch, ended } = dagster;
  const [client, stranger] = ["floe-client", "floe-stranger"] as const;
  const inside = (...args: string[]): Promise<string> => runs.inside(...args);
  const live = (labels: string) => livePods("-n", project.namespace, "-l", labels);

  before(async function () {
    this.timeout(900_000);
    project = await floeProject("run", { networkPolicy: { clients: [client] } });
    runs = floeRuns(project.namespace);
    // a namespace that may reach the page, and one that may not
    for (const name of [client, stranger]) await kubectl(["create", "namespace", name]);
  });
  after(async () => {
    page?.close();
    await project?.remove();
    await kubectl(["delete", "namespace", client, stranger, "--ignore-not-found", "--wait=false"]);
  });

  it("[FL-70] [FL-75] [FL-122] values come from an artifact in a registry, and go into the stack as they are", async () => {
    const content = readFileSync(product("compiled_artifacts.json"), "utf8");
    const registry = registryUrl(instance);
    await pushArtifact(registry, { repository: "products/orders", tag: "1.0.0", type: artifactType, content });
    const artifact = `oci://${new URL(registry).host}/products/orders:1.0.0`;
    const floe = (...args: string[]) =>
      run(join(project.root, "bin/floe"), ["helm", "generate", "--artifact", artifact, "--env", "dev", ...args], {
        cwd: project.root,
        env: project.env,
      });
    succeeded(await floe("--output", "values-dev.yaml"));
    succeeded(await floe("--chart", "floe-jobs", "--values", product("project.yaml"), "--output", "jobs-dev.yaml"));
    project.floe((config) =>
      Object.assign(config, { valuesFiles: ["values-dev.yaml"], jobsValuesFiles: ["jobs-dev.yaml"] }),
    );
  });

  it("[FL-10] [FL-58] [FL-119] the stack comes up in less than ten minutes: platform first, then the jobs", async function () {
    this.timeout(900_000);
    const start = Date.now();
    succeeded(await project.hardened(["up"]));
    const seconds = (Date.now() - start) / 1000;
    console.log(`      platform and jobs deployed in ${seconds.toFixed(0)} s`);
    assert.ok(seconds < 600, `${seconds.toFixed(0)} s`);
    const running = await runs.pods("app.kubernetes.io/instance=floe");
    assert.ok(running.length >= 7, running.map(({ metadata }) => metadata.name).join());
    for (const { metadata } of running) assert.equal(metadata.labels?.["floe.dev/environment"], "dev");
    page = await forward(project.namespace, `${platform}-webserver`, 80);
    await dagster.loaded();
  });

  let runId = "";
  it("[FL-66] [FL-104] [FL-105] a job triggered through GraphQL runs dbt as a Job in the restricted namespace", async () => {
    runId = await launch("build");
    assert.equal(await ended(runId), "SUCCESS", await runs.jobLog("build", runId).catch(String));
    const log = await runs.jobLog("build", runId);
    assert.match(log, /Done\. PASS=5 WARN=0 ERROR=0/);
    const [namespace] = await objects("namespaces", `--field-selector=metadata.name=${project.namespace}`);
    assert.equal(namespace?.metadata.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    const ran = await runs.pods(`dagster/run-id=${runId}`);
    assert.deepEqual(ran.map(({ spec }) => spec.containers[0]?.image.replace(/^.*\/|[:@].*$/g, "")).sort(), [
      "dagster",
      "dbt",
    ]);
  });

  it("[FL-104] the rows are in the database", async () => {
    assert.equal(await runs.rows(), "[(42, 2)]");
    await assert.rejects(runs.rows({ dbname: "dagster" }), /permission denied for database/);
  });

  it("[FL-107] the run's span reaches the collector", async () => {
    assert.ok((await runs.acceptedSpans()) >= 1);
  });

  it("[FL-106] its lineage reads back from the lineage server", async () => {
    const { state, graph } = await runs.lineage();
    assert.equal(state, "COMPLETED");
    assert.match(graph, /floe\.public\.orders/);
    assert.match(graph, /floe\.public\.total/);
  });

  it("[FL-52] [FL-62] dbt's artifacts are in the object store, and dbt's key is not its administrator's", async () => {
    const kept = [...(await runs.jobLog("build", runId)).matchAll(/^kept s3:\/\/floe\/(\S+)$/gm)].map(([, key]) => key);
    assert.deepEqual(
      kept.map((key) => `${key} True`),
      keptFiles(runId),
    );
    // asked of the store by a pod that may reach it: one of the jobs'
    const manages = `for what, refused in (("bucket", lambda: store.create_bucket(Bucket="mine")), ("policy", lambda: store.put_bucket_policy(Bucket="floe", Policy="{}"))):
    try:
        print(what, refused())
    except store.exceptions.ClientError as error:
        print(what, error.response["Error"]["Code"])`;
    assert.deepEqual(
      await runs.asJob(`${listing(runId)}${manages}`),
      // with a key that reads and writes objects, and manages nothing
      [...keptFiles(runId), "bucket AccessDenied", "policy AccessDenied"],
    );
  });

  it("[FL-105] a job that fails fails its run, and the run shows dbt's words", async () => {
    const failing = await launch("fails");
    assert.equal(await ended(failing), "FAILURE");
    const words = await inside(
      "logs",
      "-l",
      `dagster/run-id=${failing},app.kubernetes.io/name=floe-platform`,
      "--tail=-1",
    );
    assert.match(words, /no_such_model|does not match any/i);
  });

  it("[FL-11] from the trigger to the Job's pod running: five times, each in less than 30 seconds", async function () {
    this.timeout(600_000);
    const { seconds, said } = await runs.fiveStarts(dagster);
    console.log(`      ${said}`);
    assert.ok(Math.max(...seconds) < 30, said);
  });

  it("[FL-99] [FL-100] helm test passes, for the platform and for the jobs", async () => {
    for (const release of ["floe", "floe-jobs"]) {
      const { code, text } = await run("helm", ["test", release, "-n", project.namespace], { env: project.env });
      assert.equal(code, 0, text);
      assert.match(text, /^Phase: +Succeeded$/m);
    }
  });

  it("[FL-97] chart-testing installs the jobs' chart beside it, tests it and takes it away", async () => {
    const ct = await built(join(root, "test/charts/chart-testing"));
    const values = join(project.root, "ct-values.yaml");
    const { stdout } = await run(
      "helm",
      ["get", "values", "floe-jobs", "-n", project.namespace, "-o", "json"],
      project,
    );
    writeFileSync(values, stdout);
    const words = ["install", "--config", "ct.yaml", "--charts", "charts/floe-jobs", "--namespace", project.namespace];
    const { code, text } = await run(ct, [...words, "--helm-extra-set-args", `-f ${values}`], {
      ...project,
      cwd: project.root,
    });
    assert.equal(code, 0, text);
    assert.match(text, /Phase: +Succeeded[\s\S]*All charts installed successfully/);
    assert.doesNotMatch(await inside("get", "cronjobs", "-o", "name"), /floe-jobs-[a-z0-9]{10}-/);
  });

  it("[FL-83] [FL-108] a namespace that is let in reads the page, and another one does not", async () => {
    const url = `http://${platform}-webserver.${project.namespace}.svc/server_info`;
    assert.match(await readFrom(client, url), /dagster_webserver_version/);
    await assert.rejects(readFrom(stranger, url), /Client\.Timeout|deadline exceeded|i\/o timeout|refused/);
  });

  it("[FL-110] the how-to's own commands make the values, start a run, follow it and read its rows", async () => {
    const { log, rows } = await runPage(project, page.url);
    assert.match(log, /Done\. PASS=/);
    assert.equal(rows, "[(42, 2)]");
  });

  it("[FL-53] a run that is terminated takes dbt's Job with it", async () => {
    const id = await launch("build");
    const job = `floe-jobs-build-${id.slice(0, 8)}`;
    await eventually(
      "dbt's Job is there",
      async () => (await inside("get", "jobs", "-o", "name")).includes(job),
      120_000,
    );
    const data = await graphql(
      "mutation ($runId: String!) { terminateRun(runId: $runId) { __typename ... on TerminateRunFailure { message } } }",
      { runId: id },
    );
    assert.deepEqual(data.terminateRun, { __typename: "TerminateRunSuccess" });
    assert.equal(await ended(id), "CANCELED");
    await eventually("dbt's Job is gone", async () => !(await inside("get", "jobs", "-o", "name")).includes(job));
  });

  it("[FL-53] Dagster's account may make Jobs here, and neither read Secrets nor do anything elsewhere", async () => {
    const account = `--as=system:serviceaccount:${project.namespace}:${platform}-run`;
    const may = async (...words: string[]): Promise<string> =>
      (await run("kubectl", ["auth", "can-i", ...words, account], { env: project.env })).stdout.trim();
    const here = ["-n", project.namespace];
    assert.equal(await may("create", "jobs", ...here), "yes");
    for (const words of [
      ["list", "secrets", ...here],
      ["get", "secrets", ...here],
      ["create", "jobs", "-n", client],
      ["list", "nodes"],
    ])
      assert.equal(await may(...words), "no", words.join(" "));
  });

  it("[FL-109] [FL-111] an upgrade to another version of the chart migrates first and replaces every pod of Dagster, and the page answers all the time", async () => {
    const launcher = "dagster: {runLauncher: {config: {k8sRunLauncher: {ttlSecondsAfterFinished: 1800}}}}";
    writeFileSync(join(project.root, "more-dev.yaml"), `${launcher}\notel: {replicaCount: 2}\n`);
    project.floe((config) => Object.assign(config, { valuesFiles: ["values-dev.yaml", "more-dev.yaml"] }));
    project.edit("charts/floe-platform/Chart.yaml", (text) => text.replace("version: 0.1.0", "version: 0.1.1"));
    const servers = "app.kubernetes.io/instance=floe,app.kubernetes.io/component=webserver";
    const [before] = await runs.pods(servers);
    let going = true;
    let asked = 0;
    const asking = (async () => {
      while (going) {
        await askFrom(client, `http://${platform}-webserver.${project.namespace}.svc/server_info`);
        asked += 20;
      }
    })();
    const result = await project.hardened(["up"]);
    going = false;
    succeeded(result);
    await asking;
    assert.ok(asked > 100, String(asked));
    const after = await live(servers);
    assert.equal(after.length, 1);
    assert.notEqual(after[0]?.metadata.name, before?.metadata.name);
    assert.equal(after[0]?.metadata.labels?.["floe.dev/environment"], "dev");
    assert.equal((await live("app.kubernetes.io/instance=floe,app.kubernetes.io/component=otel")).length, 2);
    assert.match(
      await inside("get", "deployment", `${platform}-webserver`, "-o", "yaml"),
      /helm\.sh\/chart: floe-platform-0\.1\.1/,
    );
    page.close();
    page = await forward(project.namespace, `${platform}-webserver`, 80);
    await dagster.loaded();
    assert.equal(await ended(await launch("build")), "SUCCESS");
  });

  it("[FL-119] nothing changed gives an empty difference", async () => {
    assert.deepEqual(changes(succeeded(await project.hardened(["diff"]))), []);
  });
});
