/** Says what in a text is a credential: the text itself, by its name or its look, and what stands inside it, in base64 too. Never returns any part of it. */

import { clientWords } from "../manifest/clients";
import { commandLeaves } from "../manifest/command-leaves";
import type { Leaf } from "../manifest/leaf";
import { UNKNOWN } from "../manifest/unknown";
import { textLeaves } from "../manifest/value-leaves";
import { accountPasswords, isListedUser } from "./account";
import {
  isSecretName,
  isSecretVariable,
  mayNameCredential,
  mayNameKey,
  namesCredential,
  namesHash,
  namesPassword,
  saysSecretName,
} from "./credential";
import { credentialIn } from "./credential-marks";
import { looksRandom } from "./entropy";
import type { Complaint } from "./object-rule";
import { isHashAlgorithm, isKeyName, isPlain, isSwitch } from "./plain-value";
import { isCode, isReference, isReferenceInScript } from "./reference";

/** Annotations of this pack say why something is so: `hardened.pulumi/service-account-token` holds a reason, and no token. */
export const isOwnAnnotation = (key: string): boolean => key.startsWith("hardened.pulumi/");

const want = "empty, or a reference to a Secret";

/** How deep texts in texts are looked into. Below, a text is evaluated as a whole, by its name and its look. */
const deepest = 5;

/** What is wrong with a value at a path of keys, if anything. */
export function* validateSecret(field: string, keys: readonly string[], value: unknown): Iterable<Complaint> {
  if (value === UNKNOWN) yield { field, got: UNKNOWN, want };
  if (typeof value === "number" || typeof value === "bigint") {
    if (isNamed(keys, field) && !isSwitch(String(value))) yield { field, said: "a literal", want };
  } else if (typeof value === "string" && value.trim() !== "") {
    const said = literalIn(keys, value, field);
    if (said !== undefined) yield { field, said: `${said} (not shown)`, want };
  }
}

/** A field of an element of a list describes a user: `users[0].comment`. A key of a map is one. */
const isNamed = (keys: readonly string[], field: string): boolean =>
  (namesCredential(keys) || (isListedUser(keys) && !/\]\.[^.[\]]+$/.test(field))) &&
  !isOwnAnnotation(keys.at(-1) ?? "");

/** What a text is, if it is a credential. */
function literalIn(keys: readonly string[], text: string, field: string): string | undefined {
  const look = credentialIn(/authorization$/i.test(keys.at(-1) ?? "") ? `authorization: ${text}` : text);
  if (look !== undefined) return look;
  const said = suspicion(keys, text, field);
  return said === undefined || isReference(text) ? undefined : said;
}

/** What a text is by its name, by what is packed in it, or by its letters. */
function suspicion(keys: readonly string[], text: string, field: string): string | undefined {
  const saysName = isSecretVariable(keys) ? saysSecretName : isSecretName;
  const couldName = mayNameCredential(keys) && !saysName(text);
  const named = couldName || (isNamed(keys, field) && !isKeyOf(keys, text) && !isAddress(keys, text));
  if (named && !isPlain(text, namesPassword(keys)) && !(namesHash(keys) && isHashAlgorithm(text))) return "a literal";
  for (const password of accountPasswords(keys, text))
    if (!isPlain(password, true) && !isReference(password)) return "a literal";
  const packed = inBase64(text);
  if (packed !== undefined) return `${packed} in base64`;
  return looksRandom(keys.at(-1) ?? "", text) ? "a text that looks random" : undefined;
}

/** True for the name of a key in a Secret: `secretKey: password`. */
const isKeyOf = (keys: readonly string[], text: string): boolean => isKeyName(text) && mayNameKey(keys);

/** True for a data source's address without a user: what is wrong with one that has a password, its look says. */
const isAddress = (keys: readonly string[], text: string): boolean =>
  /dsn$/i.test(keys.at(-1) ?? "") && /^[\w+.-]{1,30}:(?:\/\/)?[^\s@]*$/.test(text);

/** The same, and where the text is in order as a whole, of the values inside it: a file of settings, a script. */
export function* validateSecretText(
  field: string,
  keys: readonly string[],
  value: unknown,
  depth = 0,
): Iterable<Complaint> {
  const found = [...validateSecret(field, keys, value)];
  yield* found;
  if (found.length > 0 || typeof value !== "string" || depth >= deepest) return;
  const told = new Set<string>();
  for (const complaint of evaluateLeaves(field, leavesIn(value), depth)) {
    if (told.size === 0 && isReference(value)) return;
    // A line can be read in several ways, as a command and as a setting.
    if (!told.has(complaint.field)) yield complaint;
    told.add(complaint.field);
  }
}

/** Every value inside a text. */
function* leavesIn(text: string): Iterable<Leaf> {
  yield* textLeaves(text);
  if (/\s["']?-{1,2}[A-Za-z]|\spass:|<<-?["']?\w/.test(text) || clientWords.test(text)) yield* commandLeaves(text);
}

/** What is wrong with values found in a text, each under its own name. */
function* evaluateLeaves(field: string, leaves: Iterable<Leaf>, depth: number): Iterable<Complaint> {
  for (const { keys, path, value } of leaves) {
    const at = `${field} at ${path}`;
    const found = [...validateSecretText(at, keys, value, depth + 1)];
    if (found.length === 0) continue;
    if (typeof value !== "string") yield* found;
    else if (isReferenceInScript(value)) continue;
    // What code takes from elsewhere is no literal; what it is given in passing may be one.
    else yield* isCode(value) ? evaluateLeaves(field, leavesIn(value), depth + 1) : found;
  }
}

/** What kind of credential a text in base64 holds. */
function inBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/=\s]{16,}$/.test(text)) return undefined;
  const packed = text.replace(/\s+/g, "");
  if (packed.length < 16 || packed.length % 4 !== 0 || !/^[^=]+={0,2}$/.test(packed)) return undefined;
  const plain = Buffer.from(packed, "base64").toString("latin1");
  if (!/^[\t\r\n -~]+$/.test(plain)) return undefined;
  const look = credentialIn(plain);
  if (look !== undefined) return look;
  const inside = [...textLeaves(plain)].some(
    ({ keys, value }) =>
      namesCredential(keys) &&
      typeof value === "string" &&
      value !== "" &&
      !isReferenceInScript(value) &&
      !isCode(value) &&
      !isPlain(value),
  );
  return inside ? "a credential" : undefined;
}
