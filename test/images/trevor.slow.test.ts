import assert from "node:assert/strict";
import { canary, found } from "../support/canaries";
import { eventually } from "../support/run";
import { type PostgresServer, postgresServer } from "./postgres-server";
import { type Ended, type Environment, type Programs, programs, redisServer, type Started } from "./trevor-program";
import { freePort } from "./unpacked-image";

/** Trevor's migrations, worker and API as its image has them: uv, Alembic and ARQ themselves, on a real PostgreSQL and Redis. */

const password = canary("password");
const upgrade = ["uv", "run", "alembic", "upgrade", "head"];
const worker = "trevor.worker.WorkerSettings";

describe("images: trevor", function () {
  this.timeout(600_000); // the first build fetches wheels and packages
  let trevor: Programs;
  let database: PostgresServer;
  let redis: Awaited<ReturnType<typeof redisServer>>;
  let unanswered: Promise<Ended>;
  const databaseUrl = (changes: { password?: string; port?: number; name?: string; scheme?: string } = {}): string =>
    `${changes.scheme ?? "postgresql"}://${database.user}:${changes.password ?? database.password}@127.0.0.1:${changes.port ?? database.port}/${changes.name ?? database.database}`;
  const redisUrl = (word = password): string => `redis://:${word}@127.0.0.1:${redis.port}/0`;
  const both = (): Environment => ({ DATABASE_URL: databaseUrl(), REDIS_URL: redisUrl() });
  const migrate = (set: string, url = databaseUrl()): Promise<Ended> =>
    trevor.run(upgrade, { DATABASE_URL: url, ALEMBIC_CONFIG: set === "1.0" ? "alembic.ini" : `alembic-${set}.ini` });
  const current = async (): Promise<string> =>
    (await trevor.run(["uv", "run", "alembic", "current"], { DATABASE_URL: databaseUrl() })).stdout.trim();
  const ends = (ended: Ended, code: number, last: RegExp): void => {
    assert.equal(ended.code, code, ended.log);
    assert.match(ended.log.trimEnd().split("\n").at(-1) ?? "", last);
    assert.deepEqual(found([password, database.password], ended.log), []);
  };

  before(async () => {
    // as the image and the chart give them
    const given = {
      PATH: "/app/.venv/bin:/usr/sbin:/usr/bin:/bin",
      PYTHONPATH: "/app",
      PYTHONUNBUFFERED: "1",
      HOME: "/tmp",
      UV_CACHE_DIR: "/tmp/uv-cache",
      UV_NO_SYNC: "1",
    };
    trevor = await programs("trevor", "/app", given, 1000);
    database = await postgresServer("trevor");
    await database.start();
    redis = await redisServer(password);
    unanswered = migrate("1.0", databaseUrl({ password, port: await freePort() })); // asks for a while
  });
  after(async () => {
    redis?.stop();
    await database?.remove();
    trevor?.remove();
  });

  it("[TR-42] Alembic brings an empty database to its head, and says from where to where", async () => {
    const done = await migrate("1.0");
    assert.equal(done.code, 0, done.log);
    assert.match(done.log, /Running upgrade +-> 0001, jobs and their results/);
    assert.match(
      done.log,
      /^time=\S+ level=INFO msg="migration finished" before=\(nothing\) after=0002 revisions=2 seconds=\d/m,
    );
    assert.equal(await current(), "0002 (head)");
    assert.match((await migrate("1.0")).log, /before=0002 after=0002 revisions=0/);
  });

  it("a migration that fails leaves nothing behind, and says which revision and why", async () => {
    const last =
      /^migration failed: revision 0002 -> 0003, begins well .*column "priority" does not exist \(SQLSTATE 42703\); the database stays at 0002$/;
    ends(await migrate("failing"), 1, last);
    ends(await migrate("failing"), 1, last); // half_done would be there already
    assert.equal(await current(), "0002 (head)");
  });

  it("several heads are named before anything is migrated", async () =>
    ends(await migrate("diverged"), 4, /^FAILED: multiple heads: 0003a, 0003b; make a merge revision/));

  it("a program that is older than the database says so", async () => {
    assert.equal((await migrate("1.1", databaseUrl({ scheme: "postgresql+asyncpg" }))).code, 0);
    ends(await migrate("1.0"), 4, /^FAILED: the database is at revision 0003, which this version does not know/);
  });

  it("a refused credential, a missing database and a server that does not answer are told apart, and no password is printed", async () => {
    const refused = /^database 127\.0\.0\.1:\d+ refused the credential of user "trevor" \(SQLSTATE 28P01\)/;
    ends(await migrate("1.0", databaseUrl({ password })), 3, refused);
    ends(await migrate("1.0", databaseUrl({ name: "shop" })), 2, /has no database "\/shop" \(SQLSTATE 3D000\)/);
    ends(await unanswered, 5, /^database 127\.0\.0\.1:\d+ does not answer: connection refused; .*network policy/);
  });

  it("everything that is wrong with the environment is named at once, and nothing of it is shown", async () => {
    const wrong = { DATABASE_URL: `mysql://user:${password}@db/trevor`, REDIS_URL: "" };
    for (const command of [
      ["uv", "run", "arq", worker],
      ["python", "-m", "trevor"],
    ]) {
      const ended = await trevor.run(command, wrong);
      ends(ended, 2, /^REDIS_URL is missing/);
      assert.match(ended.log, /^DATABASE_URL is not a URL such as/m);
    }
  });

  it("uv that may not write where it keeps its cache, or has to bring the environment up to date, runs nothing", async () => {
    const heads = ["uv", "run", "--offline", "alembic", "heads"];
    assert.notEqual((await trevor.run(heads, { UV_CACHE_DIR: "/app/cache" })).code, 0);
    assert.notEqual((await trevor.run(heads, { UV_NO_SYNC: "0" })).code, 0);
    assert.equal((await trevor.run(heads, {})).stdout, "0002 (head)\n");
  });

  describe("with API and worker", () => {
    let [api, arq]: (Started | undefined)[] = [];
    let url: string;
    const serve = async (env: Environment): Promise<[Started, string]> => {
      const address = `127.0.0.1:${await freePort()}`;
      const started = trevor.start(["python", "-m", "trevor"], { TREVOR_ADDRESS: address, ...env });
      await started.seen(/Uvicorn running on/);
      return [started, `http://${address}`];
    };
    const check = (): Promise<Ended> => trevor.run(["uv", "run", "arq", "--check", worker], both());
    const health = async (at: string): Promise<{ status: number; database: string; redis: string }> => {
      const response = await fetch(`${at}/health`);
      return { status: response.status, ...((await response.json()) as { database: string; redis: string }) };
    };

    it("no worker is alive before one is", async () => {
      [api, url] = await serve(both());
      assert.equal((await check()).code, 1);
      arq = trevor.start(["uv", "run", "arq", worker], both());
      await arq.seen(/Starting worker for 1 functions: capitals/);
      await eventually("a worker is alive", async () => (await check()).code === 0);
    });

    it("a job goes by the queue to the worker, and its result to the database", async () => {
      const answer = await fetch(`${url}/jobs`, { method: "POST", body: "sort this" });
      assert.equal(answer.status, 202);
      const { id } = (await answer.json()) as { id: string };
      const result = await eventually("the job is done", async () => {
        const response = await fetch(`${url}/jobs/${id}`);
        return response.ok && ((await response.json()) as { result: string });
      });
      assert.equal(result.result, "SORT THIS");
      assert.equal((await fetch(`${url}/jobs/none`)).status, 404);
      assert.equal((await fetch(`${url}/jobs`, { method: "POST", body: "x".repeat(65_537) })).status, 400);
      assert.equal((await fetch(`${url}/jobs`, { method: "POST" })).status, 400);
    });

    it("its metrics tell of requests, jobs, the schema and the last migration", async () => {
      const response = await fetch(`${url}/metrics`);
      assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
      const text = await response.text();
      for (const line of [
        /^trevor_http_requests_total [1-9]\d*$/m,
        /^trevor_queue_jobs 0$/m,
        /^trevor_jobs_finished 1$/m,
        /^trevor_schema_revision_info\{revision="0003"\} 1$/m,
        /^trevor_migration_duration_seconds\{before="0002",after="0003"\} \d+\.\d+$/m,
        /^trevor_migration_timestamp_seconds \d{10}$/m,
      ])
        assert.match(text, line);
    });

    it("is not healthy with a queue that refuses it, or a database that is gone and comes back", async () => {
      assert.deepEqual(await health(url), { status: 200, database: "ok", redis: "ok", revision: "0003" });
      const [other, at] = await serve({ ...both(), REDIS_URL: redisUrl("another-password") });
      const { status, redis: said } = await health(at);
      assert.equal(status, 503);
      assert.match(said, /refused the credential; check REDIS_URL/);
      ends(await other.stop(), 0, /Finished server process/);
      await database.stop();
      assert.match((await health(url)).database, /^database 127\.0\.0\.1:\d+: connection refused$/);
      await database.start();
      await eventually("it is healthy again", async () => (await health(url)).status === 200);
    });

    it("told to stop, both end well, also while the API starts", async () => {
      const slow = trevor.start(["python", "-m", "trevor"], { ...both(), TREVOR_START_SECONDS: "50" });
      ends((await arq?.stop()) as Ended, 0, /shutdown on SIGTERM/);
      ends((await api?.stop()) as Ended, 0, /Finished server process/);
      await slow.seen(/the start takes 50 s/);
      const ended = await slow.stop();
      assert.equal(ended.code, 0, ended.log);
    });
  });
});
