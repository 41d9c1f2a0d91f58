import { type Cluster, ClusterUnavailable } from "../../cluster/cluster";
import { VerifiedCluster } from "../../cluster/cluster-identity";
import type { JsonObject } from "../../policy/contract";
import { readSettings } from "../../policy/evaluate/settings";
import { text } from "../../policy/manifest/read";
import { podTemplatesOf } from "../../policy/pods/pod-spec";
import { readManifests } from "../../policy/render/read-files";
import { table } from "../../process/table";
import { UserError } from "../../process/user-error";
import { checkStackFile, readStackFile } from "../stack/stack-file";
import { renderStack } from "../validation/render";
import { clusterOf, commitOfCheckout, type EvidenceHeader, evidenceFolder, shown, storeEvidence } from "./evidence";
import { readTargets } from "./security-targets";

/** Admission result of one workload's pod. */
export interface Admitted {
  /** Kind and name. */
  readonly workload: string;
  readonly namespace: string;
  readonly admitted: boolean;
  /** Whether the same pod with one privileged container is refused, as where the namespace enforces a level. */
  readonly badVariantRefused: boolean;
  /** The API server's message, where one of the two is not as expected. */
  readonly words?: string;
}

/** Admission of a stack's pods: the evidence file. */
export interface AdmissionReport extends EvidenceHeader {
  readonly level: string;
  readonly workloads: readonly Admitted[];
}
export type StoredAdmission = AdmissionReport & { readonly file: string };

const quietly = async (ask: Promise<string>): Promise<string | undefined> => {
  try {
    await ask;
    return undefined;
  } catch (error) {
    if (error instanceof ClusterUnavailable && /forbidden|violates|invalid|denied/i.test(error.message))
      return error.message;
    throw error;
  }
};

/** Creates a pod as a server-side dry run. Returns the API server's refusal. */
const wouldRefuse = (cluster: Cluster, pod: JsonObject): Promise<string | undefined> =>
  quietly(cluster.kubectl(["create", "--dry-run=server", "-o", "name", "-f", "-"], JSON.stringify(pod)));

/** A pod as the workload would create it, and the same with its first container privileged. */
export function variantsOf(
  template: { metadata?: unknown; spec?: unknown },
  name: string,
  namespace: string,
): { good: JsonObject; bad: JsonObject } {
  const { labels, annotations } = (template.metadata ?? {}) as JsonObject;
  const metadata = {
    generateName: `${name.slice(0, 50)}-`,
    namespace,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  };
  const good = { apiVersion: "v1", kind: "Pod", metadata, spec: template.spec } as JsonObject;
  const bad = structuredClone(good);
  const [first] = ((bad.spec as JsonObject).containers ?? []) as JsonObject[];
  if (first) first.securityContext = { privileged: true };
  return { good, bad };
}

/** Has the API server evaluate the pods of a stack in their namespaces. Throws a UserError when it cannot be reached. */
export async function admission(
  stack: string,
  options: { readonly targets?: string; readonly evidence?: string },
): Promise<StoredAdmission> {
  const config = checkStackFile(stack);
  const cluster = new VerifiedCluster(config.cluster, 2);
  const { podSecurity } = readTargets(options.targets);
  const { settings } = readSettings(readStackFile(stack).document.config?.["hardened:policy"], "hardened:policy");
  const workloads: Admitted[] = [];
  try {
    for (const { name: unit, text: rendered } of await renderStack(stack)) {
      const fallback = unit.split("/")[0] ?? "default";
      for (const { object } of (await readManifests(rendered)).manifests) {
        for (const { template } of podTemplatesOf(object, settings?.podKinds)) {
          const name = text(object, "metadata", "name");
          const namespace = text(object, "metadata", "namespace") || fallback;
          const { good, bad } = variantsOf(template, name, namespace);
          const [refused, refusedBad] = [await wouldRefuse(cluster, good), await wouldRefuse(cluster, bad)];
          const words =
            refused ?? (refusedBad === undefined ? `namespace ${namespace} would take a privileged pod` : undefined);
          workloads.push({
            workload: `${text(object, "kind")} ${name}`,
            namespace,
            admitted: refused === undefined,
            badVariantRefused: refusedBad !== undefined && /PodSecurity/.test(refusedBad),
            ...(words !== undefined && { words }),
          });
        }
      }
    }
    if (workloads.length === 0) throw new UserError(`stack ${stack} runs no pods`, 2);
    const passed = workloads.every(({ admitted, badVariantRefused }) => admitted && badVariantRefused);
    const report: AdmissionReport = {
      kind: "pod-security",
      time: new Date().toISOString(),
      subject: `admission of ${workloads.length} workloads`,
      stack,
      chart: "",
      commit: commitOfCheckout(),
      cluster: await clusterOf(cluster),
      tool: `Pod Security admission of the API server, ${await serverVersion(cluster)}`,
      verdict: passed ? "passed" : "failed",
      level: podSecurity.level,
      workloads,
    };
    return { ...report, file: storeEvidence(evidenceFolder(stack, options.evidence), report) };
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    throw new UserError(cluster.unavailable(error), 2);
  }
}

const serverVersion = async (cluster: Cluster): Promise<string> =>
  (JSON.parse(await cluster.raw("/version")) as { gitVersion: string }).gitVersion;

/** A line a workload. */
export function formatAdmission(report: StoredAdmission): string {
  const rows = report.workloads.map(({ workload, namespace, admitted, badVariantRefused, words }) => [
    namespace,
    workload,
    admitted ? "yes" : "no",
    badVariantRefused ? "yes" : "no",
    words ?? "",
  ]);
  return [
    table(["NAMESPACE", "WORKLOAD", "ADMITTED", "BAD VARIANT REFUSED", "WHY NOT"], rows),
    `${report.subject}: ${report.verdict}`,
    `evidence: ${shown(report.file)}`,
  ].join("\n");
}
