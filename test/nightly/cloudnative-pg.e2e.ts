import { strict as assert } from "node:assert";
import { ensureStorage } from "../../cluster/local/storage";
import {
  apply,
  installCloudNativePg,
  publishPostgres,
  publishPsql,
  removeCloudNativePg,
  threeInstances,
} from "../support/cloudnative-pg";
import { instance, type KubeObject, kubectl, object, objects } from "../support/e2e-cluster";
import { eventually } from "../support/run";

/** PostgreSQL by CloudNativePG: the operator itself, three instances of the distribution's PostgreSQL, and a client that adds rows while a primary goes. */

const namespace = "e2e-cnpg";
const name = "db";
const kind = "clusters.postgresql.cnpg.io";
const locked = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };

interface Database extends KubeObject {
  readonly status?: Readonly<Partial<Record<"phase" | "currentPrimary", string>>> & {
    readonly readyInstances?: number;
  };
}

/** Adds a row in a connection of its own, again and again, and prints the numbers of those that the server confirmed. */
const clientPod = (image: string) => {
  const fixed = { PGHOST: `${name}-rw`, PGDATABASE: "app", PGSSLMODE: "require", PGCONNECT_TIMEOUT: "2" };
  const secret = (key: string) => ({ secretKeyRef: { name: `${name}-app`, key } });
  const env = [
    ...Object.entries(fixed).map(([name, value]) => ({ name, value })),
    { name: "PGUSER", valueFrom: secret("username") },
    { name: "PGPASSWORD", valueFrom: secret("password") },
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "client", namespace },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{ name: "client", image, env, securityContext: locked }],
    },
  };
};

describe("[FL-08] [FL-112] PostgreSQL by CloudNativePG", () => {
  let spec: Record<string, unknown>;
  const cluster = (changed: object = {}) => ({
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name, namespace },
    spec: { ...spec, ...changed },
  });

  /** Waits until all instances are ready, and gives the name of the primary. */
  const healthy = (limitMs: number): Promise<string> =>
    eventually(
      "three instances are ready",
      async () => {
        const { status = {} } = await object<Database>(kind, name, "-n", namespace);
        const { phase, readyInstances, currentPrimary } = status;
        return phase === "Cluster in healthy state" && readyInstances === 3 && currentPrimary;
      },
      limitMs,
    );
  const ask = async (sql: string): Promise<string> =>
    (await kubectl(["exec", "client", "-n", namespace, "--", "psql", "-qAtc", sql])).trim();
  /** Numbers of the rows that the client was told are kept. */
  const confirmed = async (): Promise<number[]> =>
    (await kubectl(["logs", "client", "-n", namespace]))
      .split("\n")
      .filter((line) => /^\d+$/.test(line))
      .map(Number);
  /** Longest time without a new row, in seconds, as the server noted it. */
  const gap = async (): Promise<number> =>
    Number(
      await ask(
        "select max(extract(epoch from pause)) from (select at - lag(at) over (order by id) as pause from beats) as pauses",
      ),
    );

  before(async function () {
    this.timeout(900_000);
    await installCloudNativePg();
    spec = threeInstances(await publishPostgres());
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } }]);
  });
  after(async () => {
    await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--timeout=120s"]);
    await removeCloudNativePg();
    // Volumes of deleted claims are offered again.
    await ensureStorage(instance);
  });

  const admit = (changed: object): Promise<string> =>
    kubectl(["create", "--dry-run=server", "-f", "-"], JSON.stringify(cluster(changed)));

  it("the operator runs in a restricted namespace and admits a Cluster", async () => {
    assert.match(await admit({}), /cluster\.postgresql\.cnpg\.io\/db created \(server dry run\)/);
  });

  for (const [what, changed, said] of [
    ["a size that is none", { storage: { size: "much" } }, /spec\.storage\.size: Invalid value: "much"/],
    ["an image whose tag names no version", { imageName: "registry.example/postgres:latest" }, /spec\.imageName/],
    ["a setting that the operator keeps to itself", { postgresql: { parameters: { port: "1" } } }, /port/],
  ] as const) {
    it(`the operator refuses what the definition alone would take: ${what}`, () =>
      assert.rejects(admit(changed), said));
  }

  it("three instances of the distribution's PostgreSQL come up, and confirm rows once a standby has them", async function () {
    this.timeout(600_000);
    await apply([cluster()]);
    assert.equal(await healthy(400_000), `${name}-1`);
    const pods = await objects("pods", "-n", namespace, "-l", `cnpg.io/cluster=${name}`);
    assert.equal(pods.length, 3);
    await apply([clientPod(await publishPsql())]);
    await eventually("rows are confirmed", async () => (await confirmed()).length > 20, 120_000);
    assert.equal(await ask("select count(*) from pg_stat_replication where sync_state = 'quorum'").catch(String), "2");
  });

  it("when the primary is killed a standby takes over by itself, and no confirmed row is lost", async function () {
    this.timeout(400_000);
    const before = await confirmed();
    await kubectl(["delete", "pod", `${name}-1`, "-n", namespace, "--grace-period=0", "--force"]);
    const start = Date.now();
    const next = await eventually(
      "another primary",
      async () => {
        const { status } = await object<Database>(kind, name, "-n", namespace);
        return status?.currentPrimary !== `${name}-1` && status?.currentPrimary;
      },
      120_000,
    );
    const elected = Date.now() - start;
    await eventually("rows are confirmed again", async () => (await confirmed()).length > before.length + 20, 120_000);
    const kept = new Set((await ask("select id from beats")).split("\n").map(Number));
    const lost = (await confirmed()).filter((id) => !kept.has(id));
    assert.deepEqual(lost, []);
    assert.equal(await healthy(200_000), next, "the old primary is a standby of the new one");
    const seconds = await gap();
    console.log(`      another primary after ${(elected / 1000).toFixed(1)} s, no row for ${seconds.toFixed(1)} s`);
    assert.ok(seconds < 60, `${seconds} s without a new row`);
  });
});
