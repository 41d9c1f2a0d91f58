import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { load } from "js-yaml";
import { argoNamespace, installArgo, removeArgo } from "../support/argo-cd";
import { changes, failed, inOrder, succeeded } from "../support/changes";
import { type DeliveredService, deliveredService, serviceNameIn } from "../support/delivered-service";
import { apply, type KubeObject, kubectl, livePods, object, objects } from "../support/e2e-cluster";
import { registryOfPods } from "../support/flux";
import { refusal, refusedName, refuseName } from "../support/refused-name";
import { eventually } from "../support/run";
import type { TestProject, Tree } from "../support/test-project";
import { root } from "../support/tree";

/** A stack whose chart the real Argo CD installs: from a registry, into pods, through an upgrade, drift, what is missing, and away again. */

interface Application extends KubeObject {
  readonly metadata: KubeObject["metadata"] & { readonly finalizers?: readonly string[] };
  readonly spec: { readonly source: Tree; readonly destination: Tree; readonly syncPolicy: Tree };
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string };
    readonly health?: { readonly status: string };
    readonly operationState?: { readonly phase: string; readonly finishedAt?: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly resources?: readonly { readonly kind: string }[];
  };
}

const applications = "applications.argoproj.io";

describe("[FL-117] delivery by Argo CD itself", function () {
  this.timeout(600_000);
  let project: TestProject;
  let namespace: string;
  let stack: DeliveredService;
  let installed: unknown[];
  let accept = async (): Promise<void> => undefined;

  const named = (): string => `${namespace}-companyos`;
  const application = (): Promise<Application> => object(applications, named(), "-n", argoNamespace);
  const patch = (by: object): Promise<string> =>
    kubectl(["patch", applications, named(), "-n", argoNamespace, "--type=merge", "-p", JSON.stringify(by)]);
  /** Has Argo CD look now and not after its interval, as `argocd app get --refresh` does. */
  const refresh = (): Promise<string> =>
    kubectl([
      "annotate",
      applications,
      named(),
      "-n",
      argoNamespace,
      "argocd.argoproj.io/refresh=normal",
      "--overwrite",
    ]);
  /** Puts back what was changed by hand. */
  const putBack = async (): Promise<void> => {
    const up = ["up", "--refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", project.stack];
    succeeded(await project.pulumi(up));
  };
  /** Whether it is as the stack has it: `Synced, Healthy`. */
  const words = ({ status }: Application): string => `${status?.sync?.status}, ${status?.health?.status}`;

  const controller = "argocd-application-controller";
  const scale = (count: number): Promise<string> =>
    kubectl(["scale", `statefulset/${controller}`, "-n", argoNamespace, `--replicas=${count}`]);
  const stopController = async (): Promise<void> => {
    await scale(0);
    await kubectl(["wait", "--for=delete", `pod/${controller}-0`, "-n", argoNamespace, "--timeout=60s"]);
  };

  before(async function () {
    this.timeout(1_800_000); // the first time it is built
    installed = await installArgo();
    stack = await deliveredService("argo", (repository) => ({
      with: "argocd",
      repository: `oci://${registryOfPods}/${repository}`,
      namespace: argoNamespace,
    }));
    ({ project } = stack);
    ({ namespace } = project);
  });
  after(async () => {
    await accept().catch(() => undefined); // it may be so already
    await project?.remove();
    await removeArgo();
  });

  it("runs in a restricted namespace, and the pack finds in it what it is for", async () => {
    assert.deepEqual(await stack.mandatoryFindings(installed), [
      "rbac-cluster-admin ClusterRoleBinding argocd-releases",
      "rbac-secrets-access Role argocd-application-controller",
      "rbac-workload-creation Role argocd-application-controller",
    ]);
    const found = await objects<KubeObject>("pods", "-n", argoNamespace);
    assert.deepEqual(found.map(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"]).sort(), [
      "argocd-application-controller",
      "argocd-redis",
      "argocd-repo-server",
    ]);
  });

  it("[FL-88] `up` has Argo CD fetch the chart that was pushed, by its digest, and install it: pods run when it ends", async () => {
    await stack.push();
    assert.match(succeeded(await project.hardened(["up"])).text, /policy: no violations/);
    const made = await application();
    assert.deepEqual([words(made), made.status?.sync?.revision], ["Synced, Healthy", stack.digest()]);
    assert.deepEqual(await objects("secrets", "-n", namespace, "-l", "owner=helm"), [], "no release of Helm's");
    await kubectl(["rollout", "status", "deployment/web", "-n", namespace, "--timeout=1s"]);
    assert.match(succeeded(await project.hardened(["status"])).text, /companyos +- +Synced, Healthy +1\/1 +yes/);
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
  });

  it("[FL-88] other values in the stack: the next `up` ends when Argo CD has them in running pods", async () => {
    stack.change((one) => {
      one.env = { SERVICE_NAME: "second" };
    });
    await stopController();
    const before = (await application()).metadata.generation;
    const updating = project.hardened(["up"]);
    await eventually("the Application has them", async () => (await application()).metadata.generation !== before);
    await sleep(15_000); // long enough for an `up` that takes what Argo CD said before for an answer
    const resumed = Date.now();
    await scale(1);
    const { ended } = succeeded(await updating);
    assert.ok(ended > resumed, "it waited for Argo CD's word on the new values");
    assert.equal(serviceNameIn(await stack.web()), "second");
    await kubectl(["rollout", "status", "deployment/web", "-n", namespace, "--timeout=1s"]);
  });

  it("a version that nobody has pushed: `up` fails with Argo CD's words, and the pods of the last one run on", async () => {
    const before = await stack.pods();
    project.edit("charts/service/Chart.yaml", (text) => text.replace("version: 0.1.0", "version: 0.2.0"));
    const words = new RegExp(`Application ${named()}: ComparisonError: .*${stack.digest()}: not found`);
    assert.match(failed(await project.hardened(["up"])), words);
    const status = failed(await project.hardened(["status"]));
    assert.match(status, /companyos +- +Unknown, Healthy +1\/1 +no/);
    assert.match(status, words);
    assert.deepEqual(await stack.pods(), before);
  });

  it("[FL-88] a new version of the chart: pushed, the same `up` succeeds", async () => {
    await stack.push();
    succeeded(await project.hardened(["up"]));
    assert.equal((await stack.web()).metadata.labels?.["helm.sh/chart"], "service-0.2.0");
    assert.equal((await application()).status?.sync?.revision, stack.digest());
  });

  /** Runs `up` with a name the cluster refuses, which fails with Argo CD's words and touches no pod. */
  const failToSync = async (words: string): Promise<void> => {
    const before = await stack.pods();
    stack.change((one) => {
      one.env = { SERVICE_NAME: refusedName };
    });
    const said = failed(await project.hardened(["up"]));
    assert.match(said, new RegExp(`Application ${named()}: ${words}.*${refusal}`));
    assert.deepEqual(await stack.pods(), before);
  };

  it("[FL-88] a sync that fails, with retries to come: a corrected stack is not kept waiting for them", async () => {
    accept = await refuseName(namespace);
    // The first retry after two minutes, the second four minutes later: long after an `up` that waits for it has given up.
    await patch({ spec: { syncPolicy: { retry: { limit: 5, backoff: { duration: "60s", maxDuration: "10m" } } } } });
    await failToSync("OutOfSync, Healthy: Deployment web");
    await eventually("it waits for its next retry", async () => {
      const { phase, finishedAt } = (await application()).status?.operationState ?? {};
      return phase === "Running" && finishedAt !== undefined;
    });
    stack.change((one) => {
      one.env = { SERVICE_NAME: "corrected" };
    });
    succeeded(await project.hardened(["up"]));
    assert.equal(serviceNameIn(await stack.web()), "corrected");
  });

  it("[FL-88] a sync that fails until its retries are spent: the cause gone, the same `up` succeeds", async () => {
    await patch({ spec: { syncPolicy: { retry: { limit: 1, backoff: null } } } });
    await failToSync("(?:SyncError: Failed last sync attempt|OutOfSync, Healthy: Deployment web)");
    await eventually(
      "its retries are spent",
      async () => (await application()).status?.operationState?.phase === "Failed",
    );
    await accept();
    const { text } = succeeded(await project.hardened(["up"]));
    assert.match(text, new RegExp(`Application ${named()} has failed: asking for another try`));
    assert.equal(serviceNameIn(await stack.web()), refusedName);
    await patch({ spec: { syncPolicy: { retry: null } } });
    assert.doesNotMatch(succeeded(await project.hardened(["up"])).text, /another try/);
  });

  it("[FL-88] drift: what is deleted or changed by hand is as the chart has it at once", async () => {
    const before = serviceNameIn(await stack.web());
    await kubectl(["delete", "service", "web", "-n", namespace]);
    await kubectl(["set", "env", "deployment/web", "-n", namespace, "SERVICE_NAME=by-hand"]);
    await eventually("both are back", async () => {
      const service = await kubectl(["get", "service", "web", "-n", namespace, "--ignore-not-found", "-o", "name"]);
      return service !== "" && serviceNameIn(await stack.web()) === before;
    });
    await eventually("it is well again", async () => words(await application()) === "Synced, Healthy");
  });

  it("another digest by hand: not healthy and says why, the pods run on, and `up` after a refresh puts the stack's back", async () => {
    const before = await stack.pods();
    const wrong = `sha256:${"0".repeat(64)}`;
    await patch({ spec: { source: { targetRevision: wrong } } });
    await eventually("Argo CD says so", async () => words(await application()).startsWith("Unknown"));
    assert.match(failed(await project.hardened(["status"])), new RegExp(`ComparisonError: .*${wrong}: not found`));
    assert.deepEqual(await stack.pods(), before);
    await putBack();
    assert.deepEqual(await stack.pods(), before);
  });

  it("no automated sync, by hand: a change is not made, and `status` says that it is suspended", async () => {
    await patch({ spec: { syncPolicy: { automated: null } } });
    const said = failed(await project.hardened(["status"]));
    assert.match(said, /companyos +- +Synced, Healthy +1\/1 +no/);
    assert.match(said, new RegExp(`Application ${named()}: suspended, Argo CD leaves it as it is`));
    await putBack();
    succeeded(await project.hardened(["status"]));
  });

  it("a project that does not permit what the chart has: the pods run on, and `status` has Argo CD's words", async () => {
    const permit = (by: object): Promise<string> =>
      kubectl(["patch", "appproject", "default", "-n", argoNamespace, "--type=merge", "-p", JSON.stringify(by)]);
    await permit({ spec: { sourceRepos: ["oci://elsewhere.example/**"] } });
    await refresh();
    await eventually("Argo CD says so", async () => words(await application()).startsWith("Unknown"));
    const said = failed(await project.hardened(["status"]));
    assert.match(said, new RegExp(`Application ${named()}: InvalidSpecError: .*is not permitted in project 'default'`));
    await permit({ spec: { sourceRepos: [`oci://${registryOfPods}/**`] } });
    await refresh();
    await eventually("it is well again", async () => words(await application()) === "Synced, Healthy");
  });

  it("an Application that is gone: `status` says so, the pods run on, and `up` after a refresh makes it again", async () => {
    const before = await stack.pods();
    await patch({ metadata: { finalizers: null } });
    await kubectl(["delete", applications, named(), "-n", argoNamespace]);
    const said = failed(await project.hardened(["status"]));
    assert.match(said, /companyos +- +not installed +1\/1 +no/);
    assert.match(said, new RegExp(`Application ${named()}: not in the cluster`));
    await putBack();
    assert.deepEqual([words(await application()), await stack.pods()], ["Synced, Healthy", before]);
  });

  it("[FL-88] the example: Argo CD renders floe-platform from the registry with an overlay of the chart, and says what prod's needs here", async () => {
    await stack.push("floe-platform");
    const example = load(readFileSync(join(root, "charts/examples/argocd/application.yaml"), "utf8")) as Application;
    const { source, destination } = example.spec;
    const repoURL = `oci://${registryOfPods}/${stack.repository}/floe-platform`;
    const { apiVersion, kind } = example;
    /** What comes of it: without automated sync it is compared, and not installed. */
    const compared = async (name: string, own: Tree): Promise<Application["status"]> => {
      const spec = { project: "default", source: { ...source, repoURL, ...own }, destination };
      await apply([{ apiVersion, kind, metadata: { name, namespace: argoNamespace }, spec }]);
      const { status } = await eventually(`${name} is compared`, async () => {
        const found = await object<Application>(applications, name, "-n", argoNamespace);
        return found.status?.sync?.status !== undefined && found;
      });
      return status;
    };
    const prod = await compared("floe-prod", {});
    assert.match(prod?.conditions?.[0]?.message ?? "", /values-prod\.yaml.*postgresql\.mode \(cnpg\) needs the/s);
    const dev = await compared("floe-dev", { helm: { ...(source.helm as Tree), valueFiles: ["values-dev.yaml"] } });
    assert.deepEqual([dev?.sync?.status, dev?.conditions], ["OutOfSync", undefined]);
    assert.ok(
      dev?.resources?.some(({ kind: one }) => one === "StatefulSet"),
      "nothing is rendered",
    );
    await kubectl(["delete", applications, "floe-prod", "floe-dev", "-n", argoNamespace]);
  });

  it("[FL-88] `destroy` waits for Argo CD, which deletes what it installed first", async () => {
    await stopController();
    const destroying = project.hardened(["destroy"]);
    await eventually("Argo CD's finalizer alone holds it, once the API server's own is gone", async () => {
      const { deletionTimestamp, finalizers } = (await application()).metadata;
      return deletionTimestamp !== undefined && finalizers?.join() === "resources-finalizer.argocd.argoproj.io";
    });
    assert.equal((await livePods("-n", namespace)).length, 1);
    await scale(1);
    inOrder(succeeded(await destroying), "deleted      Application", "deleting     Namespace");
    assert.equal(await kubectl(["get", "namespace", namespace, "--ignore-not-found", "-o", "name"]), "");
  });

  it("takes over what Helm has installed, as the guide says: its pods run on", async () => {
    const before = await stack.handOver();
    succeeded(await project.hardened(["up"]));
    assert.equal(words(await application()), "Synced, Healthy");
    assert.deepEqual(await stack.pods(), before);
  });
});
