/** Makes rules about objects: walks to the objects, pods or containers a rule is about and turns what it says into findings. */

import type { Finding, Manifest } from "../contract";
import { refOf } from "../manifest/manifest";
import { list, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { show } from "../pod-security/contract/check";
import { type ContainerType, containerTypes } from "../pods/container-types";
import { podTemplatesOf } from "../pods/pod-spec";
import { memoizeByManifests } from "./memoize";
import type { ObjectRule, RuleContext, RuleInfo } from "./rule";

/** What a rule says of one place. */
export interface Complaint {
  /** Field below the object, pod spec or container the rule was given. */
  readonly field: string;
  /** "pod" when the value found is the pod's, which the container takes over: the field is then below the pod spec. @default where the rule was asked */
  readonly at?: "pod";
  /** The value found: shown as JSON, so never one that may be secret; or, as `said`, words of the rule's own. */
  readonly got?: unknown;
  readonly said?: string;
  readonly want: string;
  /** Set when nobody could tell: it counts as a violation all the same. @default false */
  readonly undetermined?: boolean;
  /** When it differs from the rule's own. */
  readonly fix?: string;
}

/** A pod spec in an object. */
export interface PodAt {
  readonly manifest: Manifest;
  readonly spec: unknown;
  readonly metadata: unknown;
}

/** A container in a pod spec. */
export interface ContainerAt {
  readonly pod: PodAt;
  readonly node: unknown;
  readonly name: string;
  /** The list it stands in. */
  readonly type: ContainerType;
}

/** A rule about whole objects. */
export function objectRule(
  info: RuleInfo,
  evaluate: (manifest: Manifest, context: RuleContext, objects: readonly Manifest[]) => Iterable<Complaint>,
): ObjectRule {
  return {
    ...info,
    check: (objects, context) => {
      const findings: Finding[] = [];
      for (const manifest of objects)
        for (const complaint of evaluate(manifest, context, objects))
          findings.push(findingOf(info, manifest, context, "", complaint));
      return findings;
    },
  };
}

/** A rule about pods, wherever they stand: Deployment, Job, CronJob, a custom resource with a pod template. */
export function podRule(
  info: RuleInfo,
  evaluate: (pod: PodAt, context: RuleContext, objects: readonly Manifest[]) => Iterable<Complaint>,
): ObjectRule {
  return {
    ...info,
    check: (objects, context) => {
      const findings: Finding[] = [];
      for (const { pod, path } of podsOf(objects, context))
        for (const complaint of evaluate(pod, context, objects))
          findings.push(findingOf(info, pod.manifest, context, path, complaint));
      return findings;
    },
  };
}

/** A rule about containers: init, normal and ephemeral ones. */
export function containerRule(
  info: RuleInfo,
  evaluate: (container: ContainerAt, context: RuleContext, objects: readonly Manifest[]) => Iterable<Complaint>,
): ObjectRule {
  return {
    ...info,
    check: (objects, context) => {
      const findings: Finding[] = [];
      for (const { container, path, podPath } of containersOf(objects, context)) {
        for (const complaint of evaluate(container, context, objects)) {
          const place = complaint.at === "pod" ? podPath : path;
          findings.push(findingOf(info, container.pod.manifest, context, place, complaint, container.name));
        }
      }
      return findings;
    },
  };
}

const podsOf = memoizeByManifests((objects, { settings }): readonly { pod: PodAt; path: string }[] =>
  objects.flatMap((manifest) =>
    podTemplatesOf(manifest.object, settings?.podKinds).map(({ template, path }) => ({
      pod: { manifest, ...template },
      path: join(path, "spec"),
    })),
  ),
);

const containersOf = memoizeByManifests(
  (objects, context): readonly { container: ContainerAt; path: string; podPath: string }[] =>
    podsOf(objects, context).flatMap(({ pod, path: podPath }) =>
      containerTypes.flatMap((type) =>
        list(pod.spec, type).map((node, index) => ({
          container: { pod, node, type, name: text(node, "name") || "?" },
          path: join(podPath, `${type}[${index}]`),
          podPath,
        })),
      ),
    ),
);

function findingOf(
  info: RuleInfo,
  manifest: Manifest,
  context: RuleContext,
  path: string,
  complaint: Complaint,
  container?: string,
): Finding {
  const unknown = complaint.got === UNKNOWN;
  return {
    rule: info.id,
    severity: info.severity,
    object: refOf(manifest.object, context.namespace),
    containers: container === undefined ? [] : [container],
    field: join(path, complaint.field),
    got: unknown ? "a value unknown until deployment" : (complaint.said ?? show(complaint.got)),
    want: complaint.want,
    fix: complaint.fix ?? info.fix,
    ...(manifest.file !== undefined && { file: manifest.file }),
    outcome: unknown || complaint.undetermined ? "undetermined" : "fail",
  };
}

function join(path: string, field: string): string {
  if (path === "" || field === "") return path + field;
  return field.startsWith("[") ? path + field : `${path}.${field}`;
}
