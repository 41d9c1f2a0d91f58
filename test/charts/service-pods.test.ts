import { strict as assert } from "node:assert";
import type { Container, PodSpec, Rendered } from "./support/helm";
import { digest, externalSecret, image, platform, whole } from "./support/service-values";

interface Template {
  readonly metadata: { readonly labels: object; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}
/** Pod templates of all workloads, by service. */
function templates(objects: readonly Rendered[]): Record<string, Template> {
  return Object.fromEntries(
    objects.flatMap(({ kind, metadata, spec }): [string, Template][] => {
      if (kind === "CronJob")
        return [[metadata.name, (spec.jobTemplate as { spec: { template: Template } }).spec.template]];
      return kind === "Deployment" || kind === "Job" ? [[metadata.name, spec.template as Template]] : [];
    }),
  );
}

const all = {
  orders: whole,
  mail: { image, kind: "worker", probes: { liveness: { command: ["mail", "check"], periodSeconds: 20 } } },
  clean: { image, kind: "job" },
  nightly: { image, kind: "job", job: { schedule: "0 3 * * *" } },
};

describe("charts/service: pods", () => {
  let pods: Record<string, Template>;
  before(async () => {
    pods = templates(await platform(all));
    assert.deepEqual(Object.keys(pods).sort(), ["clean", "mail", "nightly", "orders"]);
  });
  const each = (look: (name: string, spec: PodSpec, container: Container, template: Template) => void): void => {
    for (const [name, template] of Object.entries(pods))
      for (const container of template.spec.containers) look(name, template.spec, container, template);
  };

  it("[COS-02] every container has requests and limits for cpu and memory", () =>
    each((name, _, { resources }) =>
      assert.deepEqual(
        resources,
        { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
        name,
      ),
    ));

  it("[COS-04] a web service has three probes with its own paths and times, a worker those it names, a job none", async () => {
    const container = (name: string): Container => (pods[name] as Template).spec.containers[0];
    const asked = (path: string, rest: object) => ({ httpGet: { path, port: "http" }, ...rest });
    const { livenessProbe, readinessProbe, startupProbe } = container("orders");
    assert.deepEqual(livenessProbe, asked("/healthz", { periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 }));
    assert.deepEqual(readinessProbe, asked("/readyz", { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 }));
    assert.deepEqual(startupProbe, asked("/healthz", { periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 60 }));
    const worker = container("mail");
    assert.deepEqual(worker.livenessProbe, { exec: { command: ["mail", "check"] }, periodSeconds: 20 });
    assert.deepEqual(
      [worker.readinessProbe, worker.startupProbe, container("clean").livenessProbe],
      [undefined, undefined, undefined],
    );
    const own = templates(
      await platform({ orders: { image, port: 9000, probes: { liveness: { path: "/alive", periodSeconds: 30 } } } }),
    ).orders?.spec.containers[0];
    assert.deepEqual(
      own?.livenessProbe,
      asked("/alive", { periodSeconds: 30, timeoutSeconds: 3, failureThreshold: 3 }),
    );
    assert.deepEqual(own?.ports, [{ name: "http", containerPort: 9000 }]);
  });

  it("a worker without probes says why on its pods", async () => {
    const { mail } = templates(
      await platform({ mail: { image, kind: "worker", noProbesReason: "it only reads a queue" } }),
    );
    assert.equal(mail?.metadata.annotations?.["hardened.pulumi/no-probes"], "it only reads a queue");
  });

  it("[COS-06] [COS-07] pods keep apart over zones and nodes by their own labels: softly, or hard on request", async () => {
    const terms = (spec: PodSpec, field: string): { topologyKey: string; labelSelector: unknown }[] =>
      (spec[field] ?? []) as { topologyKey: string; labelSelector: unknown }[];
    const { metadata, spec } = pods.orders as Template;
    const spread = terms(spec, "topologySpreadConstraints");
    assert.deepEqual(spread.map(({ topologyKey }) => topologyKey).sort(), [
      "kubernetes.io/hostname",
      "topology.kubernetes.io/zone",
    ]);
    for (const { labelSelector } of spread) assert.deepEqual(labelSelector, { matchLabels: metadata.labels });
    type Affinity = {
      podAntiAffinity: Record<string, { topologyKey?: string; podAffinityTerm?: { topologyKey: string } }[]>;
    };
    const soft = (spec.affinity as Affinity).podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    assert.deepEqual(soft.map((one) => one.podAffinityTerm?.topologyKey).sort(), [
      "kubernetes.io/hostname",
      "topology.kubernetes.io/zone",
    ]);
    const hard = templates(await platform({ orders: { image, spread: { host: "hard", zone: "off" } } }))
      .orders as Template;
    const required =
      (hard.spec.affinity as Affinity).podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    assert.deepEqual(
      required.map(({ topologyKey }) => topologyKey),
      ["kubernetes.io/hostname"],
    );
    assert.deepEqual(
      terms(hard.spec, "topologySpreadConstraints").map(({ topologyKey }) => topologyKey),
      ["kubernetes.io/hostname"],
    );
  });

  it("[COS-06] [COS-07] what an older Kubernetes lacks is left out there: the delay before 1.30, hard terms that count every revision before 1.31", async () => {
    const at = async (version: string) => {
      const args = ["--kube-version", version];
      const { orders } = templates(
        await platform({ orders: { image, spread: { host: "hard", zone: "soft" } } }, { args }),
      );
      const { affinity, topologySpreadConstraints, containers } = (orders as Template).spec;
      const { podAntiAffinity } = affinity as { podAntiAffinity: Record<string, object[]> };
      const { requiredDuringSchedulingIgnoredDuringExecution: required = [], ...preferred } = podAntiAffinity;
      return {
        constraints: (topologySpreadConstraints as { matchLabelKeys: string[]; whenUnsatisfiable: string }[]).map(
          ({ matchLabelKeys, whenUnsatisfiable }) => [whenUnsatisfiable, ...matchLabelKeys],
        ),
        required: required.map((term) => JSON.stringify(term).includes("pod-template-hash")),
        preferred: Object.values(preferred)
          .flat()
          .map((term) => JSON.stringify(term).includes("pod-template-hash")),
        delay: containers[0].lifecycle,
      };
    };
    const constraints = [
      ["DoNotSchedule", "pod-template-hash"],
      ["ScheduleAnyway", "pod-template-hash"],
    ];
    const delay = { preStop: { sleep: { seconds: 5 } } };
    const older = { constraints, required: [], preferred: [false, false] };
    assert.deepEqual(await at("1.27.0"), { ...older, delay: undefined });
    assert.deepEqual(await at("1.29.9"), { ...older, delay: undefined });
    assert.deepEqual(await at("v1.30.4-eks-1"), { ...older, delay });
    assert.deepEqual(await at("1.31.0"), { constraints, required: [true], preferred: [true], delay });
    await assert.rejects(at("1.26.15"), /requires kubeVersion: >=1\.27\.0-0/);
  });

  it("[COS-08] every pod has a numeric user and groups above 0, a service its own on request", async () => {
    each((name, { securityContext }) => {
      const { runAsNonRoot, runAsUser, runAsGroup, fsGroup } = securityContext;
      assert.deepEqual([runAsNonRoot, runAsUser, runAsGroup, fsGroup], [true, 10001, 10001, 10001], name);
    });
    const own = templates(await platform({ orders: { image: { ...image, runAsUser: 1_000_650_000, fsGroup: 2000 } } }));
    assert.deepEqual(
      [own.orders?.spec.securityContext.runAsUser, own.orders?.spec.securityContext.fsGroup],
      [1_000_650_000, 2000],
    );
  });

  it("[COS-09] the seccomp profile is the runtime's, or another one for all", async () => {
    each((name, { securityContext }, container) => {
      assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" }, name);
      assert.deepEqual(container.securityContext.seccompProfile, { type: "RuntimeDefault" }, name);
    });
    const seccomp = { type: "Localhost", localhostProfile: "profiles/shop.json" };
    const { orders } = templates(await platform({ orders: { image } }, { values: { seccomp } }));
    assert.deepEqual(orders?.spec.securityContext.seccompProfile, seccomp);
    assert.deepEqual(orders?.spec.containers[0].securityContext.seccompProfile, seccomp);
  });

  it("[COS-10] no container gains privileges, keeps capabilities or writes to its root", () =>
    each((name, _, { securityContext }) => {
      const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } = securityContext;
      assert.deepEqual(
        [allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities],
        [false, true, { drop: ["ALL"] }],
        name,
      );
    }));

  it("[COS-11] the image is written with its digest, and with its tag for people", async () => {
    each((name, _, container) => assert.equal(container.image, `registry.example.com/shop@${digest}`, name));
    const { orders } = templates(await platform({ orders: { image: { ...image, tag: "1.2.0" } } }));
    assert.equal(orders?.spec.containers[0].image, `registry.example.com/shop:1.2.0@${digest}`);
  });

  it("each service runs as an account of its own, without a token", () =>
    each((name, spec) => {
      assert.deepEqual([spec.serviceAccountName, spec.automountServiceAccountToken], [name, false]);
    }));

  it("a web service serves on while it is taken out of its Service, within the time it gets to end", () => {
    const { spec } = pods.orders as Template;
    assert.deepEqual(spec.containers[0].lifecycle, { preStop: { sleep: { seconds: 5 } } });
    assert.equal(spec.terminationGracePeriodSeconds, 45);
  });

  it("[COS-16] secrets kept by others and those of a store become variables, in this order", async () => {
    const { orders } = templates(
      await platform({ orders: { image, existingSecrets: ["theirs"], externalSecrets: [externalSecret("ours")] } }),
    );
    assert.deepEqual(orders?.spec.containers[0].envFrom, [
      { secretRef: { name: "theirs" } },
      { secretRef: { name: "ours" } },
    ]);
  });

  it("false and empty lists of a service count over the defaults", async () => {
    const values = { defaults: { autoscaling: { enabled: true }, existingSecrets: ["all"] } };
    const objects = await platform(
      { orders: { image, autoscaling: { enabled: false }, existingSecrets: [] } },
      { values },
    );
    assert.ok(objects.every(({ kind }) => kind !== "HorizontalPodAutoscaler"));
    assert.equal(templates(objects).orders?.spec.containers[0].envFrom, undefined);
  });
});
