import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Folder of what this project keeps between runs on this machine, outside any checkout: clusters, the local Pulumi state. */
export const stateFolder = (): string =>
  join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "hardened");

/** Name of the local cluster in use; `HARDENED_CLUSTER` picks another that runs beside it. */
export const clusterName = (): string => process.env.HARDENED_CLUSTER ?? "hardened";

/** Kubeconfig of the local cluster, whether it runs or not. */
export const localKubeconfig = (): string => join(stateFolder(), "clusters", clusterName(), "kubeconfig");

/** The backend the person's own environment names: a variable or `pulumi login`; nothing when there is none. */
function ownBackend(): string | undefined {
  if (process.env.PULUMI_BACKEND_URL) return process.env.PULUMI_BACKEND_URL;
  const file = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "credentials.json");
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where Pulumi keeps state and how it encrypts it: the person's own backend and passphrase, else a folder of this machine,
 * one for each local cluster, with a passphrase made once and kept in a file only its owner can read.
 */
export function backendEnvironment(): Record<string, string> {
  const own = ownBackend();
  const url = own ?? `file://${folder(join(stateFolder(), "pulumi", clusterName()))}`;
  const env: Record<string, string> = { PULUMI_BACKEND_URL: url };
  const hasPassphrase =
    process.env.PULUMI_CONFIG_PASSPHRASE !== undefined || process.env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  if (own === undefined && !hasPassphrase) env.PULUMI_CONFIG_PASSPHRASE_FILE = passphraseFile();
  return env;
}

function folder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

function passphraseFile(): string {
  const file = join(folder(stateFolder()), "passphrase");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  return file;
}
