import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { clusterName } from "../../cluster/local/cluster-name";
import { stateFolder } from "../../policy/own-folders";
import { createExclusive } from "../../process/atomic-write";
import { fileTrouble } from "../../process/file-trouble";
import { UserError } from "../../process/user-error";

/** Kubeconfig of the local cluster, whether it runs or not. */
export const localKubeconfig = (): string => join(stateFolder(), "clusters", clusterName(), "kubeconfig");

/** The backend the person's own environment names: a variable or `pulumi login`; nothing when there is none. */
function ownBackend(): string | undefined {
  if (process.env.PULUMI_BACKEND_URL) return process.env.PULUMI_BACKEND_URL;
  const file = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "credentials.json");
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where Pulumi keeps state and how it encrypts it: the person's own backend and passphrase, else a folder of this machine,
 * one for each local cluster, with a passphrase made once and kept in a file only its owner can read. Throws a UserError when
 * that folder or file cannot be made, or a file holds a passphrase that is cut short.
 */
export function backendEnvironment(): Record<string, string> {
  const own = ownBackend();
  const url = own ?? `file://${folder(join(stateFolder(), "pulumi", clusterName()))}`;
  const env: Record<string, string> = { PULUMI_BACKEND_URL: url };
  const { PULUMI_CONFIG_PASSPHRASE: given, PULUMI_CONFIG_PASSPHRASE_FILE: named } = process.env;
  if (given !== undefined) return env; // said outright, an empty one too
  if (named && existsSync(named)) refuseCut(named, named === ownPassphrase() ? passphraseLength : 1);
  else if (!named && own === undefined) env.PULUMI_CONFIG_PASSPHRASE_FILE = passphraseFile();
  return env;
}

function folder(path: string): string {
  try {
    makeFolder(path);
  } catch (error) {
    const reason = fileTrouble(error);
    if (reason === undefined) throw error;
    throw new UserError(
      `${path}, which keeps Pulumi's state, cannot be made: ${reason}; set XDG_STATE_HOME to a folder that can be written, or PULUMI_BACKEND_URL to a backend of your own`,
    );
  }
  return path;
}

/** Node's own `recursive` goes on for ever below /proc, where nothing can be made and no reason is given. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another process made it meanwhile
  }
}

const passphraseBytes = 24;
/** Length of the passphrase: what `passphraseBytes` random bytes take as base64url. */
const passphraseLength = Buffer.alloc(passphraseBytes).toString("base64url").length;

const ownPassphrase = (): string => join(stateFolder(), "passphrase");

function passphraseFile(): string {
  folder(stateFolder());
  const file = ownPassphrase();
  if (!existsSync(file)) createExclusive(file, randomBytes(passphraseBytes).toString("base64url"));
  refuseCut(file, passphraseLength);
  return file;
}

/**
 * Refuses a file with less than a whole passphrase, also one that the environment names, as a shell does that was given it once: secrets
 * encrypted with it would be as good as open, and lost once it is replaced.
 */
function refuseCut(file: string, expected: number): void {
  let length: number;
  try {
    ({ length } = readFileSync(file, "utf8").trim());
  } catch (error) {
    throw new UserError(`${file}, which holds the passphrase, cannot be read: ${fileTrouble(error) ?? String(error)}`);
  }
  if (length >= expected) return;
  throw new UserError(
    `${file} holds ${length} characters, expected at least ${expected}: the passphrase is cut short. Put it back from a backup; ` +
      "where no secret was ever encrypted with it, remove the file and run the same command again; " +
      "else docs/how-to/troubleshoot.md#backend tells the rest",
  );
}
