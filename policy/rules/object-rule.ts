/** Makes rules about objects: walks to the objects, pods or containers a rule is about and turns what it says into findings. */

import type { DeclaredReason, Finding, Manifest } from "../contract";
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
  /** The reason an annotation of the pod declares: the complaint is then no finding. "" for none. @default none */
  readonly declared?: string;
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
  return ruleOf(info, function* (objects, context) {
    for (const manifest of objects)
      for (const complaint of evaluate(manifest, context, objects)) yield { manifest, path: "", complaint };
  });
}

/** A rule about pods, wherever they stand: Deployment, Job, CronJob, a custom resource with a pod template. `declares` where complaints have reasons. */
export function podRule(
  info: RuleInfo,
  evaluate: (pod: PodAt, context: RuleContext, objects: readonly Manifest[]) => Iterable<Complaint>,
  declares = false,
): ObjectRule {
  const complaints: Complaints = function* (objects, context) {
    for (const { pod, path } of podsOf(objects, context))
      for (const complaint of evaluate(pod, context, objects)) yield { manifest: pod.manifest, path, complaint };
  };
  return ruleOf(info, complaints, declares);
}

/** A rule about containers: init, normal and ephemeral ones. `declares` where complaints have reasons. */
export function containerRule(
  info: RuleInfo,
  evaluate: (container: ContainerAt, context: RuleContext, objects: readonly Manifest[]) => Iterable<Complaint>,
  declares = false,
): ObjectRule {
  const complaints: Complaints = function* (objects, context) {
    for (const { container, path, podPath } of containersOf(objects, context)) {
      const { manifest } = container.pod;
      for (const complaint of evaluate(container, context, objects))
        yield { manifest, path: complaint.at === "pod" ? podPath : path, complaint, container: container.name };
    }
  };
  return ruleOf(info, complaints, declares);
}

/** A complaint where it belongs. */
interface Located {
  readonly manifest: Manifest;
  readonly path: string;
  readonly complaint: Complaint;
  readonly container?: string;
}

type Complaints = (objects: readonly Manifest[], context: RuleContext) => Iterable<Located>;

function ruleOf(info: RuleInfo, complaints: Complaints, declares = false): ObjectRule {
  return {
    ...info,
    check: (objects, context) => {
      const findings: Finding[] = [];
      for (const one of complaints(objects, context))
        if (!one.complaint.declared) findings.push(findingOf(info, context, one));
      return findings;
    },
    ...(declares && {
      declared: (objects, context) => {
        const found = new Map<string, DeclaredReason>();
        for (const { manifest, complaint } of complaints(objects, context)) {
          if (!complaint.declared) continue;
          const object = refOf(manifest.object, context.namespace);
          const one = { rule: info.id, object, reason: complaint.declared };
          found.set(JSON.stringify(one), one);
        }
        return [...found.values()];
      },
    }),
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

function findingOf(info: RuleInfo, context: RuleContext, { manifest, path, complaint, container }: Located): Finding {
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
