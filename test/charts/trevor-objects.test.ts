import { strict as assert } from "node:assert";
import { only, type Rendered } from "./support/helm";
import { pods, selector, trevor } from "./support/trevor";

const named = (objects: readonly Rendered[]): string[] =>
  objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
const kinds = (objects: readonly Rendered[], kind: string): string[] =>
  named(objects).filter((name) => name.startsWith(`${kind}/`));
const spec = <T>(object: Rendered): T => object.spec as unknown as T;

const hosts = ["a.example.com", "b.example.com"].map((host) => ({
  host,
  paths: [
    { path: "/", pathType: "Prefix" },
    { path: "/exact", pathType: "Exact" },
  ],
}));

describe("charts/trevor: objects", () => {
  it("[TR-29] [TR-33] by default: API, worker, Service, account, and the migration before them", async () => {
    assert.deepEqual(named(await trevor()), [
      "Deployment/trevor",
      "Deployment/trevor-worker",
      "Job/trevor-migrate",
      "Service/trevor",
      "ServiceAccount/trevor",
      "ServiceAccount/trevor-migrate",
    ]);
  });

  it("every object is in the release's namespace and carries the common labels", async () => {
    const objects = await trevor(
      {
        ingress: { enabled: true, hosts },
        autoscaling: { enabled: true, minReplicas: 2 },
        networkPolicy: { enabled: true },
      },
      { release: "prod", namespace: "apps" },
    );
    assert.equal(objects.length, 12);
    for (const { kind, metadata } of objects) {
      assert.equal(metadata.namespace, "apps", kind);
      assert.ok(metadata.name.startsWith("prod-trevor"), metadata.name);
      const { "app.kubernetes.io/component": _, ...common } = metadata.labels;
      assert.deepEqual(
        common,
        {
          "helm.sh/chart": "trevor-0.1.0",
          "app.kubernetes.io/name": "trevor",
          "app.kubernetes.io/instance": "prod",
          "app.kubernetes.io/version": "1.0.0",
          "app.kubernetes.io/managed-by": "Helm",
        },
        kind,
      );
    }
  });

  it("[TR-03] the Service leads to the API's pods and to no other", async () => {
    const service = spec<Record<string, unknown>>(only(await trevor(), "Service"));
    assert.deepEqual(service, {
      type: "ClusterIP",
      selector: selector("api"),
      ports: [{ name: "http", port: 8000, targetPort: "http", protocol: "TCP" }],
    });
    const other = spec<{ type: string; ports: { port: number }[] }>(
      only(await trevor({ service: { type: "NodePort", port: 80 }, containerPort: 9000 }), "Service"),
    );
    assert.deepEqual([other.type, other.ports[0]?.port], ["NodePort", 80]);
  });

  it("one value moves the port the program listens on: container, policy and scraping follow", async () => {
    const objects = await trevor({ containerPort: 9000, networkPolicy: { enabled: true } });
    const [container] = only(objects, "Deployment", "trevor").spec.template.spec.containers;
    assert.deepEqual(container.ports, [{ name: "http", containerPort: 9000 }]);
    const { ingress } = spec<{ ingress: { ports: { port: number }[] }[] }>(only(objects, "NetworkPolicy", "trevor"));
    assert.deepEqual(
      ingress.map(({ ports }) => ports[0]?.port),
      [9000, 9000],
    );
    assert.equal(only(objects, "Service").metadata.annotations?.["prometheus.io/port"], "9000");
  });

  it("[TR-04] makes the account and uses it; the migration hook brings its own, before it", async () => {
    const annotations = { "example.com/role": "trevor" };
    const objects = await trevor({ serviceAccount: { name: "runner", annotations } });
    assert.deepEqual(kinds(objects, "ServiceAccount"), ["ServiceAccount/runner", "ServiceAccount/trevor-migrate"]);
    for (const account of objects.filter(({ kind }) => kind === "ServiceAccount")) {
      assert.equal(account.metadata.annotations?.["example.com/role"], "trevor");
      assert.equal((account as unknown as Record<string, unknown>).automountServiceAccountToken, false);
    }
    const hook = only(objects, "ServiceAccount", "trevor-migrate").metadata.annotations ?? {};
    assert.equal(hook["helm.sh/hook"], "pre-install,pre-upgrade");
    assert.ok(Number(hook["helm.sh/hook-weight"]) < -5);
    const used = objects
      .filter(({ kind }) => kind === "Deployment" || kind === "Job")
      .map(({ metadata, spec }) => [metadata.name, spec.template.spec.serviceAccountName]);
    assert.deepEqual(Object.fromEntries(used), {
      trevor: "runner",
      "trevor-worker": "runner",
      "trevor-migrate": "trevor-migrate",
    });
  });

  it("[TR-04] makes none when told so, and all pods use the given one, or default", async () => {
    for (const [serviceAccount, name] of [
      [{ create: false, name: "theirs" }, "theirs"],
      [{ create: false }, "default"],
    ] as const) {
      assert.deepEqual(kinds(await trevor({ serviceAccount }), "ServiceAccount"), []);
      for (const [pod, object] of Object.entries(await pods({ serviceAccount })))
        assert.equal(object.spec.template.spec.serviceAccountName, name, pod);
    }
  });

  it("[TR-05] [TR-34] an Ingress when enabled, with its annotations, and a class when there is one", async () => {
    assert.deepEqual(kinds(await trevor({ ingress: { hosts } }), "Ingress"), []);
    const plain = only(await trevor({ ingress: { enabled: true, hosts } }), "Ingress");
    assert.equal(plain.apiVersion, "networking.k8s.io/v1");
    assert.equal(plain.metadata.name, "trevor");
    assert.equal(plain.metadata.annotations, undefined);
    assert.ok(!("ingressClassName" in plain.spec));
    const annotations = { "example.com/limit": "10" };
    const full = only(await trevor({ ingress: { enabled: true, className: "nginx", annotations, hosts } }), "Ingress");
    assert.equal(full.spec.ingressClassName, "nginx");
    assert.deepEqual(full.metadata.annotations, annotations);
  });

  it("[TR-06] certificates as given, no block without", async () => {
    const tls = [
      { secretName: "a-tls", hosts: ["a.example.com"] },
      { secretName: "b-tls", hosts: ["b.example.com"] },
    ];
    assert.deepEqual(only(await trevor({ ingress: { enabled: true, hosts, tls } }), "Ingress").spec.tls, tls);
    assert.ok(!("tls" in only(await trevor({ ingress: { enabled: true, hosts } }), "Ingress").spec));
    const wildcard = [{ secretName: "all", hosts: ["*.example.com"] }];
    const covered = only(await trevor({ ingress: { enabled: true, hosts, tls: wildcard } }), "Ingress");
    assert.deepEqual(covered.spec.tls, wildcard);
  });

  it("[TR-07] two hosts with two paths each are four backends", async () => {
    const objects = await trevor({ ingress: { enabled: true, hosts }, service: { port: 80 } });
    const { rules } = spec<{ rules: { host: string; http: { paths: { backend: unknown }[] } }[] }>(
      only(objects, "Ingress"),
    );
    const backend = { service: { name: "trevor", port: { number: 80 } } };
    assert.deepEqual(
      rules,
      hosts.map(({ host, paths }) => ({ host, http: { paths: paths.map((path) => ({ ...path, backend })) } })),
    );
    assert.equal(rules.flatMap(({ http }) => http.paths).length, 4);
    assert.equal(only(objects, "Service").metadata.name, "trevor");
  });

  it("[TR-08] [TR-35] no worker when it is off, nor anything of it", async () => {
    const on = await trevor({ worker: { replicaCount: 2 }, networkPolicy: { enabled: true } });
    const of = (objects: readonly Rendered[]) => named(objects).filter((name) => name.endsWith("/trevor-worker"));
    assert.deepEqual(of(on), [
      "Deployment/trevor-worker",
      "NetworkPolicy/trevor-worker",
      "PodDisruptionBudget/trevor-worker",
    ]);
    assert.deepEqual(
      of(await trevor({ worker: { enabled: false, replicaCount: 2 }, networkPolicy: { enabled: true } })),
      [],
    );
  });

  it("[TR-20] [TR-36] the autoscaler scales the API by its CPU, within its bounds", async () => {
    assert.deepEqual(kinds(await trevor(), "HorizontalPodAutoscaler"), []);
    const autoscaling = { enabled: true, minReplicas: 2, maxReplicas: 7, targetCPUUtilizationPercentage: 65 };
    const scaler = only(await trevor({ autoscaling }), "HorizontalPodAutoscaler");
    assert.equal(scaler.apiVersion, "autoscaling/v2");
    assert.equal(scaler.metadata.name, "trevor");
    const { behavior, ...rest } = spec<Record<string, unknown>>(scaler);
    assert.deepEqual(rest, {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "trevor" },
      minReplicas: 2,
      maxReplicas: 7,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 65 } } },
      ],
    });
    const { scaleDown, scaleUp } = behavior as Record<
      string,
      { stabilizationWindowSeconds: number; policies: unknown[] }
    >;
    assert.equal(scaleDown?.stabilizationWindowSeconds, 300);
    assert.ok((scaleUp?.policies.length ?? 0) > 0);
  });

  it("[TR-21] with the autoscaler on, nothing else says how many pods there are", async () => {
    const scaled = only(await trevor({ autoscaling: { enabled: true }, replicaCount: 3 }), "Deployment", "trevor");
    assert.ok(!("replicas" in scaled.spec));
    assert.equal(only(await trevor({ replicaCount: 3 }), "Deployment", "trevor").spec.replicas, 3);
  });

  it("[TR-22] [TR-44] a budget from two pods on, by the autoscaler's least when it is on", async () => {
    const budgets = async (values: object) => kinds(await trevor(values), "PodDisruptionBudget");
    assert.deepEqual(await budgets({ replicaCount: 1 }), []);
    assert.deepEqual(await budgets({ replicaCount: 2 }), ["PodDisruptionBudget/trevor"]);
    const scaled = (minReplicas: number) => ({ autoscaling: { enabled: true, minReplicas } });
    assert.deepEqual(await budgets({ replicaCount: 1, ...scaled(3) }), ["PodDisruptionBudget/trevor"]);
    assert.deepEqual(await budgets({ replicaCount: 5, ...scaled(1) }), []);
    const budget = only(await trevor({ replicaCount: 2 }), "PodDisruptionBudget");
    assert.equal(budget.apiVersion, "policy/v1");
    assert.deepEqual(budget.spec as unknown, {
      minAvailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: selector("api") },
    });
  });

  it("[TR-22] the worker has a budget of its own from two pods on, so that none of the two counts for the other", async () => {
    const objects = await trevor({ replicaCount: 2, worker: { replicaCount: 2 } });
    const matched = objects
      .filter(({ kind }) => kind === "PodDisruptionBudget")
      .map(({ spec }) => spec.selector.matchLabels);
    assert.deepEqual(matched, [selector("api"), selector("worker")]);
  });

  it("[TR-27] [TR-38] the migration runs before install and upgrade; a failed one stays to be read", async () => {
    const job = only(await trevor({ migrations: { hookEnabled: true } }), "Job");
    assert.equal(job.metadata.name, "trevor-migrate");
    assert.deepEqual(job.metadata.annotations, {
      "helm.sh/hook": "pre-install,pre-upgrade",
      "helm.sh/hook-weight": "-5",
      "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    });
    assert.deepEqual(kinds(await trevor({ migrations: { hookEnabled: false } }), "Job"), []);
  });

  it("[TR-27] what the hook needs is there before it, and nothing else is a hook", async () => {
    const hooks = (await trevor({ networkPolicy: { enabled: true } }))
      .filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"])
      .map(({ kind, metadata }) => `${metadata.annotations?.["helm.sh/hook-weight"]} ${kind}/${metadata.name}`);
    assert.deepEqual(hooks.sort(), [
      "-10 NetworkPolicy/trevor-migrate",
      "-10 ServiceAccount/trevor-migrate",
      "-5 Job/trevor-migrate",
    ]);
  });

  it("external and none leave the migration to others: no Job, no init container, no account of its own", async () => {
    const off = { migrations: { hookEnabled: false } };
    for (const mode of ["external", "none"])
      assert.deepEqual(await trevor({ migrations: { mode } }), await trevor(off), mode);
    assert.deepEqual(kinds(await trevor(off), "ServiceAccount"), ["ServiceAccount/trevor"]);
  });

  it("[TR-46] Prometheus is told by annotations, or by a ServiceMonitor or VMServiceScrape where the cluster knows the kind", async () => {
    const told = async (values: object, args: string[] = []) => {
      const objects = await trevor(values, { args });
      return { service: only(objects, "Service"), monitors: objects.filter(({ kind }) => kind === "ServiceMonitor") };
    };
    const annotations = {
      "prometheus.io/scrape": "true",
      "prometheus.io/path": "/metrics",
      "prometheus.io/port": "8000",
    };
    const plain = await told({});
    assert.deepEqual(plain.service.metadata.annotations, annotations);
    assert.deepEqual(plain.monitors, []);
    const operator = ["--api-versions", "monitoring.coreos.com/v1/ServiceMonitor"];
    const spec = {
      selector: { matchLabels: selector("api") },
      endpoints: [{ port: "http", path: "/metrics", interval: "30s" }],
    };
    for (const found of [await told({}, operator), await told({ metrics: { scrape: "serviceMonitor" } })]) {
      assert.equal(found.service.metadata.annotations, undefined);
      const [monitor] = found.monitors;
      assert.deepEqual(monitor?.spec as unknown, spec);
      for (const [key, value] of Object.entries(selector("api")))
        assert.equal(found.service.metadata.labels[key], value);
    }
    const victoria = ["--api-versions", "operator.victoriametrics.com/v1beta1/VMServiceScrape"];
    for (const objects of [
      await trevor({}, { args: victoria }),
      await trevor({ metrics: { scrape: "vmServiceScrape" } }),
    ]) {
      assert.deepEqual(only(objects, "VMServiceScrape").spec as unknown, spec);
      assert.equal(only(objects, "Service").metadata.annotations, undefined);
    }
    const none = await told({ metrics: { scrape: "off" } }, operator);
    assert.deepEqual([none.service.metadata.annotations, none.monitors], [undefined, []]);
  });
});
