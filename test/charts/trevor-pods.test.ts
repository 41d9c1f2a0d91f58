import { strict as assert } from "node:assert";
import type { Container, PodSpec } from "./support/helm";
import { only } from "./support/helm";
import { pods, selector, trevor } from "./support/trevor";

const podOf = ({ spec }: { spec: { template: { spec: PodSpec } } }): PodSpec => spec.template.spec;
const initOf = (pod: PodSpec): Container[] => (pod.initContainers ?? []) as Container[];

/** The four containers that run the image, by what they do. */
async function containers(values: object = {}): Promise<Record<"api" | "worker" | "migrate" | "init", Container>> {
  const { api, worker, migrate, init } = await pods(values);
  const [first] = initOf(podOf(init));
  assert.ok(first, "no init container");
  return {
    api: podOf(api).containers[0],
    worker: podOf(worker).containers[0],
    migrate: podOf(migrate).containers[0],
    init: first,
  };
}
const each = async (values: object, check: (container: Container, name: string) => void): Promise<void> => {
  const all = await containers(values);
  assert.equal(Object.keys(all).length, 4);
  for (const [name, container] of Object.entries(all)) check(container, name);
};

describe("charts/trevor: pods", () => {
  it("[TR-08] the worker has its own number of pods", async () => {
    assert.equal((await pods()).worker.spec.replicas, 1);
    const { api, worker } = await pods({ worker: { replicaCount: 4 } });
    assert.equal(worker.spec.replicas, 4);
    assert.equal(api.spec.replicas, 1);
  });

  it("[TR-09] the worker says that it is one: on the object, in the selector, on its pods", async () => {
    const { spec, metadata } = (await pods()).worker;
    assert.equal(metadata.name, "trevor-worker");
    assert.equal(metadata.labels["app.kubernetes.io/component"], "worker");
    assert.equal(metadata.labels["helm.sh/chart"], "trevor-0.1.0");
    assert.deepEqual(spec.selector.matchLabels, selector("worker"));
    assert.deepEqual(spec.template.metadata.labels, selector("worker"));
  });

  it("[TR-09] [TR-03] no selector takes the pods of another component", async () => {
    const { api, worker, migrate } = await pods();
    const labels = [api, worker, migrate].map(({ spec }) => spec.template.metadata.labels);
    assert.deepEqual(labels, [selector("api"), selector("worker"), selector("migrate")]);
    assert.deepEqual(api.spec.selector.matchLabels, selector("api"));
  });

  it("[TR-10] [TR-45] one image in all four, its tag the chart's appVersion unless given", async () => {
    await each({}, ({ image, imagePullPolicy }, name) =>
      assert.deepEqual([image, imagePullPolicy], ["trevor:1.0.0", "IfNotPresent"], name),
    );
    const image = { repository: "registry.example.com/team/trevor", tag: "2.1.0", pullPolicy: "Always" };
    await each({ image }, (container, name) =>
      assert.deepEqual(
        [container.image, container.imagePullPolicy],
        ["registry.example.com/team/trevor:2.1.0", "Always"],
        name,
      ),
    );
    const digest = `sha256:${"bd".repeat(32)}`;
    await each({ image: { digest } }, (container, name) => assert.equal(container.image, `trevor@${digest}`, name));
  });

  it("[TR-10] the worker has its own command and resources; the API those of the image", async () => {
    const worker = {
      command: ["arq", "app.Worker"],
      resources: { requests: { cpu: "2", memory: "1Gi" }, limits: { cpu: "4", memory: "2Gi" } },
    };
    const found = await containers({ worker });
    assert.deepEqual(found.worker.command, worker.command);
    assert.deepEqual(found.worker.resources, worker.resources);
    assert.equal(found.api.command, undefined);
    assert.notDeepEqual(found.api.resources, worker.resources);
    assert.deepEqual((await containers()).worker.command, ["uv", "run", "arq", "trevor.worker.WorkerSettings"]);
  });

  it("[TR-12] the worker has neither ports nor probes, and says why", async () => {
    const { worker } = await pods();
    const [container] = podOf(worker).containers;
    for (const field of ["ports", "startupProbe", "readinessProbe", "livenessProbe"])
      assert.ok(!(field in container), field);
    assert.match(worker.spec.template.metadata.annotations?.["hardened.pulumi/no-probes"] ?? "", /background worker/);
  });

  it("[TR-12] the worker may be asked by a command whether it hangs, never over HTTP", async () => {
    const command = ["arq", "--check", "app.Worker"];
    const { worker } = await containers({ worker: { livenessCommand: command, livenessPeriodSeconds: 20 } });
    assert.deepEqual(worker.livenessProbe, { exec: { command }, periodSeconds: 20, timeoutSeconds: 10 });
    assert.ok(!("readinessProbe" in worker) && !("ports" in worker));
  });

  it("[TR-13] every pod runs as user 1000, never as root", async () => {
    for (const [name, object] of Object.entries(await pods())) {
      assert.deepEqual(
        podOf(object).securityContext,
        { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, seccompProfile: { type: "RuntimeDefault" } },
        name,
      );
      assert.equal(podOf(object).automountServiceAccountToken, false, name);
    }
  });

  it("[TR-13] every container meets the restricted standard with a read-only root and a writable /tmp", async () => {
    await each({}, ({ securityContext, volumeMounts }, name) => {
      assert.deepEqual(
        securityContext,
        {
          runAsNonRoot: true,
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          seccompProfile: { type: "RuntimeDefault" },
          capabilities: { drop: ["ALL"] },
        },
        name,
      );
      assert.deepEqual(volumeMounts, [{ name: "tmp", mountPath: "/tmp" }], name);
    });
  });

  it("[TR-14] [TR-15] [TR-39] two Secrets are two entries of one list, in all four containers", async () => {
    const envFromSecrets = [{ secretName: "database" }, { secretName: "storage" }];
    const expected = [{ secretRef: { name: "database" } }, { secretRef: { name: "storage" } }];
    await each({ envFromSecrets }, ({ envFrom }, name) => assert.deepEqual(envFrom, expected, name));
    await each({}, (container, name) => assert.ok(!("envFrom" in container), name));
  });

  it("[TR-11] [TR-16] variables are the same in all four containers, numbers and booleans as text", async () => {
    const env = {
      LOG_LEVEL: "debug",
      WORKERS: 4,
      MAX_BYTES: 10_000_000,
      RATIO: 0.25,
      DEBUG: false,
      ODD: 'a"\\: #{{ }}',
    };
    await each({ env }, (container, name) => {
      const given = Object.fromEntries((container.env ?? []).map((one) => [one.name, one.value]));
      const { HOME, UV_CACHE_DIR, UV_NO_SYNC, ...own } = given;
      assert.deepEqual(
        own,
        { LOG_LEVEL: "debug", WORKERS: "4", MAX_BYTES: "10000000", RATIO: "0.25", DEBUG: "false", ODD: 'a"\\: #{{ }}' },
        name,
      );
      assert.deepEqual([HOME, UV_CACHE_DIR, UV_NO_SYNC], ["/tmp", "/tmp/uv-cache", "1"], name);
    });
    const other = await containers({ env: { UV_CACHE_DIR: "/tmp/elsewhere" } });
    assert.ok(other.api.env?.some(({ name, value }) => name === "UV_CACHE_DIR" && value === "/tmp/elsewhere"));
  });

  it("[TR-17] the init container migrates like the Job, in mode init only", async () => {
    const { init, migrate } = await containers();
    assert.equal(init.name, "migrate");
    assert.deepEqual(init.command, ["uv", "run", "alembic", "upgrade", "head"]);
    assert.deepEqual(init, migrate);
    const switches = await trevor({ migrations: { enabled: true, hookEnabled: false } });
    assert.equal(initOf(podOf(only(switches, "Deployment", "trevor"))).length, 1);
    for (const mode of ["hook", "external", "none"]) {
      const objects = await trevor({ migrations: { mode } });
      assert.ok(!("initContainers" in podOf(only(objects, "Deployment", "trevor"))), mode);
    }
  });

  it("[TR-18] the API has a minute to start before the liveness probe counts", async () => {
    const { api } = await containers();
    const { httpGet, failureThreshold, periodSeconds } = api.startupProbe as Record<string, unknown>;
    assert.deepEqual([httpGet, failureThreshold, periodSeconds], [{ path: "/health", port: "http" }, 30, 2]);
    assert.deepEqual(api.ports, [{ name: "http", containerPort: 8000 }]);
  });

  it("[TR-19] path and timings of each probe are values", async () => {
    const timings = { periodSeconds: 7, timeoutSeconds: 3, failureThreshold: 9, initialDelaySeconds: 1 };
    for (const kind of ["startup", "readiness", "liveness"]) {
      const { api } = await containers({ probes: { [kind]: { path: `/${kind}`, ...timings } } });
      assert.deepEqual(api[`${kind}Probe`], { httpGet: { path: `/${kind}`, port: "http" }, ...timings });
      const [other] = ["startup", "readiness"].filter((one) => one !== kind);
      assert.deepEqual(api[`${other}Probe`], (await containers()).api[`${other}Probe`]);
    }
  });

  it("[TR-28] the Job tries four times in bounded time and keeps its last words", async () => {
    const { spec } = (await pods()).migrate;
    assert.equal(spec.backoffLimit, 3);
    assert.equal(podOf({ spec }).restartPolicy, "Never");
    assert.ok((spec.activeDeadlineSeconds as number) < 300, "longer than Helm waits");
    assert.equal(spec.ttlSecondsAfterFinished, 86_400);
    assert.equal(podOf({ spec }).containers[0].terminationMessagePolicy, "FallbackToLogsOnError");
    const bounds = { backoffLimit: 0, activeDeadlineSeconds: 30, ttlSecondsAfterFinished: 60 };
    const other = (await pods({ migrations: { ...bounds, command: ["alembic", "upgrade", "head"] } })).migrate.spec;
    const { backoffLimit, activeDeadlineSeconds, ttlSecondsAfterFinished } = other;
    assert.deepEqual({ backoffLimit, activeDeadlineSeconds, ttlSecondsAfterFinished }, bounds);
    assert.deepEqual(podOf({ spec: other }).containers[0].command, ["alembic", "upgrade", "head"]);
  });

  it("a changed pod annotation restarts API and worker; a new chart digest restarts nothing", async () => {
    const before = await pods();
    const given = await pods({
      podAnnotations: { "example.com/secret-version": "2" },
      chartDigest: "0123456789abcdef",
    });
    for (const name of ["api", "worker"] as const) {
      const { annotations } = given[name].spec.template.metadata;
      assert.equal(annotations?.["example.com/secret-version"], "2", name);
      assert.equal(given[name].metadata.annotations?.["checksum/chart"], "0123456789abcdef", name);
    }
    const digested = await pods({ chartDigest: "0123456789abcdef" });
    for (const name of ["api", "worker"] as const)
      assert.deepEqual(digested[name].spec.template, before[name].spec.template);
  });

  it("a stopping API serves on for a while, and has its time to stop after that", async () => {
    const pod = podOf((await pods({ stopDelaySeconds: 12 })).api);
    assert.deepEqual(pod.containers[0].lifecycle, { preStop: { sleep: { seconds: 12 } } });
    assert.equal(pod.terminationGracePeriodSeconds, 42);
    const none = podOf((await pods({ stopDelaySeconds: 0 })).api);
    assert.ok(!("lifecycle" in none.containers[0]));
    assert.equal(none.terminationGracePeriodSeconds, 30);
  });

  it("keeps pods of one component and revision apart: tries, insists, or lets them be", async () => {
    const found = async (spread: object) => {
      const { worker } = await pods({ spread });
      const { affinity, topologySpreadConstraints } = podOf(worker);
      return { affinity, topologySpreadConstraints };
    };
    const pod = { labelSelector: { matchLabels: selector("worker") }, matchLabelKeys: ["pod-template-hash"] };
    const host = { topologyKey: "kubernetes.io/hostname", ...pod };
    const zone = { topologyKey: "topology.kubernetes.io/zone", ...pod };
    const soft = { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" };
    const hard = { maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" };
    const preferred = (term: object) => ({ weight: 100, podAffinityTerm: term });
    assert.deepEqual(await found({}), {
      affinity: {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred(host), preferred(zone)] },
      },
      topologySpreadConstraints: [
        { ...host, ...soft },
        { ...zone, ...soft },
      ],
    });
    assert.deepEqual(await found({ host: "hard" }), {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [host],
          preferredDuringSchedulingIgnoredDuringExecution: [preferred(zone)],
        },
      },
      topologySpreadConstraints: [
        { ...host, ...hard },
        { ...zone, ...soft },
      ],
    });
    assert.deepEqual(await found({ host: "off", zone: "off" }), {
      affinity: undefined,
      topologySpreadConstraints: undefined,
    });
  });
});
