import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { charts, only, type Rendered } from "./support/helm";
import { externalSecret, image, ofService, platform, whole } from "./support/service-values";

type Tree = { readonly [key: string]: never };
const kindsOf = (objects: readonly Rendered[]): string[] => objects.map(({ kind }) => kind).sort();
const everything = [
  "Deployment",
  "ExternalSecret",
  "HorizontalPodAutoscaler",
  "Ingress",
  "NetworkPolicy",
  "PodDisruptionBudget",
  "Service",
  "ServiceAccount",
  "VerticalPodAutoscaler",
];

describe("charts/service: objects", () => {
  it("[COS-01] two services are two complete sets that differ in their name alone", async () => {
    const objects = await platform({
      orders: whole,
      returns: { ...whole, externalSecrets: [externalSecret("returns-database")] },
    });
    const sets = ["orders", "returns"].map((name) => ofService(objects, name));
    for (const set of sets) assert.deepEqual(kindsOf(set), everything);
    assert.equal(objects.length, 2 * everything.length);
    const [orders, returns] = sets.map((set) => JSON.stringify(set));
    assert.equal(orders?.replaceAll("orders", "returns"), returns);
  });

  it("[COS-01] the templates name no service: every name comes from the values", () => {
    for (const file of readdirSync(join(charts, "service/templates"))) {
      const text = readFileSync(join(charts, "service/templates", file), "utf8");
      assert.doesNotMatch(text, /accounts|catalog|notifications|companyos/, file);
    }
  });

  it("[COS-62] taking one service away leaves every object of the others as it was", async () => {
    const both = await platform({ orders: whole, returns: { image } });
    const one = await platform({ returns: { image } });
    assert.deepEqual(one, ofService(both, "returns"));
    assert.ok(ofService(both, "orders").length > 0);
  });

  it("[COS-05] the budget selects exactly the service's pods and lets one go; there is none for a single pod", async () => {
    const objects = await platform({ orders: { image, replicas: 2 }, small: { image, replicas: 1 } });
    const { spec } = only(objects, "PodDisruptionBudget");
    const { template } = only(objects, "Deployment", "orders").spec;
    assert.deepEqual(spec.selector, { matchLabels: template.metadata.labels });
    assert.deepEqual([spec.maxUnavailable, spec.unhealthyPodEvictionPolicy], [1, "AlwaysAllow"]);
    const kept = await platform({ orders: { image, replicas: 3, pdb: { minAvailable: 2 } } });
    const { minAvailable, maxUnavailable } = only(kept, "PodDisruptionBudget").spec;
    assert.deepEqual([minAvailable, maxUnavailable], [2, undefined]);
  });

  it("[COS-16] one ExternalSecret a secret set, read by reference; no Secret is made", async () => {
    const objects = await platform({ orders: whole });
    const { metadata, spec } = only(objects, "ExternalSecret");
    assert.equal(metadata.name, "orders-database");
    assert.deepEqual(spec, {
      refreshInterval: "15m",
      secretStoreRef: { kind: "ClusterSecretStore", name: "vault" },
      target: { name: "orders-database", creationPolicy: "Owner" },
      data: [{ secretKey: "DATABASE_PASSWORD", remoteRef: { key: "shop/database", property: "password" } }],
    });
    const [container] = only(objects, "Deployment").spec.template.spec.containers;
    assert.deepEqual(container.envFrom, [{ secretRef: { name: "orders-database" } }]);
    assert.ok(objects.every(({ kind }) => kind !== "Secret"));
  });

  it("[COS-21] [COS-24] the autoscaler follows CPU between its bounds, and the Deployment leaves the number to it", async () => {
    const objects = await platform({
      orders: { image, autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 9, cpu: 60 } },
    });
    const { spec } = only(objects, "HorizontalPodAutoscaler");
    assert.deepEqual(spec.scaleTargetRef, { apiVersion: "apps/v1", kind: "Deployment", name: "orders" });
    assert.deepEqual([spec.minReplicas, spec.maxReplicas], [3, 9]);
    assert.deepEqual(spec.metrics, [
      { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } },
    ]);
    assert.equal("replicas" in only(objects, "Deployment").spec, false);
  });

  it("[COS-22] requests a second add a metric of the pods", async () => {
    const { spec } = only(await platform({ orders: whole }), "HorizontalPodAutoscaler");
    assert.deepEqual((spec.metrics as Tree[])[1], {
      type: "Pods",
      pods: { metric: { name: "http_requests_per_second" }, target: { type: "AverageValue", averageValue: "50" } },
    });
  });

  it("[COS-25] it shrinks by the highest need of a window, and grows by policies", async () => {
    const behavior = async (autoscaling: object) =>
      only(await platform({ orders: { image, autoscaling } }), "HorizontalPodAutoscaler").spec.behavior as {
        scaleDown: { stabilizationWindowSeconds: number };
        scaleUp: { policies: object[] };
      };
    assert.equal((await behavior({ enabled: true })).scaleDown.stabilizationWindowSeconds, 300);
    const own = await behavior({ enabled: true, scaleDownWindowSeconds: 60 });
    assert.equal(own.scaleDown.stabilizationWindowSeconds, 60);
    assert.equal(own.scaleUp.policies.length, 2);
  });

  it("[COS-23] [COS-24] requests are recommended between bounds, and never changed", async () => {
    const { spec } = only(await platform({ orders: whole }), "VerticalPodAutoscaler");
    assert.deepEqual(spec.targetRef, { apiVersion: "apps/v1", kind: "Deployment", name: "orders" });
    assert.deepEqual(spec.updatePolicy, { updateMode: "Off" });
    const [policy] = (spec.resourcePolicy as { containerPolicies: Tree[] }).containerPolicies;
    assert.deepEqual(policy?.minAllowed, { cpu: "10m", memory: "16Mi" });
    assert.deepEqual(policy?.maxAllowed, { cpu: "2", memory: "2Gi" });
  });

  it("a Service and an Ingress lead to a web service only", async () => {
    const objects = await platform({ orders: whole, mail: { image, kind: "worker" }, clean: { image, kind: "job" } });
    assert.deepEqual(
      objects.filter(({ kind }) => kind === "Service" || kind === "Ingress").map(({ metadata }) => metadata.name),
      ["orders", "orders"],
    );
    const { ports, selector } = only(objects, "Service").spec;
    assert.deepEqual(ports, [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }]);
    assert.deepEqual(selector, only(objects, "Deployment", "orders").spec.template.metadata.labels);
  });

  it("a job runs once after every install and upgrade, or at its times and never twice at once; both end", async () => {
    const objects = await platform({
      clean: { image, kind: "job" },
      nightly: { image, kind: "job", job: { schedule: "0 3 * * *", activeDeadlineSeconds: 600 } },
    });
    const { metadata, spec } = only(objects, "Job");
    assert.equal(metadata.annotations?.["helm.sh/hook"], "post-install,post-upgrade");
    assert.deepEqual([spec.activeDeadlineSeconds, spec.backoffLimit], [120, 2]);
    const cron = only(objects, "CronJob").spec;
    assert.deepEqual([cron.schedule, cron.concurrencyPolicy], ["0 3 * * *", "Forbid"]);
    assert.equal((cron.jobTemplate as { spec: { activeDeadlineSeconds: number } }).spec.activeDeadlineSeconds, 600);
  });

  it("says where the figures of the resources come from, and which chart it was", async () => {
    const objects = await platform(
      { orders: { image, baseline: "2026-11-16 load test" } },
      { values: { chartDigest: "0123456789abcdef" } },
    );
    assert.deepEqual(only(objects, "Deployment").metadata.annotations, {
      "checksum/chart": "0123456789abcdef",
      "hardened.pulumi/baseline": "2026-11-16 load test",
    });
  });
});
