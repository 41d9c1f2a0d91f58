/** Reads `<project>:policy` of a stack's configuration: the settings, or all their errors with key paths. Messages contain no values. */

import { explainConfig } from "../config/explain-config";
import { nearest } from "../config/nearest";
import { parseJson } from "../config/parse-json";
import { type PolicySettings, policySettings } from "../settings/settings-schema";
import { rules } from "./catalogue";
import { neverExempt } from "./exemptions";

/** Settings, or what is wrong with them as whole sentences. */
export type ReadSettings = { readonly settings?: PolicySettings; readonly mistakes: readonly string[] };

/** Reads the value of `name` ("hardened:policy"): an object, or JSON of one as the engine gives it; nothing when undefined. */
export function readSettings(value: unknown, name: string): ReadSettings {
  if (value === undefined) return { mistakes: [] };
  const parsed = policySettings.safeParse(typeof value === "string" ? parseJson(value) : value);
  return parsed.success
    ? { settings: parsed.data, mistakes: unknownRules(parsed.data, name) }
    : { mistakes: explainConfig(parsed.error, policySettings, name) };
}

/** Rules an exemption names that do not exist or cannot be exempted. */
export function unknownRules({ exemptions }: PolicySettings, name: string): string[] {
  const ids = rules.map(({ id }) => id);
  return exemptions.flatMap(({ rule }, index) => {
    const at = `${name}.exemptions[${index}].rule`;
    const meant = nearest(rule, ids);
    const hint = meant === undefined ? "the catalogue of checks lists all" : `did you mean "${meant}"?`;
    if (!ids.includes(rule)) return [`${at}: there is no such rule; ${hint}`];
    return neverExempt.includes(rule) ? [`${at}: nobody can be exempt from it`] : [];
  });
}
