import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildImages } from "../../images/build/build";
import { blobFile, manifestDescriptor, readManifest } from "../../images/build/oci";
import { quickGoImages } from "./go-images";

/** Runs the programs of the images on loopback, taken out of the images' own layers. */

export const work = mkdtempSync(join(tmpdir(), "images-"));
const bin = (name: string): string => join(work, "usr/local/bin", name);
const running = new Set<ChildProcess>();

export async function unpackImages(): Promise<void> {
  mkdirSync(work, { recursive: true }); // another file of tests in the same process may have cleaned up
  for (const { layoutDir } of await buildImages(quickGoImages, { log: () => {} })) {
    const [layer] = readManifest(layoutDir, manifestDescriptor(layoutDir)).layers;
    assert.ok(layer);
    execFileSync("tar", ["-xf", blobFile(layoutDir, layer.digest), "-C", work]);
  }
}

export function stopAll(): void {
  for (const child of running) child.kill("SIGKILL");
  rmSync(work, { recursive: true, force: true });
}

export const credentials = {
  MAILROOM_JMAP_TOKEN: "right-token-8c1f",
  MAILROOM_CARDDAV_USERNAME: "owner@example.com",
  MAILROOM_CARDDAV_PASSWORD: "right-password-51d2",
};

type Environment = Readonly<Record<string, string>>;

export interface Program {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves with the exit code. No credential may have been printed. */
  readonly ended: Promise<number | null>;
  /** First match in the output; waits at most five seconds for it. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
}

export function start(name: string, args: readonly string[], env: Environment): Program {
  const child = spawn(bin(name), args, { env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  child.stderr.on("data", (chunk) => (text += chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      running.delete(child);
      const printed = Object.keys(env).filter((key) => /TOKEN|PASSWORD/.test(key) && printedValue(text, env[key]));
      if (printed.length > 0) reject(new Error(`${printed} was printed:\n${text}`));
      else resolve(code);
    });
  });
  const seen = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (let waited = 0; waited < 5000; waited += 20) {
      const match = pattern.exec(text);
      if (match) return match;
      await sleep(20);
    }
    throw new Error(`not seen: ${pattern} in\n${text}`);
  };
  return { child, output: () => text, ended, seen };
}

const printedValue = (text: string, value = ""): boolean => value.trim() !== "" && text.includes(value);

export interface MailServer {
  readonly page: string;
  readonly api: string;
  /** Calls the admin side and returns the body; a refusal is an error. */
  admin(method: string, path: string, body?: object): Promise<string>;
  /** Senders of the messages in a mailbox. */
  sendersIn(mailbox: string): Promise<string[]>;
  /** Puts a card by CardDAV. */
  put(uid: string, ...lines: string[]): Promise<void>;
  stop(): Promise<void>;
}

interface State {
  readonly mailboxes: { readonly path: string; readonly messages: { readonly from: string }[] }[];
}

export async function mailServer(env: Environment = {}): Promise<MailServer> {
  const loopback = { MAIL_SERVER_ADDRESS: "127.0.0.1:0", MAIL_SERVER_ADMIN_ADDRESS: "127.0.0.1:0" };
  const program = start("mail-server", [], { ...loopback, ...credentials, ...env });
  const [, port] = await program.seen(/^mail and contacts on \S+:(\d+)$/m);
  const [, adminPort] = await program.seen(/^admin on \S+:(\d+)$/m);
  const api = `http://127.0.0.1:${port}`;
  const page = `http://127.0.0.1:${adminPort}`;
  const admin = async (method: string, path: string, body?: object): Promise<string> => {
    const init = body ? { method, body: JSON.stringify(body) } : { method };
    const response = await fetch(`${page}${path}`, init);
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text;
  };
  return {
    api,
    page,
    admin,
    sendersIn: async (mailbox) => {
      const state = JSON.parse(await admin("GET", "/state")) as State;
      const box = state.mailboxes.find(({ path }) => path === mailbox);
      assert.ok(box, `there is no mailbox ${mailbox}`);
      return box.messages.map(({ from }) => from.replace(/^.*<|>$/g, ""));
    },
    put: async (uid, ...lines) => {
      const { MAILROOM_CARDDAV_USERNAME: user, MAILROOM_CARDDAV_PASSWORD: password } = credentials;
      const response = await fetch(`${api}/dav/addressbooks/user/${user}/Default/${uid}.vcf`, {
        method: "PUT",
        headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
        body: ["BEGIN:VCARD", `UID:${uid}`, ...lines, "END:VCARD", ""].join("\r\n"),
      });
      assert.ok(response.ok, `PUT ${uid}: ${response.status}`);
    },
    stop: async () => {
      program.child.kill("SIGTERM");
      assert.equal(await program.ended, 0);
    },
  };
}

let files = 0;
function configFile(content: object): string {
  const file = join(work, `config-${files++}.yaml`);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

/** A poll each second, so that tests are short. */
const quick = { polling: { interval: 1, debounce_seconds: 0 } };

/** Starts mailroom against a server; `config` and `env` change what it is given. */
export function mailroom(api: string, args: readonly string[], config: object = {}, env: Environment = {}): Program {
  const fastmail = { jmap_url: `${api}/jmap/session`, carddav_url: api };
  const MAILROOM_CONFIG = configFile({ ...quick, fastmail, ...config });
  return start("mailroom", args, { MAILROOM_CONFIG, MAILROOM_HEALTH_ADDRESS: "127.0.0.1:0", ...credentials, ...env });
}

/** Runs mailroom to its end. */
export async function runMailroom(
  ...args: Parameters<typeof mailroom>
): Promise<{ code: number | null; lines: string[] }> {
  const program = mailroom(...args);
  const code = await program.ended;
  return { code, lines: program.output().trimEnd().split("\n") };
}
