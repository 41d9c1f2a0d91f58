import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PostgresServer, postgresServer } from "./postgres-server";
import { type Program, start, stopAll, unpackImages } from "./programs";

/** What dbt-ol 1.54.0 sends for a project with a view, a table made of it and a test of that. */
const events = readFileSync(join(__dirname, "dbt-events.jsonl"), "utf8").trimEnd().split("\n");

const warehouse = "postgres://warehouse:5432";
const total = `/namespaces/${encodeURIComponent(warehouse)}/datasets/floe.marts.total`;

interface Replica {
  readonly program: Program;
  readonly admin: string;
  ask(path: string, init?: RequestInit): Promise<Response>;
  json(path: string): Promise<Record<string, unknown>>;
  post(body: string, type?: string): Promise<Response>;
}

describe("images: marquez", function () {
  this.timeout(600_000); // the first build compiles the server
  let database: PostgresServer;

  async function replica(env: Readonly<Record<string, string>> = {}): Promise<Replica> {
    const program = start("marquez", [], {
      MARQUEZ_HOST: "127.0.0.1",
      MARQUEZ_PORT: "0",
      MARQUEZ_ADMIN_PORT: "0",
      MARQUEZ_DRAIN_SECONDS: "0",
      POSTGRES_HOST: "127.0.0.1",
      POSTGRES_PORT: String(database.port),
      POSTGRES_DB: database.database,
      POSTGRES_USER: database.user,
      POSTGRES_PASSWORD: database.password,
      ...env,
    });
    const [, api, admin] = await program.seen(/"msg":"listening","api":"([^"]+)","admin":"([^"]+)"/);
    const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(`http://${api}/api/v1${path}`, init);
    return {
      program,
      admin: `http://${admin}`,
      ask,
      json: async (path) => {
        const response = await ask(path);
        const text = await response.text();
        assert.equal(response.status, 200, `${path}: ${text}`);
        return JSON.parse(text);
      },
      post: (body, type = "application/json") =>
        ask("/lineage", { method: "POST", body, headers: { "content-type": type } }),
    };
  }

  async function stop({ program }: Replica): Promise<void> {
    program.child.kill("SIGTERM");
    assert.equal(await program.ended, 0, program.output());
  }

  let one: Replica;
  let other: Replica;

  before(async () => {
    await unpackImages();
    database = await postgresServer("marquez");
    await database.start();
    [one, other] = await Promise.all([replica(), replica()]);
  });
  after(async () => {
    stopAll();
    await database.remove();
  });

  it("two replicas that start at once make the schema once", () => {
    const logs = one.program.output() + other.program.output();
    assert.equal(logs.match(/the schema was made/g)?.length, 1, logs);
    assert.equal(logs.match(/the schema is there/g)?.length, 1, logs);
  });

  it("what dbt sends to one is read from the other", async () => {
    for (const event of events) assert.equal((await one.post(event)).status, 201);
    const { jobs, totalCount } = (await other.json("/namespaces/floe/jobs")) as {
      jobs: { name: string; parentJobName: string | null; latestRun: { state: string; durationMs: number } }[];
      totalCount: number;
    };
    assert.deepEqual(
      jobs.map(({ name, parentJobName, latestRun }) => [name, parentJobName, latestRun.state]),
      [
        ["dbt-run-floe", null, "COMPLETED"],
        ["dbt-run-floe.floe.marts.floe.orders.build.run", "dbt-run-floe", "COMPLETED"],
        ["dbt-run-floe.floe.marts.floe.total.build.run", "dbt-run-floe", "COMPLETED"],
        ["dbt-run-floe.floe.marts.floe.total.build.test", "dbt-run-floe", "COMPLETED"],
      ],
    );
    assert.equal(totalCount, 4);
    assert.deepEqual(
      jobs.map(({ latestRun }) => latestRun.durationMs),
      [7997, 177, 42, 0],
    );
    const dataset = (await other.json(total)) as { fields: object[]; currentVersion: string; sourceName: string };
    assert.deepEqual(dataset.fields, [{ name: "total", type: "bigint", tags: [], description: null }]);
    assert.equal(dataset.sourceName, warehouse);
    const version = (await other.json(`${total}/versions/${dataset.currentVersion}`)) as {
      createdByRun: { id: string; jobVersion: { name: string } };
    };
    assert.equal(version.createdByRun.jobVersion.name, "dbt-run-floe.floe.marts.floe.total.build.run");
    const run = await other.json(`/jobs/runs/${version.createdByRun.id}`);
    assert.equal(run.state, "COMPLETED");
    const facets = (await other.json(`/jobs/runs/${version.createdByRun.id}/facets?type=job`)) as {
      facets: { sql: { query: string } };
    };
    assert.match(facets.facets.sql.query, /^select sum\(amount\)/);
    assert.equal((await other.json("/events/lineage")).totalCount, events.length);
  });

  it("the graph goes from the raw dataset to the test of the last one", async () => {
    const nodeId = encodeURIComponent(`dataset:${warehouse}:floe.marts.orders`);
    const ids = async (depth: number): Promise<string[]> => {
      const { graph } = (await one.json(`/lineage?nodeId=${nodeId}&depth=${depth}`)) as { graph: { id: string }[] };
      return graph.map(({ id }) =>
        id.replace(`${warehouse}:floe.marts.`, "").replace("floe:dbt-run-floe.floe.marts.", ""),
      );
    };
    const near = ["dataset:orders", "dataset:total", "job:floe.orders.build.run", "job:floe.total.build.run"];
    assert.deepEqual(await ids(0), near);
    assert.deepEqual(await ids(20), [...near, "job:floe.total.build.test"]);
    const { graph } = (await one.json(`/lineage?nodeId=${nodeId}`)) as {
      graph: { id: string; inEdges: object[]; outEdges: object[] }[];
    };
    const origin = `dataset:${warehouse}:floe.marts.orders`;
    const job = "job:floe:dbt-run-floe.floe.marts.floe.";
    assert.deepEqual(graph.map(({ inEdges, outEdges }) => [inEdges, outEdges])[0], [
      [{ origin: `${job}orders.build.run`, destination: origin }],
      [{ origin, destination: `${job}total.build.run` }],
    ]);
  });

  it("events of the same names to both at once are all stored, and the order they come in does not matter", async () => {
    const start = (event: string): string => event.replace('"COMPLETE"', '"START"');
    const complete = events[5] as string;
    const runs = Array.from({ length: 60 }, () => randomUUID());
    const bodies = runs.flatMap((run) =>
      [complete, start(complete)].map((event) => {
        const parsed = JSON.parse(event) as { run: { runId: string }; inputs: object[] };
        parsed.run.runId = run;
        // in another order each time: rows that are written in it would wait for each other
        for (const name of ["a", "b", "c", "d", "e", "f"].toSorted(() => Math.random() - 0.5))
          parsed.inputs.push({ namespace: warehouse, name });
        return JSON.stringify(parsed);
      }),
    );
    const answers = await Promise.all(bodies.map((body, index) => (index % 3 === 0 ? one : other).post(body)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
    for (const run of runs) assert.equal((await one.json(`/jobs/runs/${run}`)).state, "COMPLETED");
    assert.equal((await one.json(`${total}/versions?limit=1000`)).totalCount, runs.length + 1);
  });

  it("what is wrong is refused with its place, and nothing of it is stored", async () => {
    const before = (await one.json("/events/lineage?limit=0")).totalCount;
    const refused = async (body: string, status: number, said: RegExp, type?: string): Promise<void> => {
      const response = await one.post(body, type);
      assert.deepEqual(
        [response.status, said.test(await response.clone().text())],
        [status, true],
        await response.text(),
      );
    };
    await refused('{"run": {"runId": "x"}}', 422, /\/run\/runId: must be a UUID/);
    await refused(
      (events[0] as string).replace("dbt-run-floe", "a\\u0000b"),
      422,
      /\/job\/name: holds the character U\+0000/,
    );
    await refused("{", 400, /not JSON/);
    await refused("[".repeat(20_000), 400, /not JSON/);
    await refused("{}", 415, /application\/json/, "text/plain");
    await refused(`{"a":"${"x".repeat(5 << 20)}"}`, 413, /at most 4194304 bytes/);
    assert.equal((await one.json("/events/lineage?limit=0")).totalCount, before);
  });

  it("addresses that are wrong, or name nothing, are told apart", async () => {
    for (const [path, status] of [
      ["/namespaces/none", 404],
      ["/namespaces/none/jobs", 404],
      ["/namespaces/floe/jobs/none/runs", 404],
      [`${total}/versions/${randomUUID()}`, 404],
      [`${total}/versions/newest`, 400],
      ["/jobs/runs/x", 400],
      ["/namespaces?limit=1001", 400],
      ["/namespaces?offset=-1", 400],
      ["/namespaces/%00/datasets", 404],
      ["/lineage?nodeId=job", 400],
      ["/lineage?nodeId=job:a:b", 404],
      ["/events/lineage?after=yesterday", 400],
      ["/events/lineage?sortDirection=sideways", 400],
      ["/tags", 404],
    ] as const)
      assert.equal((await one.ask(path)).status, status, path);
  });

  it("a namespace is made and changed by name", async () => {
    const path = `/namespaces/${encodeURIComponent("s3://bucket")}`;
    const put = (body: object): Promise<Response> =>
      one.ask(path, { method: "PUT", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    assert.equal((await put({})).status, 422);
    assert.equal((await put({ ownerName: "finance", description: "Files." })).status, 200);
    assert.equal((await put({ ownerName: "data" })).status, 200);
    const { name, ownerName, description } = await other.json(path);
    assert.deepEqual([name, ownerName, description], ["s3://bucket", "data", "Files."]);
  });

  it("without its database it says so, and goes on when it is back", async () => {
    assert.equal((await fetch(`${one.admin}/healthcheck`)).status, 200);
    await database.stop();
    assert.equal((await fetch(`${one.admin}/healthcheck`)).status, 503);
    assert.equal((await fetch(`${one.admin}/ping`)).status, 200);
    const response = await one.post(events[0] as string);
    assert.equal(response.status, 503);
    assert.match(await response.text(), /"message":"database 127\.0\.0\.1:\d+ does not answer"/);
    await database.start();
    assert.equal((await one.post(events[0] as string)).status, 201);
    assert.match(await (await fetch(`${one.admin}/metrics`)).text(), /^marquez_requests_failed_total 1$/m);
  });

  it("told to stop it is not healthy, answers on, and ends; no log has the password", async () => {
    const draining = await replica({ MARQUEZ_DRAIN_SECONDS: "1" });
    draining.program.child.kill("SIGTERM");
    await draining.program.seen(/"msg":"draining"/);
    assert.equal((await fetch(`${draining.admin}/healthcheck`)).status, 503);
    assert.equal((await draining.post(events[0] as string)).status, 201);
    assert.equal(await draining.program.ended, 0);
    await Promise.all([stop(one), stop(other)]);
  });

  it("a credential that is refused, a schema of a newer version and a wrong command end it with their codes", async () => {
    const ends = async (args: readonly string[], password: string): Promise<string> => {
      const program = start("marquez", args, {
        POSTGRES_HOST: "127.0.0.1",
        POSTGRES_PORT: String(database.port),
        POSTGRES_USER: database.user,
        POSTGRES_PASSWORD: password,
      });
      return `${await program.ended} ${program.output().trimEnd().split("\n").at(-1)}`;
    };
    assert.match(await ends([], "another-password"), /^3 database .* refused the credential of user "marquez"/);
    assert.match(await ends(["serve"], database.password), /^2 unknown arguments \["serve"\]/);
    await database.stop();
    database.sql("INSERT INTO schema_versions (version) VALUES (99)");
    await database.start();
    assert.match(await ends([], database.password), /^4 the database's schema has version 99, this program knows 1/);
  });
});
