import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/project";
import { examples } from "../../systems/zen/examples";
import { modeKeys, profileNames, profiles, requirements, valueAt, wantedOf } from "../../systems/zen/profiles";
import { markdownTable, withPart } from "./table";

/** The guide to the profiles of zen-agent. */

const file = "charts/zen-agent/PROFILES_AND_VALUES.md";
const words = (list: readonly string[]): string => list.map((one) => `\`${one}\``).join(", ");

/** Value of each profile's example at a path of keys. */
const inExamples = (path: string): unknown[] => profileNames.map((name) => valueAt(examples[name].values, path));

/** What the pods of a part ask for and may use, by profile. */
const cost = (part: string): string[] =>
  profileNames.map((name) => {
    const at = (path: string): unknown => valueAt(examples[name].values, `${part}${path}`);
    const pods = at("replicaCount") === 1 ? "1 pod" : `${at("replicaCount")} pods`;
    const amount = (kind: string): string => `${at(`resources.${kind}.cpu`)} and ${at(`resources.${kind}.memory`)}`;
    return `${pods} of ${amount("requests")}, at most ${amount("limits")}`;
  });

const tls = (): string[] =>
  inExamples("tls").map((value) =>
    valueAt(value, "enabled") === true ? `on, \`${valueAt(value, "source")}\`` : "off",
  );

const token = (): string[] =>
  inExamples("saas").map((value) =>
    valueAt(value, "externalSecret.enabled") === true
      ? "an external store"
      : "an existing Secret, or `saas.clusterToken`",
  );

function profileTable(): string {
  return markdownTable(
    ["profile", ...words(profileNames).split(", ")],
    [
      ["for", ...profileNames.map((name) => profiles[name].summary)],
      ["agent", ...cost("")],
      ["watcher", ...cost("zen-watcher.")],
      ["mutual TLS", ...tls()],
      ["bootstrap token", ...token()],
      ["RBAC", ...inExamples("rbac.mode").map((mode) => `\`${mode}\``)],
      ["NetworkPolicy", ...inExamples("networkPolicy.enabled").map((on) => (on === true ? "on" : "off"))],
      ["registries of images", ...profileNames.map((name) => words(profiles[name].registries))],
      ["SaaS by `http`", ...profileNames.map((name) => (profiles[name].http ? "may be" : "refused"))],
      ["policy pack as in", ...profileNames.map((name) => `\`${profiles[name].environment}\``)],
    ],
  );
}

const modeTable = (): string =>
  markdownTable(
    ["key", ...profileNames],
    modeKeys.map((key) => [`\`${key}\``, ...profileNames.map((name) => words(profiles[name].modes[key]))]),
  );

const requirementTable = (): string =>
  markdownTable(
    ["feature", "key", "asked for", "refused in", "told of in", "without it", "controls", "threats"],
    requirements.map((one) => [
      one.production ? `**${one.feature}**` : one.feature,
      words(one.keys),
      wantedOf(one),
      one.profiles.join(", "),
      profileNames.filter((name) => !one.profiles.includes(name)).join(", "),
      one.without,
      one.controls.join(", "),
      one.threats.join(", "),
    ]),
  );

/** charts/zen-agent/PROFILES_AND_VALUES.md with its tables. */
export function zenGuide(): string {
  const parts = { profiles: profileTable, modes: modeTable, requirements: requirementTable };
  return Object.entries(parts).reduce(
    (text, [name, make]) => withPart(file, text, name, make()),
    readFileSync(join(projectRoot, file), "utf8"),
  );
}
