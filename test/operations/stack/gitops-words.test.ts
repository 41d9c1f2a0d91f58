import { strict as assert } from "node:assert";
import { Cluster, ClusterUnavailable, Forbidden } from "../../../cluster/cluster";
import type { Delivery, GitOps } from "../../../config/delivery-schema";
import {
  type Application,
  argoWords,
  type FluxObject,
  fluxWords,
  gitOpsFailures,
  observeGitOps,
} from "../../../operations/stack/gitops-words";
import { installed } from "../../../operations/stack/installed";

const repository = "oci://registry.example/charts";
const argocd: GitOps = { with: "argocd", repository, namespace: "gitops", project: "default" };
const flux: GitOps = { with: "flux", repository, plainHttp: false };
const at = { namespace: "apps", release: "web" };

/** A cluster that has nothing but these, by the first word of their kind. */
function clusterOf(answers: Readonly<Record<string, () => Promise<unknown>>>): Cluster {
  const cluster = new Cluster("here");
  const get = (kind: string, ...where: string[]): Promise<unknown> => {
    asked.push(where.join(" "));
    return answers[kind.split(".")[0] ?? ""]?.() ?? Promise.resolve(undefined);
  };
  const asked: string[] = [];
  return Object.assign(cluster, { get, list: async () => [], asked });
}
const warnings = async (cluster: Cluster, delivery: Delivery): Promise<string[]> =>
  (await observeGitOps(cluster, delivery, at)).flatMap(({ lines }) => lines);
const forbidden = (): Promise<never> => Promise.reject(new Forbidden("it is forbidden"));

describe("operations/stack/gitops-words: Flux", () => {
  const release = (generation: number, ...conditions: object[]): FluxObject =>
    ({ metadata: { generation }, status: { conditions } }) as FluxObject;
  const ready = (status: string, observedGeneration: number, message = "what Flux says") => ({
    type: "Ready",
    status,
    observedGeneration,
    message,
  });

  it("[FL-117] an object that is ready says nothing, and one that is not says why", () => {
    assert.deepEqual(fluxWords(release(2, { type: "Released", status: "True" }, ready("True", 2))), []);
    assert.deepEqual(fluxWords(release(2, ready("False", 2))), ["what Flux says"]);
    assert.deepEqual(fluxWords(release(2, ready("Unknown", 2))), ["what Flux says"]);
    assert.deepEqual(fluxWords(release(2, { type: "Ready", status: "False" })), ["False"]);
  });

  it("[FL-117] a release that was rolled back or is tried again also says why it failed, once", () => {
    const released = (observedGeneration: number, message: string) => ({
      type: "Released",
      status: "False",
      observedGeneration,
      message,
    });
    const rolledBack = ready("False", 2, "Helm rollback succeeded");
    const both = ["Helm upgrade failed: denied", "Helm rollback succeeded"];
    assert.deepEqual(fluxWords(release(2, rolledBack, released(2, "Helm upgrade failed: denied"))), both);
    assert.deepEqual(fluxWords(release(2, ready("False", 2), released(2, "what Flux says"))), ["what Flux says"]);
    assert.deepEqual(fluxWords(release(2, rolledBack, released(1, "of before"))), ["Helm rollback succeeded"]);
    assert.deepEqual(fluxWords(release(2, ready("True", 2), released(2, "of before"))), []);
  });

  it("[FL-117] a suspended one is not as the stack has it", () => {
    const suspended = { ...release(2, ready("True", 2)), spec: { suspend: true } };
    assert.deepEqual(fluxWords(suspended), ["suspended, Flux leaves it as it is"]);
  });

  it("[FL-117] that it was ready before a change is no answer", () => {
    const waiting = ["Flux has not looked at it yet"];
    assert.deepEqual(fluxWords(release(3, ready("True", 2))), waiting);
    assert.deepEqual(fluxWords(release(1)), waiting);
    assert.deepEqual(fluxWords({ metadata: {} }), waiting);
  });
});

describe("operations/stack/gitops-words: Argo CD", () => {
  const source = { name: "values-1", targetRevision: "sha256:1", helm: { valuesObject: { a: 1, b: [2] } } };
  type Status = NonNullable<Application["status"]>;
  const application = (status: Partial<Status>, spec: object = {}): Application => ({
    metadata: {},
    spec: { source, syncPolicy: { automated: {} }, ...spec },
    status: {
      sync: { status: "Synced", comparedTo: { source: structuredClone(source) } },
      health: { status: "Healthy" },
      ...status,
    },
  });
  const outOfSync = { status: "OutOfSync", comparedTo: { source } };

  it("[FL-117] an Application that is synced and healthy says nothing", () => {
    assert.deepEqual(argoWords(application({})), []);
    const operationState = { phase: "Succeeded", message: "successfully synced (all tasks run)" };
    assert.deepEqual(argoWords(application({ operationState })), []);
  });

  it("[FL-117] one with errors says them, and of warnings nothing", () => {
    const conditions = [
      { type: "SharedResourceWarning", message: "two of them" },
      { type: "ComparisonError", message: "no such digest" },
      { type: "SyncError", message: "it failed" },
    ];
    assert.deepEqual(argoWords(application({ conditions })), [
      "ComparisonError: no such digest",
      "SyncError: it failed",
    ]);
    const { type, message } = { type: "SharedResourceWarning", message: "two of them" };
    assert.deepEqual(argoWords(application({ conditions: [{ type, message }] })), []);
  });

  it("[FL-117] one that is refused was compared to nothing, and says why", () => {
    const conditions = [{ type: "InvalidSpecError", message: "the repository is not permitted" }];
    const refused = application({ sync: { status: "Unknown" }, health: { status: "Unknown" }, conditions });
    assert.deepEqual(argoWords(refused), ["InvalidSpecError: the repository is not permitted"]);
  });

  it("[FL-117] one that is out of sync or not healthy says its state, which objects, and what its operation has come to", () => {
    const resources = [
      { kind: "Service", name: "web", status: "Synced" },
      { kind: "Deployment", name: "web", status: "OutOfSync" },
      { kind: "Job", name: "setup", status: "OutOfSync" },
    ];
    const operationState = { phase: "Failed", message: "one or more objects failed to apply" };
    assert.deepEqual(argoWords(application({ sync: outOfSync, resources, operationState })), [
      "OutOfSync, Healthy: Deployment web, Job setup: one or more objects failed to apply",
    ]);
    assert.deepEqual(argoWords(application({ health: { status: "Degraded" } })), ["Synced, Degraded"]);
    assert.deepEqual(argoWords(application({ health: {}, operationState: { phase: "Succeeded", message: "done" } })), [
      "Synced, Unknown",
    ]);
  });

  it("[FL-117] that it was synced before a change is no answer", () => {
    const waiting = ["Argo CD has not looked at it yet"];
    const changed = { ...source, helm: { valuesObject: { a: 1, b: [3] } } };
    assert.deepEqual(argoWords(application({}, { source: changed })), waiting);
    assert.deepEqual(argoWords({ metadata: {}, spec: application({}).spec as object }), waiting);
    const conditions = [{ type: "ComparisonError", message: "of the source before" }];
    assert.deepEqual(argoWords(application({ conditions }, { source: changed })), waiting);
  });

  it("[FL-117] a suspended one is not as the stack has it: without automated sync, or skipped", () => {
    const suspended = ["suspended, Argo CD leaves it as it is"];
    for (const syncPolicy of [{}, { automated: { enabled: false } }, undefined])
      assert.deepEqual(argoWords(application({}, { syncPolicy })), suspended);
    const annotations = { "argocd.argoproj.io/skip-reconcile": "true" };
    assert.deepEqual(argoWords({ ...application({}), metadata: { annotations } }), suspended);
    assert.deepEqual(argoWords(application({}, { syncPolicy: { automated: { enabled: true } } })), []);
  });

  it("[FL-117] is asked for in Argo CD's namespace, and its state is the release's", async () => {
    const degraded = application({ health: { status: "Degraded" } });
    const cluster = clusterOf({ applications: async () => degraded });
    assert.deepEqual(await installed(cluster, argocd, at), {
      status: "Synced, Degraded",
      revision: null,
      isDone: false,
      warnings: ["Application apps-web: Synced, Degraded"],
    });
    assert.deepEqual((cluster as unknown as { asked: string[] }).asked, ["apps-web gitops"]);
    const healthy = { status: "Synced, Healthy", revision: null, isDone: true, warnings: [] };
    assert.deepEqual(await installed(clusterOf({ applications: async () => application({}) }), argocd, at), healthy);
  });

  it("[FL-117] a healthy one that is suspended is not healthy; one that is not there or cannot be asked for neither", async () => {
    const states = {
      "Synced, Healthy": async () => application({}, { syncPolicy: {} }),
      "not installed": async () => undefined,
      unknown: forbidden,
    };
    for (const [status, applications] of Object.entries(states)) {
      const found = await installed(clusterOf({ applications }), argocd, at);
      assert.deepEqual([found.status, found.isDone, found.warnings.length], [status, false, 1]);
    }
    const gone = (): Promise<never> => Promise.reject(new ClusterUnavailable("nobody answers"));
    await assert.rejects(installed(clusterOf({ applications: gone }), argocd, at), ClusterUnavailable);
  });
});

describe("operations/stack/gitops-words: what is not there or cannot be asked for", () => {
  it("[FL-117] is no healthy release, and a failed run says only what the controller says", async () => {
    const ofFlux = clusterOf({ helmreleases: forbidden });
    assert.deepEqual(await warnings(ofFlux, flux), [
      "OCIRepository web: not in the cluster",
      "HelmRelease web: it is forbidden",
    ]);
    assert.deepEqual(await gitOpsFailures(ofFlux, flux, at), []);
    const ofArgo = clusterOf({ applications: forbidden });
    assert.deepEqual(await warnings(ofArgo, argocd), ["Application apps-web: it is forbidden"]);
    assert.deepEqual(await gitOpsFailures(ofArgo, argocd, at), []);
    assert.deepEqual(await warnings(clusterOf({}), argocd), ["Application apps-web: not in the cluster"]);
  });

  it("[FL-117] words are a line each", async () => {
    const ready = { type: "Ready", status: "False", message: "no\nzen  zen-agent" };
    const helmreleases = async () => ({ metadata: {}, status: { conditions: [ready] } });
    assert.deepEqual(await gitOpsFailures(clusterOf({ helmreleases }), flux, at), [
      "HelmRelease web: no zen zen-agent",
    ]);
  });

  it("[FL-117] any other failure is the one there was; without a controller nobody is asked", async () => {
    const broken = clusterOf({ applications: () => Promise.reject(new TypeError("broken")) });
    await assert.rejects(warnings(broken, argocd), TypeError);
    assert.deepEqual(await warnings(broken, { with: "release" }), []);
  });
});
