import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import { registryName } from "../../../cluster/local/addresses";
import { imageLockFile } from "../../../cluster/local/images";
import { programEnvironment } from "../../../process/toolchain/locate";
import { cluster, instance, kubectl } from "../e2e-cluster";
import { type Result, type RunOptions, run } from "../run";
import { scratchCheckout } from "../scratch-checkout";

/** A service of a drill's own release. */
interface Service {
  readonly replicas: number;
  /** Absent for none. */
  readonly maxUnavailable?: number;
  /** Seconds it still answers after it was told to stop. */
  readonly drainSeconds: number;
  readonly startSeconds: number;
  /** Port of the nodes that leads to it, for requests past the API server. @default none */
  readonly nodePort?: number;
}

/** One no other test file uses. */
export const steadyNodePort = 30_084;

/** Services that can be drilled: one as it should be, and one that breaks its promise. */
const services: Readonly<Record<string, Service>> = {
  steady: { replicas: 2, maxUnavailable: 1, drainSeconds: 5, startSeconds: 0, nodePort: steadyNodePort },
  frail: { replicas: 1, maxUnavailable: 1, drainSeconds: 0, startSeconds: 3 },
};
/** Services that cannot, in a namespace of their own: one that no budget protects, one whose budget allows nothing. */
const refused: Readonly<Record<string, Service>> = {
  bare: { replicas: 1, drainSeconds: 1, startSeconds: 0 },
  stuck: { replicas: 1, maxUnavailable: 0, drainSeconds: 1, startSeconds: 0 },
};

function objectsOf(
  name: string,
  { replicas, maxUnavailable, drainSeconds, startSeconds, nodePort }: Service,
  image: string,
): object[] {
  const labels = { "app.kubernetes.io/name": name };
  const metadata = { name, labels: { ...labels, "helm.sh/chart": "drilled-0.1.0" } };
  const selector = { matchLabels: labels };
  const container = {
    name: "service",
    image,
    env: [
      { name: "SERVICE_NAME", value: name },
      { name: "SERVICE_DRAIN_SECONDS", value: String(drainSeconds) },
      { name: "SERVICE_START_SECONDS", value: String(startSeconds) },
    ],
    ports: [{ name: "http", containerPort: 8080 }],
    readinessProbe: { httpGet: { path: "/readyz", port: "http" }, periodSeconds: 1 },
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "500m", memory: "64Mi" } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
  };
  const spread = {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: selector,
  };
  const pod = {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
    terminationGracePeriodSeconds: 15,
    topologySpreadConstraints: [spread],
    containers: [container],
  };
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        ...(nodePort !== undefined && { type: "NodePort" }),
        selector: labels,
        ports: [{ name: "http", port: 80, targetPort: "http", ...(nodePort !== undefined && { nodePort }) }],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { replicas, selector, strategy, template: { metadata: { labels }, spec: pod } },
    },
    ...(maxUnavailable === undefined
      ? []
      : [{ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata, spec: { maxUnavailable, selector } }]),
  ];
}

/** A checkout with a stack of its own, and a Helm release of services in a namespace of its own on the shared cluster. */
export interface DrillProject {
  readonly root: string;
  readonly stack: string;
  readonly namespace: string;
  /** Where the services are that must not be drilled. */
  readonly refused: string;
  readonly release: string;
  readonly evidence: string;
  hardened(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Runs a line of the documentation in the checkout. */
  shell(line: string): Promise<Result>;
  /** Writes the stack's file: its environment and service level. */
  stackFile(environment: string, slo?: object): void;
  remove(): Promise<void>;
}

/** What a stack has to say of its images outside dev. */
const supplyChain = {
  "hardened:policy": { scans: { folder: "config/supply-chain/scans" } },
  "hardened:imageSignatures": { images: { "registry.example/*": { keys: ["config/supply-chain/keys/example.pub"] } } },
};

/** Makes one. The caller removes it. */
export async function drillProject(namespace: string): Promise<DrillProject> {
  await cluster();
  // What an earlier run left, or still takes away.
  await kubectl(["delete", "namespace", "--ignore-not-found", "--timeout=120s", namespace, `${namespace}-refused`]);
  const { root } = scratchCheckout();
  const stack = "drill";
  const release = "drilled";
  const { HARDENED_CLUSTER: _, ...rest } = process.env;
  const env = programEnvironment({ ...rest, KUBECONFIG: instance.kubeconfig });
  const repository = `${registryName}/service`;
  const digest = (require(imageLockFile) as Record<string, string>)[repository];
  const image = `${repository}@${digest}`;
  // As the stack's platform, so that a drill finds it by its system.
  const baseline = { date: "2026-11-30", source: "none", exception: "a stand-in", expires: "2999-12-31" };
  const platform = {
    namespace,
    release,
    services: { steady: { image: { repository, digest }, resources: "small", baseline } },
  };
  const folder = mkdtempSync(join(tmpdir(), "drilled-"));
  for (const [space, own] of [
    [namespace, services],
    [`${namespace}-refused`, refused],
  ] as const) {
    const chart = join(folder, space);
    mkdirSync(join(chart, "templates"), { recursive: true });
    writeFileSync(join(chart, "Chart.yaml"), dump({ apiVersion: "v2", name: "drilled", version: "0.1.0" }));
    const objects = Object.entries(own).flatMap(([name, service]) => objectsOf(name, service, image));
    writeFileSync(join(chart, "templates", "all.yaml"), objects.map((one) => `---\n${dump(one)}`).join(""));
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const made = { apiVersion: "v1", kind: "Namespace", metadata: { name: space, labels } };
    await kubectl(["apply", "-f", "-"], JSON.stringify(made));
    const args = ["upgrade", "--install", release, chart, "--namespace", space, "--wait", "--timeout", "120s"];
    const installed = await run(env.HELM_BIN ?? "helm", args, { env });
    if (installed.code !== 0) throw new Error(installed.text);
  }
  const project: DrillProject = {
    root,
    stack,
    namespace,
    refused: `${namespace}-refused`,
    release,
    evidence: join(root, ".hardened", "evidence", stack),
    hardened: (command, options) => run(join(root, "bin/hardened"), command, { cwd: root, env, ...options }),
    shell: (line) => run("bash", ["-c", line], { cwd: root, env }),
    stackFile: (environment, slo) => {
      const config = {
        "hardened:environment": environment,
        "hardened:cluster": { context: instance.context },
        ...(slo && { "hardened:slo": slo }),
        ...(environment !== "dev" && supplyChain),
        "hardened:mailroom": { enabled: false },
        "hardened:companyos": platform,
      };
      writeFileSync(join(root, `Pulumi.${stack}.yaml`), dump({ config }));
    },
    remove: async () => {
      rmSync(root, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
      await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", namespace, `${namespace}-refused`]);
    },
  };
  project.stackFile("dev", { target: 99.9, maxBudgetPerDrill: 100 });
  return project;
}
