import type { Confinement } from "../../pods/checked-pod";
import type { SeLinuxOptions } from "../../pods/pod-types";
import { offenders, setters } from "../../pods/pod-visitor";
import { type FieldPath, type Find, podSecurityCheck, settersText, show } from "../contract/check";
import { distinct, plural, quoted } from "../contract/go-text";

const types_1_0: ReadonlySet<string> = new Set(["", "container_t", "container_init_t", "container_kvm_t"]);
const types_1_31: ReadonlySet<string> = new Set([...types_1_0, "container_engine_t"]);

const isSet = (value: string | undefined) => value !== undefined && value !== "";

function placesIn(options: SeLinuxOptions = {}, at: string, types: ReadonlySet<string>): FieldPath[] {
  const bad = (key: keyof SeLinuxOptions, want: string): FieldPath => ({
    field: `${at}securityContext.seLinuxOptions.${key}`,
    got: show(options[key]),
    want,
  });
  return [
    ...(types.has(options.type ?? "") ? [] : [bad("type", [...types].filter(Boolean).join(", "))]),
    ...(isSet(options.user) ? [bad("user", "unset")] : []),
    ...(isSet(options.role) ? [bad("role", "unset")] : []),
  ];
}

function finder(types: ReadonlySet<string>): Find {
  const isBad = ({ seLinuxOptions: options }: Confinement) =>
    options !== undefined && (!types.has(options.type ?? "") || isSet(options.user) || isSet(options.role));

  return (pod) => {
    const isPodBad = isBad(pod);
    const found = offenders(pod, isBad);
    if (!isPodBad && found === null) return null;

    const all = setters(pod, isPodBad, found);
    const badTypes: string[] = [];
    let hasUser = false;
    let hasRole = false;
    for (const { seLinuxOptions: { type = "", user, role } = {} } of all) {
      if (!types.has(type)) badTypes.push(type);
      hasUser ||= isSet(user);
      hasRole ||= isSet(role);
    }
    const data: string[] = [];
    const shown = distinct(badTypes);
    if (shown.length > 0) data.push(`${plural(shown.length, "type", "types")} ${quoted(shown)}`);
    if (hasUser) data.push("user may not be set");
    if (hasRole) data.push("role may not be set");
    return {
      reason: "seLinuxOptions",
      detail: `${settersText(isPodBad, found)} set forbidden securityContext.seLinuxOptions: ${data.join("; ")}`,
      places: () => [
        ...placesIn(pod.seLinuxOptions, "", types),
        ...(found ?? []).flatMap(({ name, path, source }) =>
          placesIn(source.securityContext?.seLinuxOptions, `${path}.`, types).map((place) => ({
            container: name,
            ...place,
          })),
        ),
      ],
    };
  };
}

/** Only SELinux types made for containers, and no user or role of one's own.
 *  Fields: spec.securityContext and spec.{initContainers,containers,ephemeralContainers}[*].securityContext .seLinuxOptions.{type,user,role};
 *  allowed: the types above or "" or unset; user and role "" or unset.
 *  Upstream: policy/check_seLinuxOptions.go; container_engine_t since 1.31. */
export const seLinuxOptions = podSecurityCheck({
  id: "se-linux-options",
  upstream: "seLinuxOptions",
  level: "baseline",
  severity: "high",
  title: "SELinux options must be ones made for containers.",
  why: "A custom type or user can switch off the separation of containers from the node and from each other.",
  want: "a container type, no user, no role",
  fix: "remove it from seLinuxOptions",
  versions: [
    { since: "v1.0", find: finder(types_1_0) },
    { since: "v1.31", find: finder(types_1_31) },
  ],
});
