/** A stack whose charts Argo CD or Flux installs: what the cluster must have, what the stack puts into it, and that it waits for the controller's word. The
 *  definitions of the kinds are real; the controllers' answers are given here. The definitions are the cluster's: so this file runs by itself. */
import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { packChart } from "../../../policy/render/chart-package";
import { changes, failed, succeeded } from "../../support/changes";
import { type KubeObject, kubectl, livePods, objects } from "../../support/e2e-cluster";
import { established } from "../../support/established";
import { type Definition, definitionsOf } from "../../support/gitops-kinds";
import type { Result } from "../../support/run";
import { type TestProject, type Tree, testProject } from "../../support/test-project";

const repository = "oci://registry.example/charts";
const argoNamespace = "e2e-argocd";

describe("[FL-117] delivery by Argo CD and Flux, with Pulumi", function () {
  this.timeout(600_000);
  let project: TestProject;
  let namespace: string;
  let scratch: string;
  let definitions: Definition[] = [];
  let digest: string;

  const deliver = (delivery: Tree): void =>
    project.mailroom((_, config) => {
      config["hardened:delivery"] = delivery;
    });
  const argocd: Tree = { with: "argocd", repository, namespace: argoNamespace };

  /** Answers in a controller's place, as long as a command runs: `answer` is asked again and again. */
  async function answered(command: Promise<Result>, answer: () => Promise<unknown>): Promise<Result> {
    let isRunning = true;
    const done = command.finally(() => {
      isRunning = false;
    });
    while (isRunning) {
      await answer().catch(() => undefined); // it is not there yet
      await sleep(500);
    }
    return done;
  }

  type Application = KubeObject & { readonly spec: { readonly source: Tree; readonly destination: Tree } };
  const applications = (): Promise<Application[]> => objects("applications.argoproj.io", "-n", argoNamespace);
  const patch = (kind: string, name: string, where: string, change: object, ...more: string[]): Promise<string> =>
    kubectl(["patch", kind, name, "-n", where, "--type", "merge", "-p", JSON.stringify(change), ...more]);
  /** When Argo CD first said that all is well. */
  let healthyAt: number | undefined;
  /** What Argo CD would do: says that all is well after five seconds, and lets go of what is deleted. */
  const asArgo = async (): Promise<void> => {
    for (const { metadata, spec } of await applications()) {
      const age = Date.now() - Date.parse(metadata.creationTimestamp);
      if (age < 5_000) continue;
      healthyAt ??= Date.now();
      const change = metadata.deletionTimestamp
        ? { metadata: { finalizers: null } }
        : {
            status: {
              sync: {
                status: "Synced",
                revision: digest,
                comparedTo: { source: spec.source, destination: spec.destination },
              },
              health: { status: "Healthy" },
            },
          };
      await patch("applications.argoproj.io", metadata.name, argoNamespace, change);
    }
  };
  /** What Flux would do: marks its objects as its own, says that all is well, and lets go of what is deleted. */
  const asFlux = async (): Promise<void> => {
    for (const kind of ["ocirepositories.source.toolkit.fluxcd.io", "helmreleases.helm.toolkit.fluxcd.io"])
      for (const { metadata } of await objects(kind, "-n", namespace)) {
        const finalizers = metadata.deletionTimestamp ? null : ["finalizers.fluxcd.io"];
        await patch(kind, metadata.name, namespace, { metadata: { finalizers } });
        if (finalizers === null) continue;
        const condition = {
          type: "Ready",
          status: "True",
          reason: "Succeeded",
          message: "",
          lastTransitionTime: new Date(),
        };
        const status = { observedGeneration: metadata.generation, conditions: [condition] };
        await patch(kind, metadata.name, namespace, { status }, "--subresource=status");
      }
  };

  async function define(controller: "argocd" | "flux"): Promise<void> {
    const found = await definitionsOf(controller, scratch);
    definitions = [...definitions, ...found];
    const items = found.map((one) => ({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      ...one,
    }));
    await kubectl(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await established(
      kubectl,
      found.map(({ metadata }) => metadata.name),
    );
  }

  before(async () => {
    scratch = mkdtempSync(`${tmpdir()}/hardened-gitops-`);
    project = await testProject("gitops");
    namespace = project.namespace;
    digest = packChart(`${project.root}/charts/service`).digest;
    project.mailroom((mailroom, config) => {
      mailroom.enabled = false;
      const image = { repository: "registry.hardened.test/service", tag: "local" };
      config["hardened:companyos"] = { namespace, secrets: "generated", services: { web: { image } } };
    });
  });
  after(async () => {
    deliver({ with: "release" });
    await project?.remove();
    const names = definitions.map(({ metadata }) => metadata.name);
    if (names.length > 0) await kubectl(["delete", "crd", "--ignore-not-found", "--timeout=120s", ...names]);
    await kubectl(["delete", "namespace", "--ignore-not-found", "--timeout=120s", argoNamespace]);
    rmSync(scratch, { recursive: true, force: true });
  });

  it("refuses a cluster without the controllers, all that is missing in one go, with what to do", async () => {
    deliver(argocd);
    const argo = failed(await project.hardened(["preview"]));
    assert.match(
      argo,
      /hardened:delivery \(with: argocd\) needs Argo CD, .* does not serve argoproj\.io\/v1alpha1; install it \(docs\/how-to\/add-cluster-capabilities\.md#argo-cd\), or let this program install the charts/,
    );
    deliver({ with: "flux", repository });
    const flux = failed(await project.hardened(["preview"]));
    assert.match(
      flux,
      /does not serve helm\.toolkit\.fluxcd\.io\/v2;.*does not serve source\.toolkit\.fluxcd\.io\/v1;/s,
    );
  });

  it("refuses an Argo CD namespace that is not there, by its name", async () => {
    await define("argocd");
    deliver(argocd);
    assert.match(
      failed(await project.hardened(["preview"])),
      new RegExp(`hardened:delivery\\.namespace: namespace ${argoNamespace} does not exist`),
    );
    await kubectl(["create", "namespace", argoNamespace]);
  });

  it("[FL-88] Argo CD: `up` with the policy pack makes one Application, pinned, and waits until it is healthy", async () => {
    const said = succeeded(await answered(project.hardened(["up"]), asArgo));
    assert.match(said.text, /policy: no violations/);
    assert.ok(healthyAt !== undefined && said.ended >= healthyAt, "it waited for Argo CD's word");
    const found = await applications();
    assert.equal(found.length, 1);
    const { source = {}, destination = {} } = found[0]?.spec ?? {};
    assert.deepEqual([source.repoURL, source.targetRevision], [`${repository}/service`, digest]);
    assert.equal(destination.namespace, namespace);
    assert.deepEqual(await objects("secrets", "-n", namespace, "-l", "owner=helm"), [], "no release of Helm's");
    const status = succeeded(await project.hardened(["status"]));
    assert.match(status.text, /companyos +- +Synced, Healthy/);
  });

  it("Argo CD: a second run changes nothing; `destroy` waits until Argo CD has let go", async () => {
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
    succeeded(await answered(project.hardened(["destroy"]), asArgo));
    assert.deepEqual(await applications(), []);
  });

  it("[FL-90] Flux: an OCIRepository and a HelmRelease beside it, in the release's namespace", async () => {
    await define("flux");
    deliver({ with: "flux", repository });
    const said = succeeded(await answered(project.hardened(["up"]), asFlux));
    assert.match(said.text, /policy: no violations/);
    const [source] = (await objects("ocirepositories.source.toolkit.fluxcd.io", "-n", namespace)) as (KubeObject & {
      spec: { ref: Tree };
    })[];
    const [release] = (await objects("helmreleases.helm.toolkit.fluxcd.io", "-n", namespace)) as (KubeObject & {
      spec: { chartRef: Tree };
    })[];
    assert.equal(source?.spec.ref.digest, digest);
    assert.deepEqual(release?.spec.chartRef, { kind: "OCIRepository", name: source?.metadata.name });
    succeeded(await answered(project.hardened(["destroy"]), asFlux));
  });

  it("refuses to hand over what Helm has installed, before anything changes; handed over as the guide says, its pods run on", async () => {
    deliver({ with: "release" });
    succeeded(await project.hardened(["up"]));
    const pods = async (): Promise<string[]> =>
      (await livePods("-n", namespace)).map(({ metadata }) => metadata.uid).sort();
    const before = await pods();
    deliver(argocd);
    assert.match(
      failed(await project.hardened(["preview"])),
      new RegExp(`release ${namespace}/companyos is installed by Helm, and hardened:delivery now says argocd`),
    );
    deliver({ with: "release" });
    const { stdout } = succeeded(await project.pulumi(["stack", "export", "--stack", project.stack]));
    const [urn = ""] = /urn:[^"]*helm.sh\/v3:Release::[^"]*/.exec(stdout) ?? [];
    succeeded(await project.pulumi(["state", "delete", "--yes", "--stack", project.stack, urn]));
    await kubectl(["delete", "secret", "-n", namespace, "-l", "owner=helm,name=companyos"]);
    deliver(argocd);
    const said = succeeded(await answered(project.hardened(["up"]), asArgo));
    assert.doesNotMatch(said.text, /deleted +Release/);
    assert.deepEqual(await pods(), before);
    succeeded(await answered(project.hardened(["destroy"]), asArgo));
  });
});
