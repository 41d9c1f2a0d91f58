import { strict as assert } from "node:assert";
import type { JsonObject } from "../../policy/contract";
import { rolledOut, serviceRelease } from "../support/charts/service-chart";
import { cluster, type KubeObject, kubectl, object } from "../support/e2e-cluster";
import { askFrom } from "../support/network/client-pod";
import { eventually } from "../support/run";

/** A service that grows and shrinks with its load, with real metrics. */

interface Deployment extends KubeObject {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}
const name = "api";
/** Seconds of low load before it shrinks. */
const window = 15;

describe("scaling by load", () => {
  const namespace = `e2e-scale-${Date.now().toString(36).slice(-5)}`;
  const deployment = (): Promise<Deployment> => object<Deployment>("deployment", name, "-n", namespace);
  const release = (more: JsonObject = {}): Promise<void> =>
    serviceRelease(namespace, name, {
      resources: { requests: { cpu: "50m", memory: "32Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
      autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 4, cpu: 60, scaleDownWindowSeconds: window },
      ...more,
    });
  let busy = false;
  /** When the load ended. */
  let quiet = 0;
  /** Asks for processor time from several sides, as long as `busy`. */
  const load = (): Promise<unknown> =>
    Promise.all(
      [1, 2, 3, 4].map(async () => {
        while (busy) await askFrom(namespace, `http://${name}.${namespace}.svc/work?ms=50`).catch(() => {});
      }),
    );

  before(async () => {
    await cluster();
    await release();
    // A Deployment without a number begins with one pod; the autoscaler brings it to its least.
    await eventually("two pods are ready", async () => (await deployment()).status.readyReplicas === 2, 120_000);
  });
  after(async () => {
    busy = false;
    await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
  });

  it("[COS-21] two pods become four under load", async () => {
    busy = true;
    const done = load();
    await eventually("four pods are ready", async () => (await deployment()).status.readyReplicas === 4, 150_000);
    busy = false;
    await done;
    quiet = Date.now();
  });

  it("[TR-21] an upgrade leaves their number to the autoscaler, whatever its values say of replicas", async () => {
    const before = await deployment();
    await release({ replicas: 3, env: { LEVEL: "debug" } });
    const { spec, metadata } = await deployment();
    assert.equal(spec.replicas, before.spec.replicas);
    assert.ok((metadata.generation ?? 0) > (before.metadata.generation ?? 0), "the upgrade changed the Deployment");
  });

  it("[COS-25] without load they become two again, not before the window has passed", async () => {
    await eventually("there are fewer", async () => (await deployment()).spec.replicas < 4, 120_000);
    assert.ok(Date.now() - quiet >= window * 1000, `${Date.now() - quiet} ms`);
    await eventually("two pods are left", async () => (await deployment()).spec.replicas === 2, 120_000);
    await rolledOut(namespace, name);
  });
});
