import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { controlAddress, registryPort } from "../../cluster/local/addresses";
import { publishPrograms } from "../../cluster/local/images";
import { imageUser } from "../../images/build/image";
import { moduleFolder } from "../../process/toolchain/cache";
import { ensureToolchain } from "../../process/toolchain/ensure";
import { toolGroups } from "../../process/toolchain/groups";
import { applyServerSide, cluster, instance, type KubeObject, kubectl } from "./e2e-cluster";
import { established } from "./established";
import { type Definition, definitionsOf, gitopsModules } from "./gitops-kinds";
import { namespaceOf } from "./platform-part";
import { goModule } from "./real-charts";
import { root } from "./tree";

/** Flux's source- and helm-controller, built from their Go modules and installed from the manifests in those, in the namespace of charts/examples/platform. */

export const fluxNamespace = "flux-system";
const controllers = { "source-controller": "Fetches charts.", "helm-controller": "Installs charts." } as const;
type Controller = keyof typeof controllers;
const names = Object.keys(controllers) as Controller[];

/** Where pods reach the cluster's registry: its name is known to the nodes alone. */
export const registryOfPods = `${controlAddress}:${registryPort}`;

type Subjects = { subjects?: unknown; roleRef?: unknown };
type Deployment = KubeObject & {
  spec: {
    template: {
      metadata: { annotations?: object };
      spec: { serviceAccountName?: string; securityContext?: object; containers: { readinessProbe: object }[] };
    };
  };
};

/** Objects of a file in the module a controller is built of. */
async function released(name: Controller, file: string): Promise<KubeObject[]> {
  const [module = ""] = gitopsModules.flux.map(([one]) => one).filter((one) => one.includes(`/${name}@`));
  const group = toolGroups.find((one) => one.name === name);
  assert.ok(group && readFileSync(join(moduleFolder(group), "go.mod"), "utf8").includes(module.replace("@", " ")));
  const text = readFileSync(join(await goModule(module, root), "config", file), "utf8");
  return (loadAll(text) as (KubeObject | null)[]).filter((one) => one !== null);
}

/** Binds a role to the controller's account, in its namespace or everywhere. */
const binding = (kind: "RoleBinding" | "ClusterRoleBinding", name: string, roleRef: object, account: string) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind,
  metadata: { name, ...(kind === "RoleBinding" && { namespace: fluxNamespace }) },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", ...roleRef },
  subjects: [{ kind: "ServiceAccount", name: account, namespace: fluxNamespace }],
});

/** One controller: its own manifests, with what the pack asks of every pod, an account and an image by digest. `config/rbac` of it names accounts and roles only for kustomize. */
async function partsOf(name: Controller, image: string): Promise<(KubeObject & Subjects)[]> {
  const own = { name, namespace: fluxNamespace };
  const [deployment] = (await released(name, "manager/deployment.yaml")) as Deployment[];
  assert.ok(deployment);
  const { template } = deployment.spec;
  template.metadata.annotations = {
    ...template.metadata.annotations,
    "hardened.pulumi/service-account-token": "works on objects of the API server",
  };
  template.spec.serviceAccountName = name;
  template.spec.securityContext = { ...template.spec.securityContext, runAsUser: Number.parseInt(imageUser, 10) };
  for (const container of template.spec.containers)
    Object.assign(container, { image, startupProbe: container.readinessProbe });
  const [role] = await released(name, "rbac/role.yaml");
  const [leader] = await released(name, "rbac/leader_election_role.yaml");
  const services = name === "source-controller" ? await released(name, "manager/service.yaml") : [];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: own },
    { ...role, metadata: { name } },
    binding("ClusterRoleBinding", name, { kind: "ClusterRole", name }, name),
    { ...leader, metadata: own },
    binding("RoleBinding", name, { kind: "Role", name }, name),
    ...services.map((one) => ({ ...one, metadata: { ...one.metadata, ...own } })),
    { ...deployment, metadata: { ...deployment.metadata, ...own } },
  ] as KubeObject[];
}

/** What releases are made of: anything of a namespace, nothing of the cluster. Upstream binds a role of everything here. */
const releases = binding("ClusterRoleBinding", "flux-releases", { kind: "ClusterRole", name: "admin" }, names[1] ?? "");

/** The charts of this test are in the cluster's own registry, which has a port of its own. */
const ownRegistry = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "allow-own-registry", namespace: fluxNamespace },
  spec: {
    podSelector: { matchLabels: { app: "source-controller" } },
    policyTypes: ["Egress"],
    egress: [{ to: [{ ipBlock: { cidr: `${controlAddress}/32` } }], ports: [{ protocol: "TCP", port: registryPort }] }],
  },
};

async function objectsOf(images: readonly string[]): Promise<unknown[]> {
  const parts = await Promise.all(names.map((name, index) => partsOf(name, images[index] ?? "")));
  return [...namespaceOf(fluxNamespace), ownRegistry, releases, ...parts.flat()];
}

/** Definitions of the kinds the two controllers work on. */
const kinds = async (): Promise<Definition[]> =>
  (await definitionsOf("flux", root)).filter(({ spec }) => /^(source|helm)\./.test(spec.group));
const nameOf = ({ metadata }: Definition): string => metadata.name;

/** Puts both onto the shared cluster and waits until they are ready. Gives what was installed, the definitions left out. */
export async function installFlux(): Promise<unknown[]> {
  await cluster();
  await ensureToolchain(() => {}, names);
  const images: string[] = [];
  for (const name of names) images.push(...(await publishPrograms(instance, [name], controllers[name])));
  const definitions = await kinds();
  await applyServerSide(definitions);
  await established(kubectl, definitions.map(nameOf));
  const items = await objectsOf(images);
  await applyServerSide(items);
  for (const name of names)
    await kubectl(["rollout", "status", `deployment/${name}`, "-n", fluxNamespace, "--timeout=120s"]);
  return items;
}

/** Takes both off the cluster, with their definitions and everything made by them. */
export async function removeFlux(): Promise<void> {
  // While they run: they alone take their finalizers off.
  const defined = (await kinds()).map(nameOf);
  for (const kind of defined.toReversed())
    if ((await kubectl(["get", "crd", kind, "--ignore-not-found", "-o", "name"])) !== "")
      await kubectl(["delete", kind, "--all", "--all-namespaces", "--timeout=60s"]);
  const items = (await objectsOf([])).reverse();
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await kubectl(["delete", "-f", "-", "--ignore-not-found", "--timeout=120s"], list);
  await kubectl(["delete", "crd", "--ignore-not-found", "--timeout=60s", ...defined]);
}
