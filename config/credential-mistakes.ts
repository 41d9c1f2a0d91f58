import type { z } from "zod";
import { explainConfig } from "../policy/config/explain-config";

/** One key of a system's credentials that its configuration asks for. */
export interface NeededCredential {
  /** Key below `hardened:<name>Credentials`. */
  readonly key: string;
  /** Key path below the system's configuration that requires it. */
  readonly by: string;
}

interface Asked {
  /** Type of the credentials. */
  readonly type: z.ZodType;
  /** The system's configuration, with what its environment adds. */
  readonly config: unknown;
  /** What the stack's file has as credentials. */
  readonly given: unknown;
  /** Keys that the configuration requires. @default all, when `credentials.from` is config */
  readonly needed?: ((config: never) => readonly NeededCredential[]) | undefined;
}

/** Errors of a system's credentials: they must be in the stack's configuration exactly when the system reads them from there. */
export function credentialMistakes({ type, config, given, needed }: Asked, project: string, name: string): string[] {
  const { enabled, credentials } = config as { enabled?: boolean; credentials?: { from?: string } };
  const key = `${project}:${name}Credentials`;
  if (enabled === false) return [];
  if (needed !== undefined) return keyMistakes(needed(config as never), given, `${project}:${name}`);
  if (credentials === undefined) return [];
  if (credentials.from !== "config") {
    if (given === undefined || given === null) return [];
    return [`${key} and ${project}:${name}.credentials (from: ${credentials.from}) are both set: choose one`];
  }
  const { error } = type.safeParse({});
  if (given !== undefined || !error) return [];
  const off = `${project}:${name}.enabled: false`;
  return [
    ...explainConfig(error, type, key),
    ...(enabled ? [`${key}: missing, and this stack runs ${name}; set its credentials as above, or ${off}`] : []),
  ];
}

/** The same, key by key; unknown keys are reported by the type. */
function keyMistakes(needed: readonly NeededCredential[], given: unknown, system: string): string[] {
  const there = typeof given === "object" && given !== null ? Object.keys(given) : [];
  const asked = needed.map(({ key }) => key);
  const [, name = ""] = system.split(":");
  return [
    ...needed
      .filter(({ key }) => !there.includes(key))
      .map(
        ({ key, by }) =>
          `${system}Credentials.${key}: missing; ${system}.${by} asks for it: pulumi config set --secret --path ${name}Credentials.${key}`,
      ),
    ...there
      .filter((key) => !asked.includes(key))
      .map((key) => `${system}Credentials.${key}: nothing of ${system} reads it; remove it`),
  ];
}
