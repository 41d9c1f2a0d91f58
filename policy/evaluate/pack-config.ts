/** The settings the pack evaluates a stack by: the stack's own configuration, so that program and pack agree. */

import { resolve } from "node:path";
import { distance } from "../config/nearest";
import { readScanReports } from "../images/scan-reports";
import type { RuleContext } from "../rules/rule";
import { defaultKubernetesVersion } from "../settings/kubernetes-version";
import { liveCluster } from "../settings/live-cluster";
import { readSignaturePolicy, type SignaturePolicy } from "../signatures/signature-policy";
import { profiles } from "./profiles";
import { readSettings } from "./settings";

/** Settings of the pack. */
export interface PackConfig
  extends Pick<RuleContext, "profile" | "podSecurity" | "settings" | "scans" | "now" | "switchedOn"> {
  /** Kubernetes version charts are rendered for, e.g. "1.36". */
  readonly kubeVersion: string;
  /** API versions of the cluster beside Kubernetes' own. @default none */
  readonly apiVersions?: readonly string[];
  /** All the cluster serves, when it could be asked. @default Kubernetes' own and `apiVersions` */
  readonly served?: readonly string[];
  /** Whether the version and APIs of the cluster were given to the pack: then the cluster is not queried. @default false */
  readonly told?: boolean;
  /** Evaluate by Pod Security alone. @default all rules */
  readonly only?: "pod-security";
  /** Absolute folder chart paths are relative to: the program's. */
  readonly projectRoot: string;
  /** Image signature policy. @default signatures are not verified */
  readonly signaturePolicy?: SignaturePolicy;
  /** Errors of the settings; with any, the pack refuses every release and every object. */
  readonly mistakes: readonly string[];
}

/** Keys of the stack's configuration the pack reads, under the project's name. */
const ownKeys = ["environment", "podSecurityVersion", "kubernetesVersion", "policy", "imageSignatures"];

/** Keys that can only be meant as one of the pack's own, which is not set: a slip would otherwise be evaluated as if nothing were said. Any other
 *  key is the program's. */
function slips(config: Readonly<Record<string, unknown>>, project: string): string[] {
  const missing = ownKeys.filter((key) => config[`${project}:${key}`] === undefined);
  const given = Object.keys(config).filter((name) => name.startsWith(`${project}:`));
  return given.flatMap((name) => {
    const key = name.slice(project.length + 1);
    if (ownKeys.includes(key)) return [];
    const meant = missing.find((own) => distance(key.toLowerCase(), own.toLowerCase()) <= 2);
    return meant === undefined
      ? []
      : [`${name} is no key of the pack; rename it to ${project}:${meant}, or set that too`];
  });
}

/** Settings from the stack's configuration: `<project>:environment`, `:podSecurityVersion`, `:kubernetesVersion`, `:policy`, `:imageSignatures`. What is missing takes the
 *  strictest value. Reads the scan reports the settings name. Never throws. */
export function packConfig(
  config: Readonly<Record<string, unknown>>,
  project: string,
  projectRoot: string,
): PackConfig {
  const mistakes: string[] = [];
  const setting = (key: string, fallback: string, pattern: RegExp, wanted: string): string => {
    const name = `${project}:${key}`;
    const value = config[name];
    if (value === undefined) return fallback;
    if (typeof value === "string" && pattern.test(value)) return value;
    mistakes.push(`${name}: expected ${wanted}`);
    return fallback;
  };
  const { settings, mistakes: wrong } = readSettings(config[`${project}:policy`], `${project}:policy`);
  const signatures = `${project}:imageSignatures`;
  const signed = readSignaturePolicy(config[signatures], signatures, projectRoot);
  const live = liveCluster(process.env);
  mistakes.push(...wrong, ...signed.mistakes, ...live.mistakes, ...slips(config, project));
  const environment = setting("environment", "prod", /^(?:dev|staging|prod)$/, "dev, staging or prod");
  return {
    profile: profiles.find((profile) => profile === environment) ?? "prod",
    podSecurity: {
      level: "restricted",
      version: setting(
        "podSecurityVersion",
        "latest",
        /^(?:latest|v1\.\d{1,3})$/,
        "latest, or a version such as v1.36",
      ),
    },
    kubeVersion:
      live.kubeVersion ??
      setting(
        "kubernetesVersion",
        defaultKubernetesVersion,
        /^v?1\.\d{1,3}(?:\.\d+)?$/,
        "a version such as 1.36, in quotes",
      ),
    ...(live.apiVersions && { apiVersions: live.apiVersions }),
    ...(live.kubeVersion && { told: true }),
    projectRoot,
    mistakes,
    ...(settings && { settings }),
    ...(signed.policy && { signaturePolicy: signed.policy }),
    ...(settings?.scans && { scans: readScanReports(resolve(projectRoot, settings.scans.folder)) }),
  };
}

/** The same from the environment a language host gives a pack: PULUMI_CONFIG, PULUMI_NODEJS_PROJECT, and HARDENED_PROJECT_ROOT for the program's
 *  folder (default: the folder with the node_modules the pack is installed in, else the folder above the pack). */
export function environmentConfig(env: NodeJS.ProcessEnv, packFolder: string): PackConfig {
  const installed = /^(.*?)[\\/]node_modules[\\/]/.exec(packFolder)?.[1];
  const projectRoot = resolve(packFolder, env.HARDENED_PROJECT_ROOT || installed || "..");
  const config = parse(env.PULUMI_CONFIG);
  const settings = packConfig(config ?? {}, env.PULUMI_NODEJS_PROJECT || defaultProject, projectRoot);
  return config === undefined
    ? { ...settings, mistakes: ["PULUMI_CONFIG is not a JSON object", ...settings.mistakes] }
    : settings;
}

const defaultProject = "hardened";

/** Undefined when it is no JSON object; the text may contain secrets, so it is never shown. */
function parse(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined || text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
