import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { changes, failed, inOrder, succeeded } from "../support/changes";
import { type DeliveredService, deliveredService, serviceNameIn } from "../support/delivered-service";
import { helmRecords, type KubeObject, kubectl, livePods, object, objects } from "../support/e2e-cluster";
import { fluxNamespace, installFlux, registryOfPods, removeFlux } from "../support/flux";
import { refusal, refusedName, refuseName } from "../support/refused-name";
import { eventually } from "../support/run";
import type { TestProject, Tree } from "../support/test-project";
import { root } from "../support/tree";

/** A stack whose chart the real Flux installs: from a registry, into pods, through an upgrade, drift, what is missing, and away again. */

interface Conditioned extends KubeObject {
  readonly metadata: KubeObject["metadata"] & { readonly finalizers?: readonly string[] };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
    readonly artifact?: { readonly revision: string };
    readonly history?: readonly {
      readonly chartVersion: string;
      readonly status: string;
      readonly ociDigest?: string;
    }[];
  };
}

const sourceKind = "ocirepositories.source.toolkit.fluxcd.io";
const releaseKind = "helmreleases.helm.toolkit.fluxcd.io";

describe("[FL-117] delivery by Flux itself", function () {
  this.timeout(600_000);
  let project: TestProject;
  let namespace: string;
  let stack: DeliveredService;
  let installed: unknown[];
  let accept = async (): Promise<void> => undefined;

  const source = (): Promise<Conditioned> => object(sourceKind, "companyos", "-n", namespace);
  const release = (): Promise<Conditioned> => object(releaseKind, "companyos", "-n", namespace);
  /** What an object says of itself: `True: …` */
  const ready = ({ status }: Conditioned): string => {
    const { status: word, message } = status?.conditions?.find(({ type }) => type === "Ready") ?? {};
    return `${word}: ${message}`;
  };
  /** Has Flux look now and not after its interval, as `flux reconcile` does. */
  const reconcile = async (kind: string): Promise<void> => {
    const asked = new Date().toISOString();
    await kubectl([
      "annotate",
      kind,
      "companyos",
      "-n",
      namespace,
      `reconcile.fluxcd.io/requestedAt=${asked}`,
      "--overwrite",
    ]);
  };

  before(async function () {
    this.timeout(1_800_000); // the first time it is built
    installed = await installFlux();
    stack = await deliveredService("flux", (repository) => ({
      with: "flux",
      repository: `oci://${registryOfPods}/${repository}`,
      plainHttp: true,
    }));
    ({ project } = stack);
    ({ namespace } = project);
  });
  after(async () => {
    await accept().catch(() => undefined); // it may be so already
    await project?.remove();
    await removeFlux();
  });

  it("runs in a restricted namespace, and the pack finds in it what it is for", async () => {
    assert.deepEqual(await stack.mandatoryFindings(installed), [
      "rbac-cluster-admin ClusterRoleBinding flux-releases",
      "rbac-secrets-access ClusterRole source-controller",
      "rbac-token-creation ClusterRole source-controller",
      "rbac-workload-creation ClusterRole helm-controller",
    ]);
    const found = await objects<KubeObject>("pods", "-n", fluxNamespace);
    assert.deepEqual(found.map(({ metadata }) => metadata.labels?.app).sort(), [
      "helm-controller",
      "source-controller",
    ]);
  });

  it("[FL-90] `up` has Flux fetch the chart that was pushed, by its digest, and install it: pods run when it ends", async () => {
    await stack.push();
    assert.match(succeeded(await project.hardened(["up"])).text, /policy: no violations/);
    const { status } = await source();
    assert.ok(status?.artifact?.revision.endsWith(stack.digest()), status?.artifact?.revision);
    const made = await release();
    assert.match(ready(made), /^True: Helm install succeeded/);
    assert.equal(made.status?.history?.[0]?.ociDigest, stack.digest());
    assert.equal((await helmRecords(namespace, "companyos"))[0]?.status, "deployed");
    await kubectl(["rollout", "status", "deployment/web", "-n", namespace, "--timeout=1s"]);
    assert.match(succeeded(await project.hardened(["status"])).text, /companyos +1 +deployed +1\/1 +yes/);
    assert.equal(succeeded(await project.hardened(["diff"])).text, "");
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
  });

  it("[FL-90] other values in the stack: the next `up` ends when Flux has them in running pods", async () => {
    stack.change((one) => {
      one.env = { SERVICE_NAME: "second" };
    });
    succeeded(await project.hardened(["up"]));
    assert.equal(serviceNameIn(await stack.web()), "second");
    await kubectl(["rollout", "status", "deployment/web", "-n", namespace, "--timeout=1s"]);
    assert.match(ready(await release()), /^True: Helm upgrade succeeded/);
    assert.equal((await helmRecords(namespace, "companyos"))[0]?.revision, 2);
  });

  it("a version that nobody has pushed: `up` fails with Flux's words, and the pods of the last one run on", async () => {
    const before = await stack.pods();
    project.edit("charts/service/Chart.yaml", (text) => text.replace("version: 0.1.0", "version: 0.2.0"));
    const words = /OCIRepository companyos: failed to pull artifact from .*: MANIFEST_UNKNOWN/;
    assert.match(failed(await project.hardened(["up"])), words);
    assert.match(ready(await release()), /^True: .* with chart service@0\.1\.0/);
    const status = failed(await project.hardened(["status"]));
    assert.match(status, /companyos +2 +deployed +1\/1 +no/);
    assert.match(status, words);
    assert.deepEqual(await stack.pods(), before);
  });

  it("[FL-90] a new version of the chart: pushed, the same `up` succeeds", async () => {
    await stack.push();
    succeeded(await project.hardened(["up"]));
    const { metadata } = await stack.web();
    assert.match(metadata.labels?.["helm.sh/chart"] ?? "", /^service-0\.2\.0_/);
    assert.match(ready(await release()), /^True: .* with chart service@0\.2\.0/);
  });

  it("[FL-90] an upgrade that fails until its retries are spent: `up` says why, and the cause gone, the same `up` succeeds", async () => {
    const before = await stack.pods();
    accept = await refuseName(namespace);
    stack.change((one) => {
      one.env = { SERVICE_NAME: refusedName };
    });
    assert.match(
      failed(await project.hardened(["up"])),
      new RegExp(`HelmRelease companyos: Helm upgrade failed .*${refusal}`),
    );
    assert.deepEqual(await stack.pods(), before);
    const stalled = (await release()).status?.conditions?.find(({ type }) => type === "Stalled");
    assert.match(stalled?.message ?? "", /^Failed to upgrade after \d attempt/);
    await accept();
    const { text } = succeeded(await project.hardened(["up"]));
    assert.match(text, /HelmRelease companyos has failed: asking for another try/);
    assert.equal(serviceNameIn(await stack.web()), refusedName);
    assert.doesNotMatch(succeeded(await project.hardened(["up"])).text, /another try/);
  });

  it("[FL-90] drift: what is deleted or changed by hand is as the chart has it after the next reconciliation", async () => {
    const before = serviceNameIn(await stack.web());
    await kubectl(["delete", "service", "web", "-n", namespace]);
    await kubectl(["set", "env", "deployment/web", "-n", namespace, "SERVICE_NAME=by-hand"]);
    await reconcile(releaseKind);
    await eventually("both are back", async () => {
      const service = await kubectl(["get", "service", "web", "-n", namespace, "--ignore-not-found", "-o", "name"]);
      return service !== "" && serviceNameIn(await stack.web()) === before;
    });
  });

  it("another digest by hand: not ready and says why, the pods run on, and `up` after a refresh puts the stack's back", async () => {
    const before = await stack.pods();
    const wrong = `sha256:${"0".repeat(64)}`;
    const patch = JSON.stringify({ spec: { ref: { digest: wrong } } });
    await kubectl(["patch", sourceKind, "companyos", "-n", namespace, "--type=merge", "-p", patch]);
    await eventually("the source says so", async () => {
      const said = ready(await source());
      return said.startsWith("False") && said.includes(wrong);
    });
    assert.match(failed(await project.hardened(["status"])), /OCIRepository companyos: .*MANIFEST_UNKNOWN/);
    assert.deepEqual(await stack.pods(), before);
    const up = ["up", "--refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", project.stack];
    succeeded(await project.pulumi(up));
    assert.match(ready(await source()), /^True/);
    assert.deepEqual(await stack.pods(), before);
  });

  it("[FL-90] the example: Flux fetches floe-platform from the registry, with the overlay of its environment", async () => {
    await stack.push("floe-platform");
    const [charts, floe] = loadAll(readFileSync(join(root, "charts/examples/flux/helmrelease.yaml"), "utf8")) as [
      Conditioned & { spec: Tree },
      Conditioned & { spec: { chart: { spec: Tree } } },
    ];
    const url = `oci://${registryOfPods}/${stack.repository}`;
    const items = [
      { ...charts, metadata: { name: charts.metadata.name, namespace }, spec: { ...charts.spec, url, insecure: true } },
      {
        apiVersion: charts.apiVersion,
        kind: "HelmChart",
        metadata: { name: "floe", namespace },
        spec: { ...floe.spec.chart.spec, interval: "10m" },
      },
    ];
    await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const kind = "helmcharts.source.toolkit.fluxcd.io";
    await kubectl(["wait", "--for=condition=Ready", `${kind}/floe`, "-n", namespace, "--timeout=60s"]);
    const chart = await object<Conditioned>(kind, "floe", "-n", namespace);
    assert.match(
      ready(chart),
      /^True: .*version '0\.1\.0.*' and merged values files \[values\.yaml values-dev\.yaml\]/,
    );
    await kubectl(["delete", "helmcharts,helmrepositories", "--all", "-n", namespace, "--timeout=60s"]);
  });

  it("[FL-90] `destroy` waits for Flux, whose finalizer takes the release away first", async () => {
    const scale = (count: number): Promise<string> =>
      kubectl(["scale", "deployment/helm-controller", "-n", fluxNamespace, `--replicas=${count}`]);
    await scale(0);
    await kubectl(["wait", "--for=delete", "pod", "-n", fluxNamespace, "-l", "app=helm-controller", "--timeout=60s"]);
    const destroying = project.hardened(["destroy"]);
    await eventually("Flux' finalizer alone holds it, once the API server's own for what it owns is gone", async () => {
      const { metadata } = await release();
      return metadata.deletionTimestamp !== undefined && metadata.finalizers?.join() === "finalizers.fluxcd.io";
    });
    assert.equal((await livePods("-n", namespace)).length, 1);
    await scale(1);
    inOrder(succeeded(await destroying), "deleted      HelmRelease", "deleting     Namespace");
    assert.equal(await kubectl(["get", "namespace", namespace, "--ignore-not-found", "-o", "name"]), "");
  });

  it("takes over what Helm has installed, as the guide says: its pods run on", async () => {
    const before = await stack.handOver();
    succeeded(await project.hardened(["up"]));
    assert.match(ready(await release()), /^True: Helm install succeeded/);
    assert.deepEqual(await stack.pods(), before);
  });
});
