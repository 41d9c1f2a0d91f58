import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "../../../config/project";
import { targetsOf } from "../../../operations/validation/check-targets";
import { type EvaluationOptions, reportOf } from "../../../operations/validation/evaluate-targets";
import { exitCodeOf, type Report } from "../../../policy/report/report";

/** The report on files as `hardened check` makes it, and its exit code. Files are named by their path in a folder of their own; without `targets` the folder
 *  is evaluated. */
export async function evaluatedFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<EvaluationOptions> & { readonly targets?: readonly string[] } = {},
): Promise<Report & { readonly code: number }> {
  const folder = mkdtempSync(join(tmpdir(), "hardened-evaluated-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const { targets = ["."], ...rest } = options;
    const paths = targets.map((target) => join(folder, target));
    const said = { values: [], profile: "prod", podSecurity: "latest", kubernetes: "1.36", ...rest } as const;
    const report = await reportOf(await targetsOf(paths, projectRoot), "files", said);
    return { ...report, code: exitCodeOf(report) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rule, field and line of every finding. */
export const placesIn = ({ units }: Report): string[] =>
  units.flatMap(({ verdict }) => verdict.findings.map(({ rule, field, line }) => `${rule} ${field}:${line ?? "?"}`));

/** A Deployment that breaks no rule, in the namespace shop, beside a policy that denies. Further lines of its pod, of its only container, and its security context
 *  can be given. */
export function deploymentText({ pod = "", container = "", user = "runAsUser: 1000" } = {}): string {
  const labels = "labels: {app.kubernetes.io/name: web, app.kubernetes.io/managed-by: Helm}";
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, ${labels}}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: web}}
  template:
    metadata: {${labels}}
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        ${user}
        seccompProfile: {type: RuntimeDefault}
      volumes: [{name: tmp, emptyDir: {}}]
${pod}      containers:
        - name: web
          image: registry.example/shop/web@sha256:${"ab".repeat(32)}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          volumeMounts: [{name: tmp, mountPath: /tmp}]
          startupProbe: {httpGet: {path: /, port: 8080}}
          readinessProbe: {httpGet: {path: /, port: 8080}}
          livenessProbe: {httpGet: {path: /, port: 8080}}
${container}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop, ${labels}}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;
}

/** Requests and limits, for a pod or a container at a depth of blanks. */
export const resourcesText = (depth: number): string =>
  `${" ".repeat(depth)}resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 200m, memory: 256Mi}}\n`;
