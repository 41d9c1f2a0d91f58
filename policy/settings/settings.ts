/** Reads `<project>:policy` of a stack's configuration: the settings, or every mistake in them with its place. Never quotes a value. */

import { rules } from "../rules/rules";
import { neverExempt } from "./exemptions";
import { type PolicySettings, policySettings } from "./settings-schema";

/** Settings, or what is wrong with them as whole sentences. */
export type ReadSettings = { readonly settings?: PolicySettings; readonly mistakes: readonly string[] };

/** Reads the value of `name` ("hardened:policy"): an object, or JSON of one as the engine gives it; nothing when undefined. */
export function readSettings(value: unknown, name: string): ReadSettings {
  if (value === undefined) return { mistakes: [] };
  const parsed = policySettings.safeParse(typeof value === "string" ? parseJson(value) : value);
  if (parsed.success) return { settings: parsed.data, mistakes: unknownRules(parsed.data, name) };
  const mistakes = parsed.error.issues.flatMap((issue) => {
    const at = place(name, issue.path);
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => `${at}.${key} is no key of the policy's settings`);
    return [`${at}: ${issue.message.replace(/^Invalid input: /, "")}`];
  });
  return { mistakes };
}

/** Rules an exemption names that do not exist or cannot be exempted. */
export function unknownRules({ exemptions }: PolicySettings, name: string): string[] {
  const ids = new Set(rules.map(({ id }) => id));
  return exemptions.flatMap(({ rule }, index) => {
    const at = `${name}.exemptions[${index}].rule`;
    if (!ids.has(rule)) return [`${at}: there is no such rule; the catalogue of checks lists all`];
    return neverExempt.includes(rule) ? [`${at}: nobody can be exempt from it`] : [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function place(name: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((at, key) => (typeof key === "number" ? `${at}[${key}]` : `${at}.${String(key)}`), name);
}
