import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { deliveryObjects } from "../../components/delivery-objects";
import { controllerOf, deliveryNeeds, GitOpsDelivery } from "../../components/gitops-delivery";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { registered } from "../support/doubles/registered-resources";

const repository = "oci://registry.example/charts";
const argocd = { with: "argocd", repository, namespace: "gitops", project: "default" } as const;
const flux = { with: "flux", repository, plainHttp: false } as const;
const otherwise = "let this program install the charts (hardened:delivery: {with: release})";

describe("[FL-117] gitops-delivery: who has a cluster's charts installed", () => {
  it("needs its controller, each part of Flux by itself, and says how to do without", () => {
    assert.deepEqual(deliveryNeeds({ delivery: { with: "release" } }), []);
    assert.deepEqual(deliveryNeeds({ delivery: argocd }), [
      { capability: "argo-cd", by: "hardened:delivery (with: argocd)", otherwise },
    ]);
    assert.deepEqual(
      deliveryNeeds({ delivery: flux }),
      ["flux-helm-controller", "flux-source-controller"].map((capability) => ({
        capability,
        by: "hardened:delivery (with: flux)",
        otherwise,
      })),
    );
  });

  it("the preflight is told of the controller, and of Argo CD's namespace", () => {
    assert.equal(controllerOf({ delivery: { with: "release" } }), undefined);
    assert.deepEqual(controllerOf({ delivery: argocd }), { with: "argocd", namespace: "gitops" });
    assert.deepEqual(controllerOf({ delivery: flux }), { with: "flux", namespace: undefined });
  });

  it("Flux: a Secret of the registry and plain HTTP are named only where the stack says so", () => {
    const chart = { name: "web", version: "1.0.0", digest: "sha256:0" };
    const release = {
      namespace: "apps",
      name: "web",
      chart: "./charts/web",
      package: chart,
      values: {},
      timeoutSeconds: 1,
    };
    const source = (more: object) => deliveryObjects({ ...flux, ...more }, release)[0]?.spec ?? {};
    assert.deepEqual(Object.keys(source({})), ["interval", "url", "ref", "layerSelector"]);
    const { secretRef, insecure } = source({ registrySecret: "pull", plainHttp: true }) as Record<string, unknown>;
    assert.deepEqual([secretRef, insecure], [{ name: "pull" }, true]);
  });

  it("[FL-88] Argo CD: waits for the very values, by a name that differs with them", () => {
    const chart = { name: "web", version: "1.0.0", digest: "sha256:0" };
    const made = (values: unknown) => {
      const release = {
        namespace: "apps",
        name: "web",
        chart: "./charts/web",
        package: chart,
        values,
        timeoutSeconds: 1,
      };
      const [{ metadata, spec } = { metadata: { annotations: {} }, spec: {} }] = deliveryObjects(argocd, release);
      const { name } = (spec as { source: { name: string } }).source;
      return {
        name,
        waitFor: JSON.parse((metadata.annotations as Record<string, string>)["pulumi.com/waitFor"] ?? "[]"),
      };
    };
    const { name, waitFor } = made({ a: 1 });
    assert.match(name, /^values-[0-9a-f]{12}$/);
    assert.ok(waitFor.includes(`jsonpath={.status.sync.comparedTo.source.name}=${name}`), String(waitFor));
    assert.equal(made({ a: 1 }).name, name);
    assert.notEqual(made({ a: 2 }).name, name);
  });

  describe("a chart that cannot be packed", () => {
    const folder = mkdtempSync(join(tmpdir(), "no-chart-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const failure = async (chart: string): Promise<unknown> => {
      const make = (): void => {
        const namespace = new RestrictedNamespace("web", { name: "apps", system: "web", podSecurityVersion: "latest" });
        new GitOpsDelivery("web", { delivery: flux, namespace, name: "web", chart, values: {}, timeoutSeconds: 1 });
      };
      return registered(make).catch((error: unknown) => error);
    };

    it("stops the run in words, without a stack trace", async () => {
      writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\n");
      const error = await failure(folder);
      assert.ok(error instanceof pulumi.ResourceError && error.hideStack, String(error));
      assert.match(error.message, /Chart\.yaml/);
    });

    it("for any other reason: the error is the one there was", async () => {
      const chart = join(folder, "another");
      mkdirSync(join(chart, "Chart.yaml"), { recursive: true });
      writeFileSync(join(chart, "values.yaml"), "");
      const error = await failure(chart);
      assert.equal((error as NodeJS.ErrnoException).code, "EISDIR", String(error));
    });
  });
});
