/** Makes rules about objects that select pods: one that selects none does nothing, and nobody notices. */
import type { JsonObject, Manifest } from "../contract";
import { text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { deliveryOf } from "./delivery";
import { meets } from "./hooks";
import { memoizeByManifests } from "./memoize";
import { objectRule } from "./object-rule";
import { podMakingNamespaces } from "./pod-makers";
import type { ObjectRule, RuleInfo } from "./rule";
import { seesAll } from "./scope";
import { candidates } from "./selected";
import { anyOf, type Truth } from "./selector";
import { namespaceOf, type Workload } from "./workload";

/** What selects pods in an object; undefined when the object selects none on purpose. */
export interface Selecting {
  readonly field: string;
  /** Labels all of which it asks for, as far as it does. */
  readonly matchLabels: unknown;
  readonly selects: (labels: unknown) => Truth;
  /** Whether it may be for pods of a hook alone. @default false */
  readonly ofHooks?: true;
}

/** Groups of other makers whose objects never run pods. */
const podlessGroups = (
  "argoproj.io cert-manager.io cilium.io external-secrets.io gatekeeper.sh k8s.io keda.sh kyverno.io metallb.io monitoring.coreos.com " +
  "networking.istio.io projectcalico.org security.istio.io source.toolkit.fluxcd.io telemetry.istio.io traefik.io"
).split(" ");

/** Kinds of these groups that do all the same, out of templates nobody sees. */
const podKinds = new Set(
  "Alertmanager ArgoCD CronWorkflow EventBus EventSource Prometheus PrometheusAgent Sensor ThanosRuler Workflow".split(
    " ",
  ),
);

/** True when the object may have pods that no template shows: any object of another maker may, through its operator. What a GitOps object delivers of this
 *  project is in view beside it. */
function mayRunPods({ object }: Manifest): boolean {
  const [group = "", version] = text(object, "apiVersion").split("/");
  if (version === undefined || !group.includes(".") || deliveryOf(object) !== undefined) return false;
  const podless = podlessGroups.some((one) => group === one || group.endsWith(`.${one}`));
  return !podless || podKinds.has(text(object, "kind"));
}

/** Namespaces with such objects, since an operator runs the pods of an object beside it, and those of programs that may make or label pods themselves. */
const withHiddenPods = memoizeByManifests((objects, context) => {
  const beside = objects.filter(mayRunPods).map((manifest) => namespaceOf(manifest, context));
  return new Set([...beside, ...podMakingNamespaces(objects, context)]);
});

/** A rule about one kind of object; `selecting` says what it selects. Not asked of a single resource, nor in a namespace where a program may make or label
 *  pods or where no workload is in view: its pods come from elsewhere. */
export function selectsNothingRule(
  info: RuleInfo,
  selecting: (object: JsonObject) => Selecting | undefined,
): ObjectRule {
  return objectRule(info, function* (manifest, context, objects) {
    if (!seesAll(context)) return;
    const selector = selecting(manifest.object);
    const namespace = namespaceOf(manifest, context);
    if (selector === undefined || withHiddenPods(objects, context).has(namespace)) return;
    const podsOf = (matchLabels: unknown): Workload[] =>
      candidates(objects, context, namespace, matchLabels).filter(
        (workload) => selector.ofHooks === true || meets(workload.manifest, manifest),
      );
    if (podsOf(undefined).length === 0) return;
    const pods = podsOf(selector.matchLabels);
    const truth = anyOf(pods.map(({ labels }) => selector.selects(labels)));
    const complaint = { field: selector.field, want: "one that selects pods" };
    if (truth === UNKNOWN) yield { ...complaint, got: UNKNOWN };
    else if (!truth) yield { ...complaint, said: "one that selects none of the pods here" };
  });
}
