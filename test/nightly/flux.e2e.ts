import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { registryUrl } from "../../cluster/local/host-ports";
import { packChart } from "../../policy/render/chart-package";
import { changes, failed, succeeded } from "../support/changes";
import { helmRecords, instance, type KubeObject, kubectl, livePods, object, objects } from "../support/e2e-cluster";
import { fluxNamespace, installFlux, registryOfPods, removeFlux } from "../support/flux";
import { eventually, type Result, run } from "../support/run";
import { type TestProject, type Tree, testProject } from "../support/test-project";
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
type Deployment = KubeObject & {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly env: Tree[] }[] } } };
};

const sourceKind = "ocirepositories.source.toolkit.fluxcd.io";
const releaseKind = "helmreleases.helm.toolkit.fluxcd.io";

describe("[FL-117] delivery by Flux itself", function () {
  this.timeout(600_000);
  let project: TestProject;
  let namespace: string;
  let repository: string;
  let byFlux: Tree;
  let installed: unknown[];

  const service: Tree = {
    image: { repository: "registry.hardened.test/service", tag: "local" },
    drainSeconds: 1,
    probes: { readiness: { periodSeconds: 1 }, startup: { periodSeconds: 1 } },
    env: { SERVICE_NAME: "first" },
  };
  const change = (edit: (service: Tree) => void): void =>
    project.mailroom((_, config) => {
      edit((config["hardened:companyos"] as { services: { web: Tree } }).services.web);
    });
  /** Runs the command without the stack. */
  const hardened = (...args: string[]): Promise<Result> =>
    run(join(project.root, "bin/hardened"), args, { cwd: project.root, env: project.env });
  const push = async (chart = "service"): Promise<Result> => {
    const to = `${registryUrl(instance).replace("http://", "oci://")}/${repository}`;
    return succeeded(await hardened("chart", "push", `charts/${chart}`, "--to", to, "--plain-http"));
  };
  const digest = (): string => packChart(join(project.root, "charts/service")).digest;
  const source = (): Promise<Conditioned> => object(sourceKind, "companyos", "-n", namespace);
  const release = (): Promise<Conditioned> => object(releaseKind, "companyos", "-n", namespace);
  /** What an object says of itself: `True: …` */
  const ready = ({ status }: Conditioned): string => {
    const { status: word, message } = status?.conditions?.find(({ type }) => type === "Ready") ?? {};
    return `${word}: ${message}`;
  };
  const web = (): Promise<Deployment> => object("deployment", "web", "-n", namespace);
  const nameOf = ({ spec }: Deployment): unknown =>
    spec.template.spec.containers[0]?.env.find(({ name }) => name === "SERVICE_NAME")?.value;
  const pods = async (): Promise<string[]> =>
    (await livePods("-n", namespace)).map(({ metadata }) => metadata.uid).sort();
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
    project = await testProject("flux");
    namespace = project.namespace;
    repository = `${namespace}-charts`;
    byFlux = { with: "flux", repository: `oci://${registryOfPods}/${repository}`, plainHttp: true };
    project.mailroom((mailroom, config) => {
      mailroom.enabled = false;
      config["hardened:delivery"] = byFlux;
      config["hardened:companyos"] = { namespace, secrets: "generated", services: { web: service } };
    });
  });
  after(async () => {
    await project?.remove();
    await removeFlux();
  });

  it("runs in a restricted namespace, and the pack finds in it what it is for", async () => {
    const file = join(project.root, "flux.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: installed }));
    const { stdout } = await hardened("check", file, "--format", "json");
    const { findings } = JSON.parse(stdout) as {
      findings: { rule: string; enforcement: string; object: { kind: string; name: string } }[];
    };
    const mandatory = findings.filter(({ enforcement }) => enforcement === "mandatory");
    assert.deepEqual(mandatory.map(({ rule, object: { kind, name } }) => `${rule} ${kind} ${name}`).sort(), [
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
    await push();
    assert.match(succeeded(await project.hardened(["up"])).text, /policy: no violations/);
    const { status } = await source();
    assert.ok(status?.artifact?.revision.endsWith(digest()), status?.artifact?.revision);
    const made = await release();
    assert.match(ready(made), /^True: Helm install succeeded/);
    assert.equal(made.status?.history?.[0]?.ociDigest, digest());
    assert.equal((await helmRecords(namespace, "companyos"))[0]?.status, "deployed");
    await kubectl(["rollout", "status", "deployment/web", "-n", namespace, "--timeout=1s"]);
    assert.match(succeeded(await project.hardened(["status"])).text, /companyos +1 +deployed +1\/1 +yes/);
    assert.equal(succeeded(await project.hardened(["diff"])).text, "");
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
  });

  it("[FL-90] other values in the stack: the next `up` ends when Flux has them in running pods", async () => {
    change((one) => {
      one.env = { SERVICE_NAME: "second" };
    });
    succeeded(await project.hardened(["up"]));
    assert.equal(nameOf(await web()), "second");
    await kubectl(["rollout", "status", "deployment/web", "-n", namespace, "--timeout=1s"]);
    assert.match(ready(await release()), /^True: Helm upgrade succeeded/);
    assert.equal((await helmRecords(namespace, "companyos"))[0]?.revision, 2);
  });

  it("a version that nobody has pushed: `up` fails with Flux's words, and the pods of the last one run on", async () => {
    const before = await pods();
    project.edit("charts/service/Chart.yaml", (text) => text.replace("version: 0.1.0", "version: 0.2.0"));
    const words = /OCIRepository companyos: failed to pull artifact from .*: MANIFEST_UNKNOWN/;
    assert.match(failed(await project.hardened(["up"])), words);
    assert.match(ready(await release()), /^True: .* with chart service@0\.1\.0/);
    const status = failed(await project.hardened(["status"]));
    assert.match(status, /companyos +2 +deployed +1\/1 +no/);
    assert.match(status, words);
    assert.deepEqual(await pods(), before);
  });

  it("[FL-90] a new version of the chart: pushed, the same `up` succeeds", async () => {
    await push();
    succeeded(await project.hardened(["up"]));
    const { metadata } = await web();
    assert.match(metadata.labels?.["helm.sh/chart"] ?? "", /^service-0\.2\.0_/);
    assert.match(ready(await release()), /^True: .* with chart service@0\.2\.0/);
  });

  it("[FL-90] drift: what is deleted or changed by hand is as the chart has it after the next reconciliation", async () => {
    const before = nameOf(await web());
    await kubectl(["delete", "service", "web", "-n", namespace]);
    await kubectl(["set", "env", "deployment/web", "-n", namespace, "SERVICE_NAME=by-hand"]);
    await reconcile(releaseKind);
    await eventually("both are back", async () => {
      const service = await kubectl(["get", "service", "web", "-n", namespace, "--ignore-not-found", "-o", "name"]);
      return service !== "" && nameOf(await web()) === before;
    });
  });

  it("another digest by hand: not ready and says why, the pods run on, and `up` after a refresh puts the stack's back", async () => {
    const before = await pods();
    const wrong = `sha256:${"0".repeat(64)}`;
    const patch = JSON.stringify({ spec: { ref: { digest: wrong } } });
    await kubectl(["patch", sourceKind, "companyos", "-n", namespace, "--type=merge", "-p", patch]);
    await eventually("the source says so", async () => {
      const said = ready(await source());
      return said.startsWith("False") && said.includes(wrong);
    });
    assert.match(failed(await project.hardened(["status"])), /OCIRepository companyos: .*MANIFEST_UNKNOWN/);
    assert.deepEqual(await pods(), before);
    const up = ["up", "--refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", project.stack];
    succeeded(await project.pulumi(up));
    assert.match(ready(await source()), /^True/);
    assert.deepEqual(await pods(), before);
  });

  it("[FL-90] the example: Flux fetches floe-platform from the registry, with the overlay of its environment", async () => {
    await push("floe-platform");
    const [charts, floe] = loadAll(readFileSync(join(root, "charts/examples/flux/helmrelease.yaml"), "utf8")) as [
      Conditioned & { spec: Tree },
      Conditioned & { spec: { chart: { spec: Tree } } },
    ];
    const url = `oci://${registryOfPods}/${repository}`;
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
    const held = await eventually("it is on its way out", async () => {
      const { metadata } = await release();
      return metadata.deletionTimestamp !== undefined && metadata.finalizers;
    });
    assert.deepEqual(held, ["finalizers.fluxcd.io"]);
    assert.equal((await livePods("-n", namespace)).length, 1);
    await scale(1);
    const { text } = succeeded(await destroying);
    assert.ok(text.indexOf("deleted      HelmRelease") < text.indexOf("deleting     Namespace"), text);
    assert.equal(await kubectl(["get", "namespace", namespace, "--ignore-not-found", "-o", "name"]), "");
  });

  it("takes over what Helm has installed, as the guide says: its pods run on", async () => {
    const deliver = (delivery: Tree): void =>
      project.mailroom((_, config) => {
        config["hardened:delivery"] = delivery;
      });
    deliver({ with: "release" });
    succeeded(await project.hardened(["up"]));
    const before = await pods();
    const { stdout } = succeeded(await project.pulumi(["stack", "export", "--stack", project.stack]));
    const [urn = ""] = /urn:[^"]*helm.sh\/v3:Release::[^"]*/.exec(stdout) ?? [];
    succeeded(await project.pulumi(["state", "delete", "--yes", "--stack", project.stack, urn]));
    await kubectl(["delete", "secret", "-n", namespace, "-l", "owner=helm,name=companyos"]);
    deliver(byFlux);
    succeeded(await project.hardened(["up"]));
    assert.match(ready(await release()), /^True: Helm install succeeded/);
    assert.deepEqual(await pods(), before);
  });
});
