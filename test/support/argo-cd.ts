import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { controlAddress, registryName, registryPort } from "../../cluster/local/addresses";
import { registryUrl } from "../../cluster/local/host-ports";
import { buildImages } from "../../images/build/build";
import { type Image, imageUser } from "../../images/build/image";
import { packBinary } from "../../images/build/pack-binary";
import { pushImage } from "../../images/build/registry-client";
import { moduleFolder } from "../../process/toolchain/cache";
import { ensureToolchain } from "../../process/toolchain/ensure";
import { toolGroups } from "../../process/toolchain/groups";
import { toolPath } from "../../process/toolchain/locate";
import { applyServerSide, cluster, instance, type KubeObject, kubectl } from "./e2e-cluster";
import { established } from "./established";
import { registryOfPods } from "./flux";
import { definitionsOf, gitopsModules } from "./gitops-kinds";
import { namespaceOf } from "./platform-part";
import { goModule } from "./real-charts";
import { root } from "./tree";

/** Argo CD without its web pages: repo-server and application-controller, built from its Go module and installed from the manifests in it, and Redis; in the
 *  namespace of charts/examples/platform. */

export const argoNamespace = "argocd";
const controller = "argocd-application-controller";
const repoServer = "argocd-repo-server";
const redis = "argocd-redis";

interface Container {
  image: string;
  imagePullPolicy?: string;
  args?: string[];
  command?: string[];
  env?: object[];
  readinessProbe?: object;
  livenessProbe?: object;
  volumeMounts?: { readonly name: string }[];
}
type Workload = KubeObject & {
  spec: {
    template: {
      metadata: { annotations?: object };
      spec: {
        automountServiceAccountToken?: boolean;
        securityContext?: object;
        initContainers?: Container[];
        containers: Container[];
        volumes?: { readonly name: string; readonly emptyDir?: object }[];
      };
    };
  };
};

/** Objects of a file of the module Argo CD is built of, in its namespace. */
async function released(file: string): Promise<KubeObject[]> {
  const [[module]] = gitopsModules.argocd;
  const group = toolGroups.find(({ name }) => name === "argo-cd");
  assert.ok(group && readFileSync(join(moduleFolder(group), "go.mod"), "utf8").includes(module.replace("@", " ")));
  const all = loadAll(readFileSync(join(await goModule(module, root), "manifests", file), "utf8")) as KubeObject[];
  return all.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: argoNamespace } }));
}

/** A workload of Argo CD's, with what the pack asks of every pod. */
async function workload(file: string, image: string, edit: (pod: Workload["spec"]["template"]["spec"]) => void) {
  const [one] = (await released(file)) as Workload[];
  assert.ok(one);
  const { template } = one.spec;
  template.metadata.annotations = {
    ...(template.spec.automountServiceAccountToken !== false && {
      "hardened.pulumi/service-account-token": "works on objects of the API server",
    }),
  };
  const user = Number.parseInt(imageUser, 10);
  template.spec.securityContext = {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    seccompProfile: { type: "RuntimeDefault" },
  };
  delete template.spec.initContainers; // plugins, and the password that is here already
  edit(template.spec);
  for (const container of template.spec.containers)
    Object.assign(container, {
      image,
      imagePullPolicy: "IfNotPresent",
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "2", memory: "512Mi" } },
    });
  return one;
}

/** The program is what a container of Argo CD's image is told to start. */
function started(container: Container | undefined): void {
  assert.ok(container);
  container.command = container.args ?? [];
  delete container.args;
  const { readinessProbe, livenessProbe = readinessProbe } = container;
  Object.assign(container, { startupProbe: readinessProbe, livenessProbe });
}

const repoServerOf = (image: string) =>
  workload("base/repo-server/argocd-repo-server-deployment.yaml", image, (pod) => {
    const [container] = pod.containers;
    started(container);
    // There is no gpg in the image: it is for signatures of commits.
    container?.env?.push({ name: "ARGOCD_GPG_ENABLED", value: "false" });
    pod.volumes = pod.volumes?.filter(({ name }) => name !== "var-files") ?? [];
  });

const controllerOf = (image: string) =>
  workload("base/application-controller/argocd-application-controller-statefulset.yaml", image, (pod) =>
    started(pod.containers[0]),
  );

const redisOf = (image: string) =>
  workload("base/redis/argocd-redis-deployment.yaml", image, (pod) => {
    const probe = { tcpSocket: { port: 6379 } };
    pod.automountServiceAccountToken = false;
    for (const container of pod.containers) {
      delete container.args; // the image starts it in memory only, with the password
      Object.assign(container, {
        readinessProbe: probe,
        startupProbe: probe,
        livenessProbe: probe,
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      });
    }
    pod.volumes = [{ name: "tmp", emptyDir: {} }];
  });

const opaque = (name: string, stringData: object, labels?: object) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: argoNamespace, ...(labels && { labels }) },
  type: "Opaque",
  stringData,
});

/** What releases are made of: anything of a namespace, nothing of the cluster. Upstream binds a role of everything here. */
const releases = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "argocd-releases" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "admin" },
  subjects: [{ kind: "ServiceAccount", name: controller, namespace: argoNamespace }],
};

/** What argocd-server makes when it starts: a project, here without anything of the cluster itself. */
const project = {
  apiVersion: "argoproj.io/v1alpha1",
  kind: "AppProject",
  metadata: { name: "default", namespace: argoNamespace },
  spec: {
    sourceRepos: [`oci://${registryOfPods}/**`],
    destinations: [{ server: "https://kubernetes.default.svc", namespace: "*" }],
  },
};

/** The charts of this test are in the cluster's own registry, which has a port of its own. */
const ownRegistry = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "allow-own-registry", namespace: argoNamespace },
  spec: {
    podSelector: { matchLabels: { "app.kubernetes.io/name": repoServer } },
    policyTypes: ["Egress"],
    egress: [{ to: [{ ipBlock: { cidr: `${controlAddress}/32` } }], ports: [{ protocol: "TCP", port: registryPort }] }],
  },
};

/** Settings: only what its account may read is watched. */
async function settings(): Promise<KubeObject[]> {
  const [cm] = await released("base/config/argocd-cm.yaml");
  const data = { ...cm?.data, "resource.respectRBAC": "normal" };
  const names = ["cmd-params-cm", "gpg-keys-cm", "ssh-known-hosts-cm", "tls-certs-cm"];
  const others = await Promise.all(names.map((name) => released(`base/config/argocd-${name}.yaml`)));
  return [{ ...cm, data } as KubeObject, ...others.flat()];
}

async function objectsOf(argo: string, redisImage: string): Promise<unknown[]> {
  const files = [
    ...["role", "rolebinding", "sa"].map((name) => `base/application-controller-roles/${controller}-${name}.yaml`),
    ...["sa", "service", "network-policy"].flatMap((name) => [
      `base/repo-server/${repoServer}-${name}.yaml`,
      `base/redis/${redis}-${name}.yaml`,
    ]),
  ];
  return [
    ...namespaceOf(argoNamespace),
    ownRegistry,
    releases,
    ...(await settings()),
    opaque("argocd-secret", { "server.secretkey": randomBytes(32).toString("base64") }),
    opaque(redis, { auth: randomBytes(24).toString("hex") }),
    opaque(
      "own-registry",
      { type: "oci", url: `oci://${registryOfPods}`, insecureOCIForceHttp: "true" },
      { "argocd.argoproj.io/secret-type": "repo-creds" },
    ),
    ...(await Promise.all(files.map(released))).flat(),
    project,
    await redisOf(redisImage),
    await repoServerOf(argo),
    await controllerOf(argo),
  ];
}

async function pushed(image: Image): Promise<string> {
  await pushImage(image.layoutDir, registryUrl(instance), image.name, "local");
  return `${registryName}/${image.name}@${image.digest}`;
}

/** One image for both programs, with the Helm that the repo-server renders charts with. */
const argoImage = (): Promise<Image> => {
  const path = (name: string): string => `/usr/local/bin/${name}`;
  return packBinary({
    name: "argocd",
    description: "Installs charts.",
    files: [repoServer, "helm"].map((name) => ({ path: path(name), from: toolPath(name), mode: 0o755 })),
    links: [{ path: path(controller), target: repoServer }],
    user: imageUser,
    entrypoint: [repoServer],
    env: [],
  });
};

const workloads = [`deployment/${redis}`, `deployment/${repoServer}`, `statefulset/${controller}`];

/** Puts it onto the shared cluster and waits until it is ready. Gives what was installed, the definitions left out. */
export async function installArgo(): Promise<unknown[]> {
  await cluster();
  await ensureToolchain(() => {}, ["argo-cd", "helm"]);
  const argo = await pushed(await argoImage());
  const [redisImage] = await buildImages(["redis"], { log: () => {} });
  assert.ok(redisImage);
  const definitions = await definitionsOf("argocd", root);
  await applyServerSide(definitions);
  await established(
    kubectl,
    definitions.map(({ metadata }) => metadata.name),
  );
  const items = await objectsOf(argo, await pushed(redisImage));
  await applyServerSide(items);
  for (const one of workloads) await kubectl(["rollout", "status", one, "-n", argoNamespace, "--timeout=180s"]);
  return items;
}

/** Takes it off the cluster, with its definitions and everything made by it. */
export async function removeArgo(): Promise<void> {
  // While it runs: it alone takes its finalizers off.
  const defined = (await definitionsOf("argocd", root)).map(({ metadata }) => metadata.name);
  if ((await kubectl(["get", "crd", "applications.argoproj.io", "--ignore-not-found", "-o", "name"])) !== "")
    await kubectl(["delete", "applications.argoproj.io", "--all", "--all-namespaces", "--timeout=60s"]);
  const items = (await objectsOf("", "")).reverse();
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await kubectl(["delete", "-f", "-", "--ignore-not-found", "--timeout=120s"], list);
  await kubectl(["delete", "crd", "--ignore-not-found", "--timeout=60s", ...defined]);
}
