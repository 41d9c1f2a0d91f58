/** Says what in a text is a credential: the text itself, by its name or its look, and what stands inside it, in base64 too. Never returns any part of it. */
import { UNKNOWN } from "../manifest/unknown";
import { type Leaf, textLeaves } from "../manifest/value-leaves";
import {
  credentialIn,
  isReference,
  isReferenceInScript,
  isSecretName,
  mayNameCredential,
  namesCredential,
} from "./credential";
import { looksRandom } from "./entropy";
import type { Complaint } from "./object-rule";

/** Annotations of this pack say why something is so: `hardened.pulumi/service-account-token` holds a reason, and no token. */
const ownAnnotations = "hardened.pulumi/";

const want = "empty, or a reference to a Secret";

/** How deep texts in texts are looked into. */
const deepest = 3;

/** Longest text in base64 that is read. */
const longest = 64 * 1024;

/** What is wrong with a value at a path of keys, if anything. */
export function* judgeSecret(field: string, keys: readonly string[], value: unknown): Iterable<Complaint> {
  const named = namesCredential(keys) && !keys.at(-1)?.startsWith(ownAnnotations);
  if (value === UNKNOWN) yield { field, got: UNKNOWN, want };
  if (typeof value === "number" && named) yield { field, said: "a literal", want };
  if (typeof value !== "string" || value.trim() === "" || isReference(value)) return;
  const look = credentialIn(value);
  const packed = look === undefined ? inBase64(value) : undefined;
  if (look !== undefined) yield { field, said: `${look} (not shown)`, want };
  else if (named && !isPlain(value)) yield { field, said: "a literal (not shown)", want };
  else if (mayNameCredential(keys) && !isSecretName(value)) yield { field, said: "a literal (not shown)", want };
  else if (packed !== undefined) yield { field, said: `${packed} in base64 (not shown)`, want };
  else if (looksRandom(keys.at(-1) ?? "", value)) yield { field, said: "a text that looks random (not shown)", want };
}

/** The same, and where the text is in order as a whole, of the values inside it: a file of settings, a script. */
export function* judgeSecretText(
  field: string,
  keys: readonly string[],
  value: unknown,
  depth = 0,
): Iterable<Complaint> {
  const found = [...judgeSecret(field, keys, value)];
  yield* found;
  if (found.length > 0 || typeof value !== "string" || depth >= deepest) return;
  yield* judgeLeaves(field, textLeaves(value), depth);
}

/** What is wrong with values found in a text, each under its own name. */
export function* judgeLeaves(field: string, leaves: Iterable<Leaf>, depth = 0): Iterable<Complaint> {
  for (const leaf of leaves) {
    if (typeof leaf.value === "string" && isReferenceInScript(leaf.value)) continue;
    yield* judgeSecretText(`${field} at ${leaf.keys.join(".")}`, leaf.keys, leaf.value, depth + 1);
  }
}

/** A switch, or the name or path of a file, is no credential, whatever its name says. */
function isPlain(text: string): boolean {
  const isPath =
    /^\.{0,2}\/[\w./@-]*$/.test(text) && text.length < 200 && !looksRandom("", text.split("/").at(-1) ?? "");
  return isPath || /^(?:true|false)$/i.test(text) || /^[\w.-]+\.(?:key|pem|crt|jks|p12|json|ya?ml|txt)$/.test(text);
}

/** What kind of credential a text in base64 holds. */
function inBase64(text: string): string | undefined {
  const packed = text.replace(/\s+/g, "");
  if (packed.length < 16 || packed.length > longest || packed.length % 4 !== 0) return undefined;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) return undefined;
  const plain = Buffer.from(packed, "base64").toString("latin1");
  if (!/^[\t\r\n -~]+$/.test(plain)) return undefined;
  const look = credentialIn(plain);
  if (look !== undefined) return look;
  const inside = [...textLeaves(plain)].some(
    ({ keys, value }) =>
      namesCredential(keys) && typeof value === "string" && value !== "" && !isReferenceInScript(value),
  );
  return inside ? "a credential" : undefined;
}
