import { strict as assert } from "node:assert";
import { ensureStorage } from "../../cluster/local/storage";
import { pod } from "../charts/support/floe";
import type { Rendered } from "../charts/support/helm";
import { useHelm } from "../policy/support/helm";
import {
  installCloudNativePg,
  productionDatabase,
  publishPostgres,
  publishPsql,
  removeCloudNativePg,
} from "../support/addons/cloudnative-pg";
import { canary } from "../support/canaries";
import { applyServerSide, instance, type KubeObject, kubectl, object, objects } from "../support/e2e-cluster";
import { killProcesses } from "../support/interruption/power-loss";
import { eventually } from "../support/run";

/** The database of charts/floe-platform in production: by the operator itself, with the distribution's PostgreSQL, and a client that adds rows while a primary goes. */

const namespace = "e2e-cnpg";
/** Cluster and Service. */
const name = "floe-floe-platform-postgresql";
const kind = "clusters.postgresql.cnpg.io";
const roles = ["dagster", "floe", "marquez", "polaris"];
const locked = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };

interface Database extends KubeObject {
  readonly status?: Readonly<Partial<Record<"phase" | "currentPrimary", string>>> & {
    readonly readyInstances?: number;
  };
}

/** Adds a row in a connection of its own, again and again, and prints the numbers of those that the server confirmed. */
const clientPod = (image: string) => {
  const fixed = { PGHOST: name, PGDATABASE: "dagster", PGSSLMODE: "require", PGCONNECT_TIMEOUT: "2" };
  const secret = (key: string) => ({ secretKeyRef: { name: "floe-postgresql-dagster", key } });
  const env = [
    ...Object.entries(fixed).map(([name, value]) => ({ name, value })),
    { name: "PGUSER", valueFrom: secret("username") },
    { name: "PGPASSWORD", valueFrom: secret("password") },
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    // One of those that the policies of the chart let in.
    metadata: { name: "client", namespace, labels: pod("daemon") },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{ name: "client", image, env, securityContext: locked }],
    },
  };
};

const removeDatabase = (): Promise<string> =>
  kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--timeout=120s"]);

const deletePod = (pod: string): Promise<string> =>
  kubectl(["delete", "pod", pod, "-n", namespace, "--grace-period=0", "--force"]);

describe("[FL-08] PostgreSQL by CloudNativePG", () => {
  let all: Rendered[];
  const cluster = (changed: object = {}) => {
    const made = all.find(({ kind }) => kind === "Cluster");
    assert.ok(made);
    const { parameters, ...postgresql } = made.spec.postgresql as { parameters: object };
    // A copy of the primary begins with a checkpoint, which takes nine tenths of this: of five minutes otherwise.
    const shorter = { ...postgresql, parameters: { ...parameters, checkpoint_timeout: "30s" } };
    return { ...made, spec: { ...made.spec, postgresql: shorter, ...changed } };
  };

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
  /** Longest time between two rows since that one, in seconds, as the servers noted it. */
  const pause = async (since: number): Promise<number> => {
    const pauses = `select at - lag(at) over (order by id) as pause from beats where id >= ${since}`;
    return Number(await ask(`select max(extract(epoch from pause)) from (${pauses}) as pauses`));
  };

  before(async function () {
    this.timeout(900_000);
    useHelm();
    await installCloudNativePg();
    await removeDatabase(); // left by a run that was killed
    all = await productionDatabase(namespace, await publishPostgres());
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await applyServerSide([
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "default-deny", namespace },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
      ...roles.map((username) => ({
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/basic-auth",
        metadata: { name: `floe-postgresql-${username}`, namespace },
        stringData: { username, password: canary(username) },
      })),
    ]);
  });
  after(async () => {
    // While the operator runs: its finalizers are taken off by it alone.
    await removeDatabase();
    await removeCloudNativePg();
    // Volumes of deleted claims are offered again.
    await ensureStorage(instance);
  });

  const admit = (changed: object): Promise<string> =>
    kubectl(["create", "--dry-run=server", "-f", "-"], JSON.stringify(cluster(changed)));

  it("the operator runs in a restricted namespace and admits a Cluster", async () => {
    assert.match(await admit({}), /cluster\.postgresql\.cnpg\.io\/floe-\S+ created \(server dry run\)/);
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
    await applyServerSide([...all.filter(({ kind }) => kind !== "Cluster"), cluster()]);
    assert.equal(await healthy(400_000), `${name}-1`);
    const pods = await objects("pods", "-n", namespace, "-l", `cnpg.io/cluster=${name}`);
    assert.equal(pods.length, 3);
    await applyServerSide([clientPod(await publishPsql())]);
    await kubectl(["wait", "--for=condition=Ready", "pod/client", "-n", namespace, "--timeout=60s"]);
    await eventually("rows are confirmed", async () => (await confirmed()).length > 20, 120_000);
    const databases = (await ask("select datname from pg_database where not datistemplate order by 1")).split("\n");
    assert.deepEqual(databases, [...roles, "postgres"]);
    assert.match(await ask("show synchronous_standby_names"), /^ANY 1 /);
  });

  /** Takes the primary away and waits until rows are confirmed and all instances are there again. Gives what the client noticed of it. */
  async function without(take: (pod: KubeObject) => Promise<unknown>) {
    const primary = await healthy(200_000);
    const before = await confirmed();
    await take(await object("pod", primary, "-n", namespace));
    await eventually("rows are confirmed again", async () => (await confirmed()).length > before.length + 40, 120_000);
    const told = await confirmed();
    const kept = new Set((await ask("select id from beats")).split("\n").map(Number));
    const next = await healthy(200_000);
    const seconds = await pause(before.at(-1) ?? 0);
    return { primary, next, lost: told.filter((id) => !kept.has(id)), seconds };
  }

  it("when the pod of the primary is deleted at once, a standby takes over by itself, and no confirmed row is lost", async function () {
    this.timeout(600_000);
    const { primary, next, lost, seconds } = await without(({ metadata }) => deletePod(metadata.name));
    assert.notEqual(next, primary);
    assert.deepEqual(lost, []);
    assert.ok(seconds < 60, `${seconds} s without a new row`);
  });

  it("when every process of the primary is killed, rows are confirmed again within a minute, and none is lost", async function () {
    this.timeout(600_000);
    const { lost, seconds } = await without(async (pod) => killProcesses([pod]));
    assert.deepEqual(lost, []);
    assert.ok(seconds > 1 && seconds < 60, `${seconds} s without a new row`);
  });
});
