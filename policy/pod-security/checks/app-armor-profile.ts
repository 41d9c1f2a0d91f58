import type { CheckedPod, Confinement } from "../../pods/checked-pod";
import { offenders, setters as settersOf } from "../../pods/pod-visitor";
import { containersText, type FieldPath, placeOf, placesOf, podSecurityCheck, show } from "../contract/check";
import { distinct, goQuote, plural, quoted } from "../contract/go-text";

const prefix = "container.apparmor.security.beta.kubernetes.io/";

const isBad = ({ appArmorProfile: type }: Confinement) =>
  type !== undefined && type !== "RuntimeDefault" && type !== "Localhost";
const isBadAnnotation = (value: string) =>
  value !== "" && value !== "runtime/default" && !value.startsWith("localhost/");

/** Keys of forbidden annotations, whatever container they name; null when there are none. */
function badAnnotations({ annotations }: CheckedPod): string[] | null {
  let found: string[] | null = null;
  for (const key in annotations) {
    if (key.startsWith(prefix) && isBadAnnotation(annotations[key] ?? "")) {
      found ??= [];
      found.push(key);
    }
  }
  return found;
}

function find(pod: CheckedPod) {
  const isPodBad = isBad(pod);
  const found = offenders(pod, isBad);
  const keys = badAnnotations(pod);
  if (!isPodBad && found === null && keys === null) return null;

  const { annotations } = pod;
  const setters: string[] = [];
  if (isPodBad) setters.push("pod");
  if (found) setters.push(containersText(found));
  const values = distinct(settersOf(pod, isPodBad, found).map(({ appArmorProfile }) => appArmorProfile ?? ""));
  if (keys) {
    setters.push(plural(keys.length, "annotation", "annotations"));
    values.push(...distinct(keys.map((key) => `${key}=${goQuote(annotations[key] ?? "")}`)));
  }
  return {
    reason: plural(values.length, "forbidden AppArmor profile", "forbidden AppArmor profiles"),
    detail: `${setters.join(" and ")} must not set AppArmor profile type to ${quoted(values)}`,
    places: () => [
      ...(isPodBad ? [placeOf(pod.spec, "securityContext.appArmorProfile.type")] : []),
      ...placesOf(found, "securityContext.appArmorProfile.type"),
      ...(keys ?? []).map(
        (key): FieldPath => ({
          container: key.slice(prefix.length),
          field: `metadata.annotations[${JSON.stringify(key)}]`,
          got: show(annotations[key]),
          want: "runtime/default, localhost/<profile> or unset",
          fix: `remove the annotation ${key}`,
        }),
      ),
    ],
  };
}

/** The AppArmor profile of the runtime must not be switched off.
 *  Fields: spec.securityContext and spec.{initContainers,containers,ephemeralContainers}[*].securityContext .appArmorProfile.type;
 *  allowed: RuntimeDefault, Localhost, unset. Annotations container.apparmor.security.beta.kubernetes.io/*; allowed: runtime/default,
 *  localhost/*, empty, unset. Upstream: policy/check_appArmorProfile.go. */
export const appArmorProfile = podSecurityCheck({
  id: "app-armor-profile",
  upstream: "appArmorProfile",
  level: "baseline",
  severity: "high",
  title: "The default AppArmor profile must stay on.",
  why: "Without it a process may touch kernel files and mounts that no container needs.",
  want: "RuntimeDefault, Localhost or unset",
  fix: "set appArmorProfile.type: RuntimeDefault or remove it",
  versions: [{ since: "v1.0", find }],
});
