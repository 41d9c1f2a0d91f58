import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../support/changes";
import { kubectl, objects } from "../support/e2e-cluster";
import { dagsterAt } from "../support/floe/dagster";
import { type DataServers, dataServers } from "../support/floe/data-servers";
import { type FloeProject, floeProject } from "../support/floe/floe-project";
import { type FloeRuns, floeRuns, keptFiles, listing, platform } from "../support/floe/floe-run";
import { type Forward, forward } from "../support/network/forward";
import { run } from "../support/run";
import { root } from "../support/tree";

/** A platform without a database and an object store of its own: both are in another namespace, and the database takes TLS alone. */

const product = (file: string): string => join(root, "test/support/floe/data-product", file);
const data = "e2e-floe-data";

describe("floe on servers elsewhere", function () {
  this.timeout(900_000);
  let project: FloeProject;
  let runs: FloeRuns;
  let servers: DataServers;
  let page: Forward;
  const dagster = dagsterAt(() => page.url);
  const inDatabase = (name: string) => ({ host: servers.database.host, dbname: name, user: name });

  before(async () => {
    project = await floeProject("elsewhere");
    runs = floeRuns(project.namespace);
    const lock = JSON.parse(readFileSync(join(project.root, ".hardened/images.json"), "utf8")) as Record<
      string,
      string
    >;
    await kubectl(["delete", "namespace", data, "--ignore-not-found", "--timeout=120s"]); // left by a run that was killed
    servers = await dataServers(data, (name) => {
      const repository = `registry.hardened.test/${name}`;
      return `${repository}@${lock[repository]}`;
    });
  });
  after(async () => {
    page?.close();
    await project?.remove();
    await kubectl(["delete", "namespace", data, "--ignore-not-found", "--timeout=120s"]);
  });

  it("[FL-08] [FL-23] the stack names the servers, their certificates and addresses; what logs in is encrypted beside them", async () => {
    const floe = async (...args: string[]): Promise<void> => {
      const words = ["helm", "generate", "--artifact", product("compiled_artifacts.json"), "--env", "dev", ...args];
      succeeded(await run(join(project.root, "bin/floe"), words, { cwd: project.root, env: project.env }));
    };
    await floe("--output", "values-dev.yaml");
    await floe("--chart", "floe-jobs", "--values", product("project.yaml"), "--output", "jobs-dev.yaml");
    const { database, store, passwords, accessKey } = servers;
    project.floe((config) =>
      Object.assign(config, {
        valuesFiles: ["values-dev.yaml"],
        jobsValuesFiles: ["jobs-dev.yaml"],
        postgresql: {
          mode: "external",
          external: {
            ...{ host: database.host, sslmode: "verify-full", ca: database.ca, cidrs: [database.cidr] },
            warehouse: { database: "dbt", user: "dbt" },
          },
        },
        objectStorage: {
          mode: "external",
          external: { endpoint: store.endpoint, bucket: store.bucket, cidrs: [store.cidr] },
        },
      }),
    );
    const missing = await project.hardened(["preview"]);
    assert.notEqual(missing.code, 0);
    assert.match(missing.text, /floeCredentials\.dagster_password: missing; .*pulumi config set --secret/);
    const credentials = {
      dagster_password: passwords.dagster,
      warehouse_password: passwords.dbt,
      lineage_password: passwords.marquez,
      jobs_access_key_id: accessKey.id,
      jobs_secret_access_key: accessKey.secret,
    };
    await project.pulumi(["stack", "select", "--create", project.stack, "--non-interactive"]);
    for (const [key, input] of Object.entries(credentials)) {
      const path = ["--path", `hardened:floeCredentials.${key}`, "--stack", project.stack];
      succeeded(await project.pulumi(["config", "set", "--secret", ...path], { input }));
    }
  });

  it("[FL-08] [FL-48] up migrates the schema there, over TLS; nothing of it is in the platform's namespace", async () => {
    succeeded(await project.hardened(["up"], { timeoutMs: 600_000 }));
    page = await forward(project.namespace, `${platform}-webserver`, 80);
    assert.deepEqual(await objects("statefulsets,persistentvolumeclaims", "-n", project.namespace), []);
    const tables = "select count(*) > 20 from pg_tables where schemaname = 'public'";
    assert.equal(await runs.query("dagster", tables, inDatabase("dagster")), "[(True,)]");
    const encrypted =
      "select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'dagster'";
    assert.equal(await runs.query("dagster", encrypted, inDatabase("dagster")), "[(True,)]");
  });

  it("[FL-23] the server's name is verified, and a connection without TLS is refused by the server", async () => {
    const { cidr } = servers.database;
    const ask = (more: Readonly<Record<string, string>>): Promise<string> =>
      runs.query("dagster", "select 1", { ...inDatabase("dagster"), ...more });
    await assert.rejects(ask({ host: cidr.replace("/32", "") }), /does not match host name|server certificate for/);
    await assert.rejects(ask({ sslmode: "disable" }), /no pg_hba\.conf entry .*no encryption/);
  });

  it("[FL-104] [FL-105] [FL-106] a run's rows, files and lineage are there", async () => {
    const runId = await dagster.launch("build");
    assert.equal(await dagster.ended(runId), "SUCCESS", await runs.jobLog("build", runId).catch(String));
    assert.equal(await runs.rows(inDatabase("dbt")), "[(42, 2)]");
    assert.deepEqual(await runs.asJob(listing(runId, servers.store.bucket)), keptFiles(runId));
    const { state, graph } = await runs.lineage();
    assert.equal(state, "COMPLETED");
    assert.match(graph, /dbt\.public\.total/);
  });

  it("[FL-54] [FL-83] Dagster reaches the database's address, and not the object store's", async () => {
    const program = `import socket, sys
for address in sys.argv[1:]:
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port)), 5).close()
        print("reached")
    except OSError as error:
        print("not reached")`;
    const [database, store] = [servers.database.cidr, servers.store.cidr].map((cidr) => cidr.replace("/32", ""));
    const daemon = ["exec", `deploy/${platform}-daemon`, "-c", "daemon", "--", "python3", "-c", program];
    const said = await runs.inside(...daemon, `${database}:5432`, `${store}:8333`);
    assert.deepEqual(said.trim().split("\n"), ["reached", "not reached"]);
  });

  it("[FL-23] no credential of theirs is in a release's values, a ConfigMap or what was printed", async () => {
    const held = Object.values({ ...servers.passwords, ...servers.accessKey });
    const releases = await run("helm", ["list", "-n", project.namespace, "-q"], { env: project.env });
    const names = releases.stdout.trim().split("\n");
    assert.deepEqual(names.sort(), ["floe", "floe-jobs"]);
    for (const name of names) {
      const { stdout } = succeeded(
        await run("helm", ["get", "all", name, "-n", project.namespace], { env: project.env }),
      );
      for (const one of held) assert.ok(!stdout.includes(one), name);
    }
    const maps = JSON.stringify(await objects("configmaps", "-n", project.namespace));
    for (const one of held) assert.ok(!maps.includes(one) && !project.printed.join("").includes(one));
  });
});
