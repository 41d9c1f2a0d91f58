/** What a namespace's labels ask of its pods, and who is exempt. Upstream: api/helpers.go (PolicyToEvaluate), admission/admission.go. Pure. */
import type { Level } from "../contract";
import { goQuote } from "./contract/go-text";
import { compareLevels, levelExpected, parseLevel, parseVersion, versionExpected } from "./version";

export type Mode = "enforce" | "audit" | "warn";

/** A level at a version: "latest" or "v1.<n>". */
export interface LevelVersion {
  readonly level: Level;
  readonly version: string;
}

/** What each mode is evaluated by. */
export type NamespacePolicy = Readonly<Record<Mode, LevelVersion>>;

/** What the API server assumes where a label is missing, unless its own configuration says otherwise. */
export const unlabelled: NamespacePolicy = {
  enforce: { level: "privileged", version: "latest" },
  audit: { level: "privileged", version: "latest" },
  warn: { level: "privileged", version: "latest" },
};

/** The policy of a namespace with these labels. There always is one: a level of `enforce` that cannot be read means restricted, one of
 *  `audit` or `warn` privileged, a version latest; `errors` says so in upstream's words. A stricter `enforce` also warns when no `warn` is set. */
export function namespacePolicy(
  labels: Readonly<Record<string, unknown>> | null | undefined,
  defaults: NamespacePolicy = unlabelled,
): { readonly policy: NamespacePolicy; readonly errors: readonly string[] } {
  const errors: string[] = [];
  const label = (key: string) => {
    const name = `pod-security.kubernetes.io/${key}`;
    return labels && Object.hasOwn(labels, name) ? { name, value: labels[name] } : null;
  };
  const parsed = <T>(key: string, parse: (text: string) => T | null, expected: string, fallback: T, missing: T): T => {
    const found = label(key);
    if (found === null) return missing;
    const value = typeof found.value === "string" ? parse(found.value) : null;
    if (value !== null) return value;
    const shown = typeof found.value === "string" ? goQuote(found.value) : typeof found.value;
    errors.push(`metadata.labels[${found.name}]: Invalid value: ${shown}: ${expected}`);
    return fallback;
  };
  const versionText = (text: string) => (parseVersion(text) === null ? null : text);
  const mode = (key: Mode, onBadLevel: Level): LevelVersion => ({
    level: parsed(key, parseLevel, levelExpected, onBadLevel, defaults[key].level),
    version: parsed(`${key}-version`, versionText, versionExpected, "latest", defaults[key].version),
  });

  const enforce = mode("enforce", "restricted");
  const isEnforceSet = parseLevel(String(label("enforce")?.value)) !== null;
  const audit = mode("audit", "privileged");
  const warn = mode("warn", "privileged");
  const warnsLess = label("warn") === null && isEnforceSet && compareLevels(enforce.level, warn.level) > 0;
  const warnVersion = label("warn-version") === null ? enforce.version : warn.version;
  return {
    policy: { enforce, audit, warn: warnsLess ? { level: enforce.level, version: warnVersion } : warn },
    errors,
  };
}

/** Names the API server's configuration excuses from Pod Security, each matched exactly. */
export interface Exemptions {
  readonly usernames?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly runtimeClasses?: readonly string[];
}

/** Who asks for which pod. */
interface Request {
  readonly username?: string | null;
  readonly namespace?: string | null;
  /** `spec.runtimeClassName` of the pod. */
  readonly runtimeClass?: string | null;
}

/** By what a request is exempt, or null: namespace first, then user, then runtime class. An empty name never is. */
export function exemptBy(request: Request, exemptions: Exemptions): "namespace" | "user" | "runtimeClass" | null {
  const has = (names: readonly string[] | undefined, name: string | null | undefined) =>
    name != null && name !== "" && (names?.includes(name) ?? false);
  if (has(exemptions.namespaces, request.namespace)) return "namespace";
  if (has(exemptions.usernames, request.username)) return "user";
  return has(exemptions.runtimeClasses, request.runtimeClass) ? "runtimeClass" : null;
}
