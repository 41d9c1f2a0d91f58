/** What the project writes for Argo CD, Flux and CloudNativePG, asked of a real API server with their own definitions of those kinds. It has a server alone:
 *  the kinds are there for this file only, and gone with it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadAll } from "js-yaml";
import { deliveryObjects } from "../../components/delivery-objects";
import type { GitOps } from "../../config/delivery-schema";
import { useHelm } from "../policy/support/helm";
import { cloudNativePgDefinitions, productionDatabase } from "../support/addons/cloudnative-pg";
import { definitionsOf } from "../support/gitops-kinds";
import { root } from "../support/tree";
import { type Answer, type ApiServer, startApiServer } from "./api-server";

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Record<string, unknown>;
}

const examples = join(root, "charts/examples");
const read = (file: string): KubernetesObject[] =>
  loadAll(readFileSync(join(examples, file), "utf8")) as KubernetesObject[];

const release = {
  namespace: "apps",
  name: "web",
  chart: "./charts/service",
  package: { name: "service", version: "0.1.0", digest: `sha256:${"a".repeat(64)}` },
  values: { services: { web: { replicas: 2 } } },
  timeoutSeconds: 180,
};
const repository = "oci://registry.example/charts";
const deliveries: readonly GitOps[] = [
  { with: "argocd", repository, namespace: "argocd", project: "default" },
  { with: "flux", repository, plainHttp: true, registrySecret: "pull" },
];

describe("[FL-04] [FL-117] kinds of Argo CD, Flux and CloudNativePG, as their projects define them", () => {
  let api: ApiServer;
  let scratch: string;
  const plurals = new Map<string, string>();

  before(async function () {
    this.timeout(300_000);
    scratch = mkdtempSync(join(tmpdir(), "hardened-gitops-"));
    api = await startApiServer();
    const definitions = await Promise.all([
      definitionsOf("argocd", scratch),
      definitionsOf("flux", scratch),
      cloudNativePgDefinitions(scratch),
    ]);
    for (const crd of definitions.flat()) {
      const answer = await api.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd);
      assert.equal(answer.status, 201, answer.body.message);
      plurals.set(`${crd.spec.group} ${crd.spec.names.kind}`, crd.spec.names.plural);
    }
    for (const name of ["apps", "argocd", "floe-dev", "floe-prod", "flux-system"])
      await api.call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  });

  after(async () => {
    await api?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** What the API server says of an object, without keeping it. A kind that was defined a moment ago may not be served yet. */
  async function strictly(object: KubernetesObject): Promise<Answer> {
    const [group = ""] = object.apiVersion.split("/");
    const plural = plurals.get(`${group} ${object.kind}`);
    assert.ok(plural, `${object.kind} of ${object.apiVersion} is defined`);
    const path = `/apis/${object.apiVersion}/namespaces/${object.metadata.namespace}/${plural}`;
    for (let attempt = 0; ; attempt++) {
      const answer = await api.call("POST", `${path}?dryRun=All&fieldValidation=Strict`, object);
      if (answer.status !== 404 || attempt === 30) return answer;
      await sleep(500);
    }
  }

  const accepted = async (object: KubernetesObject): Promise<void> => {
    const { status, body } = await strictly(object);
    assert.equal(status, 201, body.message);
  };

  /** The same with a key of spec misspelt. */
  const refused = async (object: KubernetesObject): Promise<void> => {
    const [key = "", value] = Object.entries(object.spec)[0] ?? [];
    const slip = `${key}x`;
    const { status, body } = await strictly({ ...object, spec: { ...object.spec, [slip]: value } });
    assert.equal(status, 400, body.message);
    assert.match(body.message ?? "", new RegExp(`unknown field "spec\\.${slip}"`));
  };

  const files: readonly (readonly [file: string, kinds: readonly string[], requirement: string])[] = [
    ["argocd/application.yaml", ["Application"], "FL-88"],
    ["argocd/applicationset.yaml", ["ApplicationSet"], "FL-89"],
    ["flux/helmrelease.yaml", ["HelmRepository", "HelmRelease"], "FL-90"],
    ["flux/kustomization.yaml", ["GitRepository", "Kustomization"], "FL-91"],
  ];
  for (const [file, kinds, requirement] of files)
    for (const [index, kind] of kinds.entries()) {
      it(`${file}: ${kind} is accepted, and refused by name with a key misspelt (${requirement})`, async () => {
        const object = read(file)[index] as KubernetesObject;
        assert.equal(object.kind, kind);
        await accepted(object);
        await refused(object);
      });
    }

  for (const delivery of deliveries)
    for (const object of deliveryObjects(delivery, release) as unknown as readonly KubernetesObject[])
      it(`GitOpsDelivery with ${delivery.with}: ${object.kind} is accepted, and refused by name with a key misspelt`, async () => {
        await accepted(object);
        await refused(object);
      });

  describe("[FL-08] the database of charts/floe-platform in production", () => {
    const image = { repository: "registry.example/postgres", tag: "15", digest: `sha256:${"1a".repeat(32)}` };
    let objects: KubernetesObject[];
    before(async () => {
      useHelm();
      const all = (await productionDatabase("floe-prod", image)) as unknown as KubernetesObject[];
      objects = all.filter(({ apiVersion }) => apiVersion === "postgresql.cnpg.io/v1");
    });

    it("is a Cluster and a Database for each other part: accepted, and refused by name with a key misspelt", async () => {
      assert.deepEqual(
        objects.map(({ kind }) => kind),
        ["Cluster", "Database", "Database", "Database"],
      );
      for (const object of objects) {
        await accepted(object);
        await refused(object);
      }
    });

    for (const [what, changed, said] of [
      ["no instance", { instances: 0 }, /spec\.instances: Invalid value: 0: .*greater than or equal to 1/],
      [
        "an image named twice",
        { imageCatalogRef: { apiGroup: "postgresql.cnpg.io", kind: "ImageCatalog", name: "all", major: 15 } },
        /imageName and imageCatalogRef are mutually exclusive/,
      ],
      [
        "rows confirmed by no standby",
        { postgresql: { synchronous: { method: "any", number: 0 } } },
        /The number of synchronous replicas should be greater than zero/,
      ],
      ["a size in a number", { storage: { size: 1 } }, /spec\.storage\.size: Invalid value: "integer"/],
    ] as const)
      it(`with ${what} is refused`, async () => {
        const [cluster] = objects as [KubernetesObject];
        const { status, body } = await strictly({ ...cluster, spec: { ...cluster.spec, ...changed } });
        assert.equal(status, 422, body.message);
        assert.match(body.message ?? "", said);
      });
  });
});
