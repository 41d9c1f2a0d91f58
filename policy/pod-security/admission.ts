/** The answer of Pod Security admission to a pod in a namespace, in its own words. Upstream: admission/admission.go, EvaluatePod. Pure. */
import { evaluatePod, type PodSecurityResult } from "./evaluate-pod";
import type { LevelVersion, NamespacePolicy } from "./namespace";

export interface Admission {
  /** False when the API server refuses the pod. Controllers are never refused, only warned about: their pods are refused later. */
  readonly allowed: boolean;
  /** `violates PodSecurity "restricted:latest": …`, when it is refused. */
  readonly error?: string;
  /** What the person who asked is shown; none when the pod is refused anyway. */
  readonly warnings: readonly string[];
  /** What the audit log gets. */
  readonly audit?: string;
  /** The judgement behind `enforce`, with findings. */
  readonly enforced: PodSecurityResult;
}

/** Judges a pod, or with `kind` "PodTemplate" a controller's template, by all three modes of a policy. */
export function admit(pod: unknown, policy: NamespacePolicy, kind: "Pod" | "PodTemplate"): Admission {
  const judge = ({ level, version }: LevelVersion) => evaluatePod(pod, level, version, { kind });
  const says = (verb: string, { level, version }: LevelVersion, { detail }: PodSecurityResult) =>
    `${verb} PodSecurity "${level}:${version}": ${detail}`;

  const enforced = judge(policy.enforce);
  const isRefused = kind === "Pod" && !enforced.allowed;
  const audited = judge(policy.audit);
  const warned = judge(policy.warn);
  return {
    allowed: !isRefused,
    ...(isRefused && { error: says("violates", policy.enforce, enforced) }),
    warnings: isRefused || warned.allowed ? [] : [says("would violate", policy.warn, warned)],
    ...(!audited.allowed && { audit: says("would violate", policy.audit, audited) }),
    enforced,
  };
}
