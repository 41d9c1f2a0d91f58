/** 100 releases of one chart of 31 templates, each with its own values: rendered and judged from nothing, and again unchanged, against 100 calls of
 *  `helm template`. Takes the Helm the project uses. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateChart } from "../policy/evaluate/evaluate-chart";
import { renderChart } from "../policy/render/render";
import { programEnvironment } from "../process/toolchain/locate";
import { deployments, yamlOf } from "./workloads";

const releases = 100;
/** Parts of the chart, each of six templates. */
const parts = 5;

const denyAll = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: {
    name: "deny-all",
    labels: { "app.kubernetes.io/name": "bench", "app.kubernetes.io/managed-by": "bench" },
  },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
};

/** A part of a system: a Deployment of three containers and what stands around it. */
function part(deployment: ReturnType<typeof deployments>[number], index: number): object[] {
  const { metadata, spec } = deployment;
  const rules = [{ apiGroups: [""], resources: ["configmaps"], resourceNames: ["config"], verbs: ["get"] }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name };
  const ports = [{ name: "http", port: 80, targetPort: "http" }];
  const subjects = [{ kind: "ServiceAccount", name: metadata.name, namespace: metadata.namespace }];
  const data = { "config.yaml": `part: ${index}\nlevel: info\n` };
  const pod = { ...spec.template.spec, serviceAccountName: metadata.name };
  return [
    { ...deployment, spec: { ...spec, template: { ...spec.template, spec: pod } } },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: spec.selector.matchLabels, ports } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata, roleRef, subjects },
  ];
}

/** A chart of 31 templates, whose names, image settings and replicas come from the release and its values. */
function writeChart(folder: string): void {
  mkdirSync(join(folder, "templates"), { recursive: true });
  writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: bench\nversion: 0.1.0\n");
  writeFileSync(join(folder, "values.yaml"), "tag: none\nreplicas: 1\n");
  const objects = deployments(parts).flatMap(part);
  for (const [index, object] of [denyAll, ...objects].entries()) {
    const text = yamlOf([object])
      .replaceAll("namespace: bench", "namespace: {{ .Release.Namespace }}")
      .replace(/\bweb-(\d)\b/g, "{{ .Release.Name }}-$1")
      .replace("replicas: 1", "replicas: {{ .Values.replicas }}")
      .replaceAll("value: info", "value: {{ .Values.tag | quote }}");
    writeFileSync(join(folder, "templates", `object-${index}.yaml`), text);
  }
}

async function main(): Promise<void> {
  Object.assign(process.env, programEnvironment());
  const folder = mkdtempSync(join(tmpdir(), "bench-render-"));
  try {
    const chart = join(folder, "bench");
    writeChart(chart);
    const requests = Array.from({ length: releases }, (_, index) => ({
      chart,
      name: `release-${index}`,
      namespace: "bench",
      values: { tag: `tag-${index}`, replicas: 1 },
      kubeVersion: "1.36",
    }));
    // A chart with nothing to find: finding the line of each finding takes its own time.
    const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
    const time = async (work: () => Promise<unknown> | undefined): Promise<number> => {
      const start = performance.now();
      await work();
      return (performance.now() - start) / 1000;
    };
    // First, as the process is new: nothing is loaded, compiled or started.
    const cold = await time(() => Promise.all(requests.map((request) => evaluateChart(request, context))));
    const unchanged = await time(() => Promise.all(requests.map((request) => renderChart(request))));
    let findings = 0;
    const before = process.cpuUsage();
    const again = await time(async () => {
      for (const request of requests) findings += (await evaluateChart(request, context)).verdict.findings.length;
    });
    const used = process.cpuUsage(before);
    if (findings > 0) throw new Error(`the chart was meant to pass, ${findings} findings`);
    const helm = await time(() => {
      for (const { name, namespace, values } of requests) {
        execFileSync(process.env.HELM_BIN as string, ["template", name, chart, "-n", namespace, "-f", "-"], {
          input: JSON.stringify(values),
          stdio: ["pipe", "ignore", "inherit"],
        });
      }
      return undefined;
    });
    const each = (seconds: number): string => `${((seconds / releases) * 1000).toFixed(1)} ms each`;
    console.log(`${releases} releases of a chart of ${1 + 6 * parts} templates`);
    console.log(`  helm template, one after the other  ${helm.toFixed(2)} s, ${each(helm)}`);
    console.log(
      `  rendered and judged, cold           ${cold.toFixed(2)} s, ${each(cold)}: ${(helm / cold).toFixed(2)}x`,
    );
    console.log(`  rendered again, unchanged           ${unchanged.toFixed(2)} s, ${each(unchanged)}`);
    console.log(`  rendered and judged again           ${again.toFixed(2)} s, ${each(again)}`);
    // What a busy machine does not change.
    console.log(`    its processor time                ${each((used.user + used.system) / 1e6)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
