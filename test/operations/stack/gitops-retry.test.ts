import { strict as assert } from "node:assert";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Cluster, ClusterUnavailable } from "../../../cluster/cluster";
import { type DeliveredRelease, deliveryObjects } from "../../../components/delivery-objects";
import type { GitOps } from "../../../config/delivery-schema";
import { type Planned, plannedIn, retryFailed } from "../../../operations/stack/gitops-retry";
import type { RunEvent } from "../../../process/run-events";

const repository = "oci://registry.example/charts";
const argocd: GitOps = { with: "argocd", repository, namespace: "gitops", project: "default" };
const flux: GitOps = { with: "flux", repository, plainHttp: false };
const release: DeliveredRelease = {
  namespace: "apps",
  name: "web",
  chart: "./charts/web",
  package: { name: "web", version: "1.0.0", digest: `sha256:${"1".repeat(64)}` },
  values: { replicas: 2, env: [{ name: "A" }], none: null },
  timeoutSeconds: 60,
};
const other = { ...release, values: { replicas: 3 } };

/** What a run asks for when the cluster has these objects, and its events. */
async function asked(planned: readonly Planned[], live: readonly (object | undefined)[]) {
  const patches: { place: string; change: Record<string, unknown> }[] = [];
  const events: RunEvent[] = [];
  const found = [...live];
  const cluster = Object.assign(new Cluster("here"), {
    get: async () => found.shift(),
    kubectl: async ([verb, resource, name, , namespace, type, , change]: string[]) => {
      assert.deepEqual([verb, type], ["patch", "--type=merge"]);
      patches.push({ place: `${resource} ${namespace}/${name}`, change: JSON.parse(change as string) });
      return "";
    },
  });
  await retryFailed(cluster, planned, { notify: (event) => void events.push(event) });
  return { patches, events };
}

describe("operations/stack/gitops-retry: Argo CD", () => {
  const planned = deliveryObjects(argocd, release);
  const [application] = planned as [Planned];
  /** The Application as the API server has it. */
  const live = (status: object, more: object = {}): object => {
    const { spec, metadata } = structuredClone(application) as { spec: { source: object }; metadata: object };
    return { metadata: { ...metadata, resourceVersion: "1" }, spec: { ...spec, ...more }, status };
  };
  const outOfSync = { status: "OutOfSync", comparedTo: {} };
  const failed = { sync: outOfSync, operationState: { phase: "Failed", message: "denied", finishedAt: "1" } };
  const waiting = { sync: outOfSync, operationState: { phase: "Running", message: "denied", finishedAt: "1" } };
  const refresh = { metadata: { annotations: { "argocd.argoproj.io/refresh": "hard" } } };

  it("[FL-117] a sync that failed is begun anew, as automated sync does, but without a source of its own", async () => {
    for (const status of [failed, waiting, { ...failed, operationState: { phase: "Error" } }]) {
      const { patches, events } = await asked(planned, [live(status)]);
      assert.deepEqual(patches, [
        {
          place: "application.argoproj.io gitops/apps-web",
          change: {
            ...refresh,
            operation: {
              initiatedBy: { username: "hardened" },
              sync: { prune: true, syncOptions: ["CreateNamespace=false"] },
              retry: { limit: 5 },
            },
            status: { operationState: null },
          },
        },
      ]);
      assert.deepEqual(events, [{ code: "delivery.retry", data: { kind: "Application", name: "apps-web" } }]);
    }
  });

  it("[FL-117] retries of what was planned before are ended; a sync that has ended is left to Argo CD, which sees the change", async () => {
    const packaged = { ...release, package: { ...release.package, digest: `sha256:${"2".repeat(64)}` } };
    for (const after of [other, packaged].map((one) => deliveryObjects(argocd, one))) {
      const { patches } = await asked(after, [live(waiting)]);
      assert.deepEqual(
        patches.map(({ change }) => change),
        [{ status: { operationState: { phase: "Terminating" } } }],
      );
      assert.deepEqual((await asked(after, [live(failed)])).patches, []);
    }
  });

  it("[FL-117] what could not be compared is looked at again", async () => {
    const conditions = [{ type: "ComparisonError", message: "not found" }];
    const { patches } = await asked(planned, [live({ sync: { status: "Unknown" }, conditions })]);
    assert.deepEqual(
      patches.map(({ change }) => change),
      [refresh],
    );
  });

  it("[FL-117] is left alone: healthy, at work, fixed since, suspended, being deleted, not there", async () => {
    const states: (object | undefined)[] = [
      live({ sync: { status: "Synced" }, operationState: { phase: "Succeeded", finishedAt: "1" } }),
      live({ sync: outOfSync, operationState: { phase: "Running" } }),
      live({ ...failed, sync: { status: "Synced" } }),
      live(failed, { syncPolicy: {} }),
      { ...live(failed), metadata: { deletionTimestamp: "now" } },
      live({}),
      undefined,
    ];
    for (const state of states) assert.deepEqual(await asked(planned, [state]), { patches: [], events: [] });
  });

  it("[FL-117] what cannot be asked is a warning; any other failure is the one there was", async () => {
    const events: RunEvent[] = [];
    const host = { notify: (event: RunEvent) => void events.push(event) };
    const refusing = (error: Error) => Object.assign(new Cluster("here"), { get: () => Promise.reject(error) });
    await retryFailed(refusing(new ClusterUnavailable("forbidden")), planned, host);
    assert.deepEqual(events, [
      { code: "warning", data: { message: "Application apps-web: cannot be told to try again: forbidden" } },
    ]);
    await assert.rejects(retryFailed(refusing(new TypeError("broken")), planned, host), TypeError);
  });
});

describe("operations/stack/gitops-retry: Flux", () => {
  const planned = deliveryObjects(flux, release);
  const ready = (status: string) => ({ conditions: [{ type: "Ready", status }] });
  /** Both objects as the API server has them, with a default and without a null. */
  const live = (source: object, helm: object): object[] =>
    [source, helm].map((status, index) => {
      const text = JSON.stringify(planned[index]?.spec, (_, value) => value ?? undefined);
      return { metadata: {}, spec: { ...JSON.parse(text), serviceAccountName: "default" }, status };
    });

  it("[FL-117] of one release the object that is not ready is asked for, and its failures are counted from none", async () => {
    const { patches } = await asked(planned, live(ready("True"), ready("False")));
    assert.deepEqual(
      patches.map(({ place }) => place),
      ["helmrelease.helm.toolkit.fluxcd.io apps/web"],
    );
    const { annotations } = (patches[0]?.change.metadata ?? {}) as { annotations?: Record<string, string> };
    const { "reconcile.fluxcd.io/requestedAt": requested, "reconcile.fluxcd.io/resetAt": reset } = annotations ?? {};
    assert.ok(Math.abs(Date.parse(requested ?? "") - Date.now()) < 60_000, requested);
    assert.equal(reset, requested);
    const both = await asked(planned, live(ready("False"), ready("False")));
    assert.deepEqual(
      both.patches.map(({ place }) => place),
      ["ocirepository.source.toolkit.fluxcd.io apps/web", "helmrelease.helm.toolkit.fluxcd.io apps/web"],
    );
  });

  it("[FL-117] what the run changes is not tried as it was before: neither with other values nor with another chart", async () => {
    const failed = live(ready("False"), ready("False"));
    assert.deepEqual((await asked(deliveryObjects(flux, other), failed)).patches, []);
    const chart = { ...release, package: { ...release.package, digest: `sha256:${"2".repeat(64)}` } };
    assert.deepEqual((await asked(deliveryObjects(flux, chart), failed)).patches, []);
  });

  it("[FL-117] is left alone: ready, at work, not looked at, suspended, not there", async () => {
    for (const state of [ready("True"), ready("Unknown"), {}])
      assert.deepEqual((await asked(planned, live(state, state))).patches, []);
    const suspended = live(ready("False"), ready("False")).map((one) => {
      const { spec } = one as { spec: object };
      return { ...one, spec: { ...spec, suspend: true } };
    });
    assert.deepEqual((await asked(planned, suspended)).patches, []);
    assert.deepEqual((await asked(planned, [undefined, undefined])).patches, []);
  });
});

describe("operations/stack/gitops-retry: what a preview plans", () => {
  it("[FL-117] the objects of both controllers, and of nobody else", () => {
    const event = (type: string, inputs: object): EngineEvent =>
      ({ resourcePreEvent: { planning: true, metadata: { type, new: { inputs } } } }) as unknown as EngineEvent;
    for (const one of [...deliveryObjects(argocd, release), ...deliveryObjects(flux, release)])
      assert.equal(plannedIn(event(`kubernetes:${one.apiVersion}:${one.kind}`, one)), one);
    assert.equal(plannedIn(event("kubernetes:core/v1:Secret", {})), undefined);
    assert.equal(plannedIn({} as EngineEvent), undefined);
  });
});
