import { type Cluster, unlessForbidden } from "./cluster";

/**
 * Secrets managed outside of the stack that changed under running pods. An environment variable keeps the value it had when the
 * container started, so the next run restarts those pods: it writes the time of the change into their template. Pods that were
 * restarted in another way meanwhile (Reloader, a user) have the new value and are not restarted again.
 */

/** Annotation of a pod template: when the Secrets changed that its pods were last restarted for. */
const annotation = "hardened.pulumi/secrets-changed";

/** Deployment → when the Secrets its pods read changed, as a date in ISO 8601. Deployments whose pods never missed a change are not in it. */
export type SecretChanges = Readonly<Record<string, string>>;

interface Container {
  readonly name: string;
  readonly envFrom?: readonly { readonly secretRef?: { readonly name: string } }[];
  readonly env?: readonly { readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string } } }[];
}

/** What is read of a Deployment or a pod. */
export interface WorkloadObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly Container[] };
    };
    readonly containers?: readonly Container[];
  };
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly running?: { readonly startedAt: string } };
    }[];
  };
}

/** What is read of a Secret: never a value. */
export interface SecretMetadata {
  readonly creationTimestamp: string;
  readonly managedFields?: readonly { readonly time?: string; readonly fieldsV1?: Readonly<Record<string, unknown>> }[];
}

/** When the data of a Secret last changed: the latest time of a managed-fields entry that owns `data`, else its creation. */
export const changedAt = ({ creationTimestamp, managedFields = [] }: SecretMetadata): string =>
  managedFields
    .flatMap(({ time, fieldsV1 = {} }) => ("f:data" in fieldsV1 && time !== undefined ? [time] : []))
    .reduce(later, creationTimestamp);

/** Both are in UTC to the second, as the API server writes them. */
const later = (a: string, b: string): string => (a > b ? a : b);

const secretsOf = ({ envFrom = [], env = [] }: Container): string[] => [
  ...envFrom.flatMap(({ secretRef }) => (secretRef ? [secretRef.name] : [])),
  ...env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [valueFrom.secretKeyRef.name] : [])),
];

/** Secrets whose keys are variables of a Deployment's pods. */
const readBy = ({ spec }: WorkloadObject): string[] => (spec.template?.spec.containers ?? []).flatMap(secretsOf);

const isPodOf = (pod: WorkloadObject, { spec }: WorkloadObject): boolean =>
  Object.entries(spec.selector?.matchLabels ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value);

/** Whether a container runs that started before a Secret it reads changed; in the same second counts as before. */
const missed = ({ spec, status }: WorkloadObject, changes: SecretChanges): boolean =>
  (spec.containers ?? []).some((container) => {
    const started = status?.containerStatuses?.find(({ name }) => name === container.name)?.state?.running?.startedAt;
    return started !== undefined && secretsOf(container).some((secret) => started <= (changes[secret] ?? ""));
  });

/**
 * For each Deployment the latest change of a Secret that its pods have to be restarted for, or were.
 * @param objects Deployments and pods of one namespace
 * @param changes Secret → when it changed
 */
export function missedChanges(objects: readonly WorkloadObject[], changes: SecretChanges): SecretChanges {
  const pods = objects.filter(({ kind }) => kind === "Pod");
  return Object.fromEntries(
    objects
      .filter(({ kind }) => kind === "Deployment")
      .flatMap((deployment) => {
        const before = deployment.spec.template?.metadata?.annotations?.[annotation];
        const isMissed = pods.some((pod) => isPodOf(pod, deployment) && missed(pod, changes));
        const change = isMissed ? readBy(deployment).reduce((last, name) => later(last, changes[name] ?? ""), "") : "";
        const written = change || before;
        return written === undefined ? [] : [[deployment.metadata.name, written]];
      }),
  );
}

/** The same for a live release; empty when the user lacks the permission. Throws ClusterUnavailable. */
export const observeSecretChanges = (cluster: Cluster, namespace: string, release: string): Promise<SecretChanges> =>
  unlessForbidden(changesIn(cluster, namespace, release), {});

async function changesIn(cluster: Cluster, namespace: string, release: string): Promise<SecretChanges> {
  const selector = `app.kubernetes.io/instance=${release}`;
  const objects = await cluster.list<WorkloadObject>("deployments,pods", { namespace, selector });
  const names = [...new Set(objects.filter(({ kind }) => kind === "Deployment").flatMap(readBy))];
  const changes = await Promise.all(names.map((name) => changeOf(cluster, namespace, name)));
  return missedChanges(objects, Object.fromEntries(changes.flat()));
}

/** Not all of the metadata: what `kubectl apply` keeps in an annotation there holds the values. */
const metadataRead = '{.metadata.creationTimestamp}{"\\n"}{.metadata.managedFields}';

async function changeOf(cluster: Cluster, namespace: string, name: string): Promise<[string, string][]> {
  const args = ["secret", name, "-n", namespace, "--ignore-not-found", "--show-managed-fields"];
  const text = await cluster.kubectl(["get", ...args, "-o", `jsonpath=${metadataRead}`]);
  if (text === "") return [];
  const [creationTimestamp = "", managedFields = ""] = text.split("\n");
  return [[name, changedAt({ creationTimestamp, managedFields: JSON.parse(managedFields || "[]") })]];
}

/** The annotation of the pods of some Deployments, for a chart's values; none when they never missed a change. */
export function restartAnnotations(
  changes: SecretChanges = {},
  deployments = Object.keys(changes),
): Record<string, string> {
  const last = deployments.reduce((time, name) => later(time, changes[name] ?? ""), "");
  return last === "" ? {} : { [annotation]: last };
}
