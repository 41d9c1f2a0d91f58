import { strict as assert } from "node:assert";
import { join } from "node:path";
import { canary, found } from "../support/canaries";
import { changes, failed, succeeded } from "../support/changes";
import { evict, oneMayGo } from "../support/cluster/evict";
import { type StrictApi, strictApi } from "../support/cluster/strict-api";
import { type KubeObject, kubectl, object, objects } from "../support/e2e-cluster";
import { forget } from "../support/interruption/forget-resources";
import { type Forward, forward } from "../support/network/forward";
import { eventually } from "../support/run";
import { addObject, firstVariables, ofFirstVersion, removeObject } from "../support/trevor/first-version";
import { type TrevorProject, trevorProject } from "../support/trevor/trevor-project";

/** Trevor as a stack runs it, with a real PostgreSQL and Redis: migrations, rollouts, failures, scaling, drains. */

interface Deployment extends KubeObject {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}
interface Pod extends KubeObject {
  readonly status: {
    readonly startTime: string;
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly restartCount: number }[];
    readonly conditions: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
  };
}

const wrong = canary("password");
const slowStart = 50;

describe("trevor as a stack runs it", () => {
  let project: TrevorProject;
  let api: Forward | undefined;
  let strict: StrictApi;
  const inside = (...args: string[]): Promise<string> => kubectl(["-n", project.namespace, ...args]);
  const all = <T extends KubeObject>(kind: string, ...args: string[]): Promise<T[]> =>
    objects<T>(kind, "-n", project.namespace, ...args);
  const deployment = (name: string): Promise<Deployment> =>
    object<Deployment>("deployment", name, "-n", project.namespace);
  const ask = async (path: string, init?: RequestInit): Promise<Response> => {
    api ??= await forward(project.namespace, "trevor", 8000);
    return fetch(`${api.url}${path}`, init);
  };
  const twoReady = (): Promise<true> =>
    eventually("two pods are ready", async () => {
      const { status } = await deployment("trevor");
      return ((await project.apiPods()).length === 2 && status.readyReplicas === 2) || undefined;
    });
  const apiSets = (): Promise<KubeObject[]> => all("replicasets", "-l", "app.kubernetes.io/component=api");
  const reconnect = (): void => {
    api?.close();
    api = undefined;
  };
  const revisions = (set: string): void =>
    project.trevor((trevor) => Object.assign(trevor, { env: { ALEMBIC_CONFIG: `alembic-${set}.ini` } }));

  before(async () => {
    project = await trevorProject("pulumi", {
      autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 3 },
      migrations: { mode: "hook", backoffLimit: 1 },
      // Far above what its probes take on a busy machine: the autoscaler has no reason of its own for a third pod.
      resources: { requests: { memory: "32Mi", cpu: "150m" }, limits: { memory: "128Mi", cpu: "500m" } },
      stopDelaySeconds: 1,
      datastoreStorage: "1Gi",
    });
    // Creations are refused where something exists, as newer providers make them.
    const kubeconfig = join(project.root, ".state/strict.kubeconfig");
    strict = await strictApi(kubeconfig);
    project.env.KUBECONFIG = kubeconfig;
    addObject(project);
  });
  after(async () => {
    api?.close();
    await project?.remove();
    strict?.close();
  });

  it("a preview names the Secret that the configuration names and nobody has", async () => {
    project.trevor((trevor) =>
      Object.assign(trevor, {
        env: firstVariables,
        envFromSecrets: [{ secretName: "kept-by-nobody" }],
      }),
    );
    const said = failed(await project.hardened(["preview"]));
    const at = "hardened:trevor";
    assert.ok(
      said.includes(`Secret ${project.namespace}/kept-by-nobody does not exist, and ${at}.envFromSecrets[0] names it`),
      said,
    );
    project.trevor((trevor) => Object.assign(trevor, { envFromSecrets: [] }));
  });

  it("[TR-41] [TR-42] [TR-49] the first install migrates the database, then starts every pod", async () => {
    const { text } = succeeded(await project.hardened(["up"]));
    const network =
      "hardened:trevor.networkPolicy.monitoringNamespace names namespace monitoring, which does not exist";
    assert.ok(text.includes(network), text);
    assert.match(text, /hardened:trevor\.env\.S3_ENDPOINT names s3\.example\.com:9000 outside of the cluster/);
    assert.doesNotMatch(text, /KEYCLOAK_URL names/);
    const deployments = [
      ...(await all<Deployment>("deployments")),
      ...(await objects<Deployment>("deployments", "-n", project.data)),
    ];
    assert.deepEqual(deployments.map(({ metadata }) => metadata.name).sort(), [
      "datastores-postgresql",
      "datastores-redis",
      "trevor",
      "trevor-worker",
    ]);
    for (const { metadata, spec, status } of deployments)
      assert.ok((status.readyReplicas ?? 0) >= 1, `${metadata.name}: ${spec.replicas}`);
    const [first] = await project.migrated();
    assert.ok(
      first && first <= (await deployment("trevor")).metadata.creationTimestamp,
      "migrated before the Deployment",
    );
    assert.equal(await project.revision(), "0002 (head)");
    const account = await object("serviceaccount", "trevor", "-n", project.namespace);
    assert.ok(account.metadata.creationTimestamp <= first);
  });

  it("[MR-53] an account that the state does not hold is removed and recreated, and no creation meets what exists", async () => {
    const account = () => object("serviceaccount", "trevor", "-n", project.namespace);
    const before = await account();
    assert.equal(await forget(project, ({ type }) => type === "kubernetes:core/v1:ServiceAccount"), 1);
    const { text } = succeeded(await project.hardened(["up"]));
    assert.match(text, /removed half-made serviceaccount trevor/);
    assert.notEqual((await account()).metadata.uid, before.metadata.uid);
    assert.deepEqual(strict.refused, []);
  });

  it("[TR-52] the outputs name service, ports, addresses and who migrates", async () => {
    const output = await project.pulumi(["stack", "output", "--json", "--stack", project.stack]);
    const { trevor } = JSON.parse(output.stdout) as { trevor: Record<string, unknown> };
    assert.deepEqual(trevor.service, { name: "trevor", port: 8000, metrics: "/metrics" });
    assert.deepEqual([trevor.migrationMode, trevor.ingressUrls, trevor.status], ["hook", [], "deployed"]);
  });

  it("the worker takes a job from the queue and writes its result to the database", async () => {
    const { id } = (await (await ask("/jobs", { method: "POST", body: "sort this" })).json()) as { id: string };
    const done = await eventually("the job is done", async () => {
      const response = await ask(`/jobs/${id}`);
      return response.ok && ((await response.json()) as { result: string; worker: string });
    });
    assert.equal(done.result, "SORT THIS");
    assert.match(done.worker, /^trevor-worker-/);
    const metrics = await (await ask("/metrics")).text();
    assert.match(metrics, /^trevor_schema_revision_info\{revision="0002"\} 1$/m);
    assert.match(metrics, /^trevor_migration_duration_seconds\{before="",after="0002"\} 0\.\d+$/m);
    // the same of a database that has lost its pod and takes its volume again
    await kubectl(["-n", project.data, "delete", "pod", "-l", "app.kubernetes.io/component=postgresql"]);
    const again = await eventually(
      "the result is still there",
      async () => {
        // a connection to the lost pod answers nothing: it is given up
        const response = await ask(`/jobs/${id}`, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
        return response?.ok && ((await response.json()) as { result: string });
      },
      180_000,
    ); // its volume is on one node, which another file may have cordoned for a while
    assert.equal(again.result, "SORT THIS");
    assert.equal(await project.revision(), "0002 (head)");
  });

  it("[MR-53] an account that is gone and that nobody noted, as after a killed destroy, is recreated", async () => {
    await inside("delete", "serviceaccount", "trevor");
    assert.match(succeeded(await project.hardened(["up"])).text, /created +ServiceAccount trevor/);
    await object("serviceaccount", "trevor", "-n", project.namespace);
  });

  it("nothing changed gives an empty difference", async () => {
    assert.match(succeeded(await project.hardened(["up"])).text, /^nothing changes$/m);
    // from here on a pod that takes its time to start runs beside the others
    const { spec } = await object<
      KubeObject & { spec: { template: { metadata: { labels: object }; spec: { containers: { env?: object[] }[] } } } }
    >("deployment", "trevor", "-n", project.namespace);
    const { metadata, spec: pod } = spec.template;
    const [container] = pod.containers;
    assert.ok(container);
    container.env = [...(container.env ?? []), { name: "TREVOR_START_SECONDS", value: String(slowStart) }];
    const labels = { ...metadata.labels, speed: "slow" };
    await kubectl(
      ["apply", "-f", "-"],
      JSON.stringify({
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: "slow",
          namespace: project.namespace,
          // Not one of the Service's, and under a policy that lets it reach the database.
          labels: { ...labels, "app.kubernetes.io/component": "worker" },
        },
        spec: pod,
      }),
    );
  });

  it("[TR-43] a failing migration leaves the old pods serving and the database where it was, and says why and at which attempt", async () => {
    const before = [await project.apiPods(), await ofFirstVersion(project)];
    assert.deepEqual(before[1], ["KEYCLOAK_URL", "S3_ENDPOINT", "configmap/retired"]);
    removeObject(project);
    revisions("failing");
    const said = failed(await project.hardened(["up"]));
    for (const words of [
      /\(attempt 2 of 2 of Job trevor-migrate\), container "migrate": Error, exit code 1; its last words:/,
      /migration failed: revision 0002 -> 0003, .*column "priority" does not exist .*the database stays at 0002/,
    ])
      assert.match(said, words);
    assert.deepEqual([await project.apiPods(), await ofFirstVersion(project)], before);
    assert.deepEqual([await project.revision(), (await ask("/health")).status], ["0002 (head)", 200]);
  });

  it("[TR-43] [TR-21] an upgrade migrates before new pods start, and leaves the number of pods to the autoscaler", async () => {
    assert.equal((await deployment("trevor")).spec.replicas, 2);
    const [sets, decisions] = [await apiSets(), await project.rescaled()];
    assert.ok(decisions > 0, "the autoscaler, not the chart, made two of one");
    revisions("1.1");
    succeeded(await project.hardened(["up"]));
    assert.deepEqual([(await deployment("trevor")).spec.replicas, await project.rescaled()], [2, decisions]);
    const made = (await apiSets()).filter(({ metadata }) => !sets.some((one) => one.metadata.name === metadata.name));
    const last = (await project.migrated()).at(-1);
    assert.deepEqual(await ofFirstVersion(project), [], "what the change that failed was to remove");
    assert.equal(made.length, 1);
    assert.ok(last && last <= (made[0]?.metadata.creationTimestamp ?? ""), "migrated before the new ReplicaSet");
    assert.equal(await project.revision(), "0003 (head)");
  });

  it("[TR-18] liveness lets a pod that needs 50 s to start live", async () => {
    const [pod] = await eventually("the slow pod is ready", async () => {
      const pods = await all<Pod>("pods", "-l", "speed=slow");
      return pods[0]?.status.containerStatuses?.[0]?.ready && pods;
    });
    assert.ok(pod);
    assert.equal(pod.status.containerStatuses?.[0]?.restartCount, 0);
    const ready = pod.status.conditions.find(({ type }) => type === "Ready");
    const took = (Date.parse(ready?.lastTransitionTime ?? "") - Date.parse(pod.status.startTime)) / 1000;
    assert.ok(took >= slowStart, `${took} s`);
    await inside("delete", "pod", "slow", "--wait=false");
  });

  it("[TR-22] draining keeps one pod of the API", async () => {
    reconnect();
    await twoReady();
    await oneMayGo(project.namespace, "trevor");
    const answers = await Promise.all((await project.apiPods()).map((name) => evict(project.namespace, name)));
    assert.equal(answers.filter((answer) => answer === "evicted").length, 1, answers.join("\n"));
    assert.match(answers.find((answer) => answer !== "evicted") ?? "", /disruption budget/);
    assert.equal((await ask("/health")).status, 200);
  });

  it("[TR-51] a migration that the stack awaits tells a wrong credential and several heads, and never prints the credential", async () => {
    const url = `postgresql://trevor:${wrong}@datastores-postgresql.${project.data}.svc:5432/trevor`;
    await inside("create", "secret", "generic", "wrong", `--from-literal=DATABASE_URL=${url}`);
    await twoReady(); // after the eviction
    const before = await project.apiPods();
    project.trevor((trevor) =>
      Object.assign(trevor, { migrations: { mode: "job" }, envFromSecrets: [{ secretName: "wrong" }] }),
    );
    const refused = failed(await project.hardened(["up"]));
    assert.match(refused, /exit code 3/);
    assert.match(refused, /refused the credential of user "trevor"/);
    project.trevor((trevor) => Object.assign(trevor, { envFromSecrets: [] }));
    revisions("diverged");
    const heads = failed(await project.hardened(["up"]));
    assert.match(heads, /FAILED: multiple heads: 0003a, 0003b/);
    assert.deepEqual(await project.apiPods(), before);
    assert.deepEqual(found([wrong], project.printed.join("\n")), []);
  });

  it("[TR-51] [TR-55] with an init container, as for development, the one pod migrates before it starts; when that fails the old one stays", async () => {
    revisions("1.1");
    project.trevor((trevor) =>
      Object.assign(trevor, { migrations: { mode: "init" }, autoscaling: { enabled: false } }),
    );
    const done = changes(succeeded(await project.hardened(["up"])));
    assert.ok(done.includes("updated Release trevor"), done.join("\n"));
    const [pod] = await eventually("one pod is left", async () => {
      const names = await project.apiPods();
      return names.length === 1 && names;
    });
    assert.match(await inside("logs", pod ?? "", "-c", "migrate"), /migration finished" before=0003 after=0003/);
    assert.deepEqual(await all("jobs"), []);
    // and one whose migration fails never takes its place; Helm's patience is for slow clusters
    project.edit("systems/trevor/values.ts", (text) => text.replace(": 180;", ": 25;"));
    revisions("diverged");
    const said = failed(await project.hardened(["up"]));
    assert.match(
      said,
      /pod trevor-\S+, container "migrate": \w+, exit code 4; its last words:\n\s+FAILED: multiple heads/,
    );
    assert.ok((await project.apiPods()).includes(pod ?? ""), "the old pod is there");
    reconnect();
    assert.equal((await ask("/health")).status, 200);
  });
});
