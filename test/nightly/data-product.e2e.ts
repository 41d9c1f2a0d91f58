import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { registryUrl } from "../../cluster/local/host-ports";
import { succeeded } from "../support/changes";
import { section } from "../support/documents/document";
import { instance, kubectl } from "../support/e2e-cluster";
import { dagsterAt } from "../support/floe/dagster";
import { type FloeProject, floeProject } from "../support/floe/floe-project";
import { type FloeRuns, floeRuns, keptFiles, listing, platform } from "../support/floe/floe-run";
import { type Forward, forward } from "../support/network/forward";
import { pushArtifact } from "../support/registry/push-artifact";
import { run } from "../support/run";
import { root } from "../support/tree";

/**
 * From an artifact in a registry to rows, spans, lineage and files, as a user of the data platform gets there; twice on one cluster, the second time after
 * everything of the first is gone. Prints what a person would measure.
 */

const product = (file: string): string => join(root, "test/support/floe/data-product", file);
const said = (what: string): void => console.log(`      ${what}`);

for (const round of ["first", "second"])
  describe(`a data product from its artifact to its rows, the ${round} time`, function () {
    this.timeout(900_000);
    let project: FloeProject;
    let runs: FloeRuns;
    let page: Forward;
    let runId = "";
    const dagster = dagsterAt(() => page.url);
    const artifact = `products/${round}`;

    before(async () => {
      project = await floeProject(`product-${round}`);
      runs = floeRuns(project.namespace);
      // as the how-to has it: the images of the parts that the stack names
      const [up = ""] = section("docs/how-to/run-a-data-product.md", "3. The stack").blocks("sh").slice(-1);
      assert.match(up, /^bin\/hardened cluster up --stack data /);
      succeeded(await project.hardened(["cluster", "up", "--name", instance.name]));
    });
    after(async () => {
      page?.close();
      await project?.remove();
    });

    it("[FL-70] [FL-75] its artifact goes to a registry, and from there into the values of both charts", async () => {
      const type = "application/vnd.floe.compiled-artifacts.v1+json";
      const content = readFileSync(product("compiled_artifacts.json"), "utf8");
      const registry = registryUrl(instance);
      await pushArtifact(registry, { repository: artifact, tag: "1.0.0", type, content });
      const words = ["helm", "generate", "--artifact", `oci://${new URL(registry).host}/${artifact}:1.0.0`];
      const floe = (...args: string[]) =>
        run(join(project.root, "bin/floe"), [...words, "--env", "dev", ...args], {
          cwd: project.root,
          env: project.env,
        });
      succeeded(await floe("--output", "values-dev.yaml"));
      const jobs = ["--chart", "floe-jobs", "--values", product("project.yaml"), "--output", "jobs-dev.yaml"];
      succeeded(await floe(...jobs));
      const files = { valuesFiles: ["values-dev.yaml"], jobsValuesFiles: ["jobs-dev.yaml"] };
      project.floe((config) => Object.assign(config, files));
    });

    it("[FL-10] the platform and its jobs are deployed in less than ten minutes", async () => {
      const start = Date.now();
      succeeded(await project.hardened(["up"], { timeoutMs: 600_000 }));
      const seconds = (Date.now() - start) / 1000;
      said(`platform and jobs deployed in ${seconds.toFixed(0)} s`);
      assert.ok(seconds < 600, `${seconds.toFixed(0)} s`);
      page = await forward(project.namespace, `${platform}-webserver`, 80);
    });

    it("[FL-104] [FL-105] a trigger through GraphQL makes a Job of dbt, and the rows are in the database", async () => {
      await assert.rejects(runs.rows(), /relation "total" does not exist/);
      runId = await dagster.launch("build");
      assert.equal(await dagster.ended(runId), "SUCCESS");
      assert.match(await runs.jobLog("build", runId), /Done\. PASS=5 WARN=0 ERROR=0/);
      assert.equal(await runs.rows(), "[(42, 2)]");
    });

    it("[FL-106] [FL-107] its spans are counted, its lineage reads back and its files are in the object store", async () => {
      assert.ok((await runs.acceptedSpans()) >= 1);
      const { state, graph } = await runs.lineage();
      assert.equal(state, "COMPLETED");
      assert.match(graph, /floe\.public\.total/);
      assert.deepEqual(await runs.asJob(listing(runId)), keptFiles(runId));
    });

    it("[FL-11] from the trigger to dbt's pod running: five times, each in less than 30 seconds", async () => {
      const { seconds, said: words } = await runs.fiveStarts(dagster);
      said(`from the trigger to dbt's pod running: ${words}`);
      assert.ok(Math.max(...seconds) < 30, words);
    });

    it("[FL-15] with nothing to do all its pods together take less than 2.5 GiB of memory", async () => {
      await sleep(60_000); // what ended is no longer measured, and what is measured is of this minute
      const mebibytes = await runs.memory();
      said(`idle: ${mebibytes.toFixed(0)} MiB`);
      assert.ok(mebibytes > 100 && mebibytes < 2560, `${mebibytes.toFixed(0)} MiB`);
    });

    it("[FL-119] it goes with everything it made", async () => {
      page.close();
      succeeded(await project.hardened(["destroy"]));
      await assert.rejects(kubectl(["get", "namespace", project.namespace]), /not found/);
    });
  });
