import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { registryName } from "../../cluster/local/addresses";
import { imageLockFile } from "../../cluster/local/images";
import { charts, type Rendered, render } from "../charts/support/helm";
import { environments, selector } from "../charts/support/trevor";
import { evict } from "../support/cluster/evict";
import { cluster, instance, type KubeObject, kubectl, livePods, object, objects } from "../support/e2e-cluster";
import { helmOn } from "../support/helm-on-cluster";
import { readFrom } from "../support/network/client-pod";
import { eventually } from "../support/run";

/** The chart as someone without Pulumi uses it: Helm, a cluster with a database and a queue, a values file. */

const namespace = "e2e-trevor-chart";
const stores = `${namespace}-data`;
const monitoring = `${namespace}-monitoring`;
const helm = helmOn(instance);
const here = (...args: string[]): Promise<string> => kubectl(["-n", namespace, ...args]);
const asText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
const api = asText(selector("api"));

interface Pod extends KubeObject {
  readonly status: {
    readonly podIP: string;
    readonly containerStatuses: readonly { readonly restartCount: number; readonly ready: boolean }[];
  };
}
interface Job extends KubeObject {
  readonly status: { readonly succeeded?: number; readonly failed?: number; readonly completionTime?: string };
}

let images: Record<string, string>;
const image = (name: string) => ({ repository: `${registryName}/${name}`, digest: images[`${registryName}/${name}`] });

/** Pods of the chart of databases, which have other labels than the chart expects of those of others. */
const storePeers = (component: string) => [
  {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": stores } },
    podSelector: { matchLabels: { "app.kubernetes.io/name": "datastores", "app.kubernetes.io/component": component } },
  },
];

/** Values of a good release, with changes. */
const values = (changes: object = {}) => ({
  image: image("trevor"),
  replicaCount: 2,
  envFromSecrets: [{ secretName: "trevor-database" }, { secretName: "trevor-queue" }],
  networkPolicy: {
    enabled: true,
    monitoringNamespace: monitoring,
    destinations: {
      postgresql: { port: 5432, peers: storePeers("postgresql") },
      redis: { port: 6379, peers: storePeers("redis") },
    },
  },
  stopDelaySeconds: 1,
  ...changes,
});
const release = (command: "install" | "upgrade", given: object, ...more: string[]) =>
  helm([command, "trevor", join(charts, "trevor"), "-n", namespace, "-f", "-", ...more], given);
const waiting = ["--wait", "--timeout", "120s"];

/** The next version of the program, whose schema has one more revision. */
const newer = { env: { ALEMBIC_CONFIG: "alembic-1.1.ini" } };
/** What must not change while a migration fails. */
const running = async (): Promise<string[]> =>
  (await objects("deployments,replicasets,pods", "-n", namespace, "-l", "app.kubernetes.io/component in (api,worker)"))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.uid} ${metadata.generation ?? ""}`)
    .sort();
/** As Prometheus reads them. */
const metrics = (): Promise<string> => readFrom(monitoring, `http://trevor.${namespace}.svc:8000/metrics`);
const secret = (name: string, inNamespace: string, stringData: Record<string, string>) =>
  kubectl(
    ["apply", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: inNamespace }, stringData }),
  );

async function installStores(): Promise<void> {
  await secret("database", stores, { POSTGRES_PASSWORD: "password-of-the-database" });
  await secret("queue", stores, { REDIS_PASSWORD: "password-of-the-queue" });
  const given = {
    postgresql: { image: image("postgres"), database: "trevor", user: "trevor", existingSecret: "database" },
    redis: { image: image("redis"), existingSecret: "queue" },
  };
  const { code, stderr } = await helm(
    ["install", "datastores", join(charts, "datastores"), "-n", stores, "-f", "-", ...waiting],
    given,
  );
  assert.equal(code, 0, stderr);
}

describe("charts/trevor with Helm alone, on a cluster", function () {
  this.timeout(300_000);
  const remove = () => kubectl(["delete", "namespace", namespace, stores, monitoring, "--ignore-not-found"]);

  before(async () => {
    await cluster();
    images = JSON.parse(readFileSync(imageLockFile, "utf8"));
    await remove();
    for (const name of [namespace, stores]) {
      await kubectl(["create", "namespace", name]);
      await kubectl(["label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted"]);
    }
    const host = (server: string): string => `datastores-${server}.${stores}.svc`;
    await secret("trevor-database", namespace, {
      DATABASE_URL: `postgresql://trevor:password-of-the-database@${host("postgresql")}:5432/trevor`,
    });
    await secret("trevor-queue", namespace, { REDIS_URL: `redis://:password-of-the-queue@${host("redis")}:6379/0` });
    await installStores();
  });
  after(remove);

  for (const [name, given] of Object.entries(environments))
    it(`[TR-40] [TR-20] ${name}: the API server takes every object, without a warning`, async () => {
      const { code, stdout, stderr } = await release("install", given, "--dry-run=server");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /STATUS: pending-install/);
      assert.doesNotMatch(stderr, /warning|W\d{4} /i);
      const rendered = await render({ chart: "trevor", release: "trevor", namespace, values: given });
      const answer = await kubectl(
        ["create", "--dry-run=server", "--warnings-as-errors", "-f", "-"],
        JSON.stringify({ apiVersion: "v1", kind: "List", items: rendered }),
      );
      assert.equal(answer.match(/created \(server dry run\)/g)?.length, rendered.length, answer);
    });

  it("[TR-50] every pod is admitted to a restricted namespace; one without its contexts is not", async () => {
    const admit = (spec: unknown) =>
      kubectl(
        ["create", "--dry-run=server", "-f", "-"],
        JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "probe", namespace }, spec }),
      );
    const pods = [{}, { migrations: { mode: "init" } }].map((given) =>
      render({
        chart: "trevor",
        release: "trevor",
        namespace,
        values: { ...given, serviceAccount: { create: false } },
      }),
    );
    const templates = (await Promise.all(pods))
      .flat()
      .filter(({ kind }: Rendered) => kind === "Deployment" || kind === "Job")
      .map(({ spec }) => spec.template.spec);
    assert.equal(templates.length, 5);
    for (const spec of templates) {
      assert.match(await admit(spec), /created \(server dry run\)/);
      const open = spec.containers.map(({ securityContext: _, ...rest }) => rest);
      await assert.rejects(admit({ ...spec, containers: open }), /allowPrivilegeEscalation != false/);
    }
  });

  it("[TR-41] [TR-42] the first install migrates the database and brings every pod up", async () => {
    const { code, stderr, stdout } = await release("install", values(), ...waiting);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /The database was migrated before its pods were touched/);
    const pods = await livePods<Pod>("-n", namespace);
    assert.equal(pods.length, 3);
    for (const { metadata, status } of pods)
      assert.ok(
        status.containerStatuses.every(({ ready }) => ready),
        metadata.name,
      );
    assert.match(await metrics(), /trevor_schema_revision_info\{revision="0002"\} 1/);
    assert.equal((await here("get", "jobs", "-o", "name")).trim(), "", "a succeeded migration goes");
    assert.doesNotMatch(await here("get", "serviceaccounts,networkpolicies", "-o", "name"), /migrate/);
  });

  it("[TR-03] [TR-46] the Service leads to the API's pods only, and its metrics are served", async () => {
    const pods = await livePods<Pod>("-n", namespace, "-l", api);
    const slices = await objects<KubeObject & { endpoints: { addresses: string[] }[] }>(
      "endpointslices",
      "-n",
      namespace,
      "-l",
      "kubernetes.io/service-name=trevor",
    );
    const addresses = slices.flatMap(({ endpoints }) => endpoints.flatMap((one) => one.addresses)).sort();
    assert.deepEqual(addresses, pods.map(({ status }) => status.podIP).sort());
    assert.equal(addresses.length, 2);
    assert.match(await metrics(), /^trevor_http_requests_total \d+$/m);
  });

  it("[TR-22] while one pod of the API is away, the budget keeps the other", async () => {
    const [first, second] = await livePods<Pod>("-n", namespace, "-l", api);
    assert.ok(first && second);
    assert.equal(await evict(namespace, first.metadata.name), "evicted");
    assert.match(await evict(namespace, second.metadata.name), /disruption budget/);
    await here("rollout", "status", "deployment/trevor", "--timeout=90s");
  });

  it("[TR-43] [TR-28] a migration that fails leaves what runs as it is, and its last words", async () => {
    const before = await running();
    const bounds = { migrations: { backoffLimit: 1 }, env: { ALEMBIC_CONFIG: "alembic-failing.ini" } };
    const { code, stderr } = await release("upgrade", values(bounds), ...waiting);
    assert.notEqual(code, 0);
    assert.match(stderr, /trevor-migrate/);
    assert.deepEqual(await running(), before);
    const { status } = await object<Job>("job", "trevor-migrate", "-n", namespace);
    assert.equal(status.failed, 2);
    assert.match(await here("logs", "job/trevor-migrate"), /0003/);
    assert.match(await metrics(), /revision="0002"/);
  });

  it("[TR-43] an upgrade migrates before any new pod is there", async () => {
    const before = new Set((await objects("replicasets", "-n", namespace)).map(({ metadata }) => metadata.name));
    const { code, stderr } = await release("upgrade", values(newer), ...waiting);
    assert.equal(code, 0, stderr);
    const text = await metrics();
    assert.match(text, /trevor_schema_revision_info\{revision="0003"\} 1/);
    const migrated = Number(/^trevor_migration_timestamp_seconds (\S+)$/m.exec(text)?.[1]);
    const fresh = (await objects("replicasets", "-n", namespace)).filter(({ metadata }) => !before.has(metadata.name));
    assert.equal(fresh.length, 2);
    for (const { metadata } of fresh)
      assert.ok(Date.parse(metadata.creationTimestamp) / 1000 >= migrated, metadata.name);
  });

  it("rolls back to the release before, without touching the schema", async () => {
    const { code, stderr } = await helm(["rollback", "trevor", "1", "-n", namespace, ...waiting]);
    assert.equal(code, 0, stderr);
    const [pod] = await livePods<Pod & { spec: { containers: { env?: { name: string }[] }[] } }>(
      "-n",
      namespace,
      "-l",
      api,
    );
    assert.ok(!pod?.spec.containers[0]?.env?.some(({ name }) => name === "ALEMBIC_CONFIG"));
    assert.match(await metrics(), /revision="0003"/);
  });

  it("[TR-21] an upgrade leaves the number of pods to the autoscaler", async () => {
    const scaled = values({ ...newer, autoscaling: { enabled: true, minReplicas: 1, maxReplicas: 4 } });
    const on = await release("upgrade", scaled, ...waiting);
    assert.equal(on.code, 0, on.stderr);
    await here("scale", "deployment/trevor", "--replicas=3");
    const again = await release("upgrade", { ...scaled, podAnnotations: { "example.com/roll": "1" } }, ...waiting);
    assert.equal(again.code, 0, again.stderr);
    const { spec } = await object<KubeObject & { spec: { replicas: number } }>("deployment", "trevor", "-n", namespace);
    assert.equal(spec.replicas, 3);
  });

  it("a selector that would change is refused with the way to replace the Deployment", async () => {
    const { code, stderr } = await release("upgrade", values({ nameOverride: "other", fullnameOverride: "trevor" }));
    assert.notEqual(code, 0);
    for (const name of ["trevor", "trevor-worker"]) {
      assert.match(stderr, new RegExp(`Deployment ${name} in namespace ${namespace} selects its pods by other labels`));
      assert.match(stderr, new RegExp(`^  kubectl delete deployment ${name} -n ${namespace} --cascade=orphan$`, "m"));
    }
  });

  it("[TR-18] [TR-17] a pod that takes 50 seconds to start is not killed, in mode init", async () => {
    const slow = {
      replicaCount: 1,
      migrations: { mode: "init" },
      env: { ...newer.env, TREVOR_START_SECONDS: 50 },
      worker: { enabled: false },
    };
    const { code, stderr } = await release("upgrade", values(slow), "--wait", "--timeout", "120s");
    assert.equal(code, 0, stderr);
    const pods = await eventually("one pod of the API", async () => {
      const all = await livePods<Pod & { status: { initContainerStatuses?: { name: string }[] } }>("-n", namespace);
      return all.length === 1 && all;
    });
    const [pod] = pods;
    assert.deepEqual(
      pod?.status.containerStatuses.map(({ restartCount, ready }) => [restartCount, ready]),
      [[0, true]],
    );
    assert.deepEqual(
      pod?.status.initContainerStatuses?.map(({ name }) => name),
      ["migrate"],
    );
  });

  it("uninstalls without a trace of its own", async () => {
    const { code, stderr } = await helm(["uninstall", "trevor", "-n", namespace, ...waiting]);
    assert.equal(code, 0, stderr);
    const kinds =
      "deployments,replicasets,services,serviceaccounts,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,ingresses,secrets";
    const own = ["serviceaccount/default", "secret/trevor-database", "secret/trevor-queue"];
    // ReplicaSets go after their Deployments.
    let left: string[] = [];
    await eventually("nothing of its own is left", async () => {
      left = (await here("get", kinds, "-o", "name")).split("\n").filter(Boolean);
      return left.join() === own.join();
    }).catch(() => assert.deepEqual(left, own));
  });
});
