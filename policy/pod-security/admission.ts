/** The answer of Pod Security admission to a pod in a namespace, in its own words. Upstream: admission/admission.go, EvaluatePod. Pure. */
import { read, text } from "../manifest/read";
import { evaluatePod, type PodSecurityResult } from "./evaluate-pod";
import {
  type Exemptions,
  exemptBy,
  type LevelVersion,
  type Mode,
  type NamespacePolicy,
  namespacePolicy,
  unlabelled,
} from "./namespace";

export interface Admission {
  /** False when the API server refuses the pod. Controllers are never refused, only warned about: their pods are refused later. */
  readonly allowed: boolean;
  /** `violates PodSecurity "restricted:latest": …`, when it is refused. */
  readonly error?: string;
  /** What the person who asked is shown; none when the pod is refused anyway. */
  readonly warnings: readonly string[];
  /** What the audit log gets. */
  readonly audit?: string;
  /** The evaluation behind `enforce`, with findings. */
  readonly enforced: PodSecurityResult;
}

/** Evaluates a pod, or with `kind` "PodTemplate" a controller's template, by all three modes of a policy. `emulation` is as in EvaluateOptions. */
export function admit(
  pod: unknown,
  policy: NamespacePolicy,
  kind: "Pod" | "PodTemplate",
  emulation?: string,
): Admission {
  const options = { kind, ...(emulation !== undefined && { emulation }) };
  const evaluate = ({ level, version }: LevelVersion) => evaluatePod(pod, level, version, options);
  const says = (verb: string, { level, version }: LevelVersion, { detail }: PodSecurityResult) =>
    `${verb} PodSecurity "${level}:${version}": ${detail}`;

  const enforced = evaluate(policy.enforce);
  const isRefused = kind === "Pod" && !enforced.allowed;
  const audited = evaluate(policy.audit);
  const warned = evaluate(policy.warn);
  return {
    allowed: !isRefused,
    ...(isRefused && { error: says("violates", policy.enforce, enforced) }),
    warnings: isRefused || warned.allowed ? [] : [says("would violate", policy.warn, warned)],
    ...(!audited.allowed && { audit: says("would violate", policy.audit, audited) }),
    enforced,
  };
}

/** Who asks for which pod where. */
export interface AdmissionRequest {
  readonly pod: unknown;
  /** "PodTemplate" for a controller's template. */
  readonly kind: "Pod" | "PodTemplate";
  readonly namespace: { readonly name: string; readonly labels?: Readonly<Record<string, unknown>> | undefined };
  /** Name of the user who makes the pod. @default nobody who is exempt */
  readonly user?: string | undefined;
}

/** What the API server's own configuration says (PodSecurityConfiguration): the policy of namespaces without labels, and who is exempt. */
export interface AdmissionConfiguration {
  /** @default privileged, latest, in every mode */
  readonly defaults?: NamespacePolicy;
  /** @default nobody */
  readonly exemptions?: Exemptions;
  /** Version of the API server, e.g. "v1.31". @default the newest known here */
  readonly emulation?: string;
}

/** What becomes of a request. */
export interface Reviewed extends Admission {
  /** By what the request is exempt: it is allowed then, and nothing is said. */
  readonly exempt?: "namespace" | "user" | "runtimeClass";
  /** Labels of the namespace that cannot be read, in upstream's words. The policy is what it falls back to. */
  readonly labels: readonly string[];
}

/** Answers as the admission of a whole API server: labels, defaults, exemptions, all three modes. */
export function review(
  request: AdmissionRequest,
  { defaults, exemptions = {}, emulation }: AdmissionConfiguration = {},
): Reviewed {
  const { pod, kind, namespace, user } = request;
  const { policy, errors } = namespacePolicy(namespace.labels, defaults);
  const runtimeClass = text(pod, "spec", "runtimeClassName");
  const exempt = exemptBy({ namespace: namespace.name, username: user, runtimeClass }, exemptions);
  return {
    ...admit(pod, exempt === null ? policy : unlabelled, kind, emulation),
    labels: errors,
    ...(exempt !== null && { exempt }),
  };
}

/** Reads the `defaults` and `exemptions` of a PodSecurityConfiguration (pod-security.admission.config.k8s.io/v1): the configuration, or what is wrong
 *  with it as whole sentences; upstream refuses to start with such a one. A level left out is privileged, a version latest. */
export function readConfiguration(given: unknown): { configuration: AdmissionConfiguration; mistakes: string[] } {
  const mistakes: string[] = [];
  const levelOf = (mode: Mode): LevelVersion => {
    const { policy, errors } = namespacePolicy(labelsFrom(read(given, "defaults"), mode));
    mistakes.push(...errors.map((error) => error.replace(/^metadata\.labels\[[^/]*\/([\w-]+)\]/, "defaults.$1")));
    return policy[mode];
  };
  const defaults = { enforce: levelOf("enforce"), audit: levelOf("audit"), warn: levelOf("warn") };
  const names = (key: keyof Exemptions): Exemptions => {
    const list = read(given, "exemptions", key) ?? [];
    if (Array.isArray(list) && list.every((name) => typeof name === "string" && name !== "")) return { [key]: list };
    mistakes.push(`exemptions.${key} must be a list of names`);
    return {};
  };
  const exemptions = { ...names("usernames"), ...names("namespaces"), ...names("runtimeClasses") };
  return { configuration: { defaults, exemptions }, mistakes };
}

/** Labels that say what the defaults say of one mode: both are read by the same rules. An empty level or version counts as left out. */
function labelsFrom(defaults: unknown, mode: Mode): Record<string, unknown> {
  const said = [mode, `${mode}-version`].map(
    (key) => [`pod-security.kubernetes.io/${key}`, read(defaults, key)] as const,
  );
  return Object.fromEntries(said.filter(([, value]) => value !== undefined && value !== null && value !== ""));
}
