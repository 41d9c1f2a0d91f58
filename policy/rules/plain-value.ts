/** Texts that are no credential whatever their name says: switches, paths of files, names of keys and of options. Pure. */
import { namesCredential } from "./credential";
import { looksRandom } from "./entropy";

/** Words that switch something, or say that there is nothing. YAML 1.1's booleans (yaml.org/type/bool.html), Go's strconv.ParseBool, and the words
 *  charts and images use beside them, such as Bitnami's `ALLOW_EMPTY_PASSWORD=yes`. A password that is one of them is none anybody must guess. */
const switches = new Set(
  (
    "yes no on off true false y n t f 0 1 -1 enabled disabled enable disable none null nil undefined auto automatic default always never " +
    "required optional prefer preferred allow deny n/a - ~ *"
  ).split(" "),
);

/** True for a word that switches something, in any case, in quotes or not. */
export function isSwitch(text: string): boolean {
  if (text.length > 20) return false;
  return switches.has(
    text
      .replace(/^[\s"']+/, "")
      .replace(/[\s"',;]+$/, "")
      .toLowerCase(),
  );
}

/** True for a switch, the name or path of a file, the name of an option, a public key, a gap to fill in, a mask such as `****`, and accounts as in /etc/passwd. Under the name of
 *  a password, `asPassword`, what only could be a file is none: `/x2` and `x2.key`. */
export function isPlain(text: string, asPassword = false): boolean {
  return (
    isSwitch(text) ||
    (isPath(text) && !(asPassword && couldBePassword(text))) ||
    isPublic(text) ||
    isOption(text) ||
    /^(?:\*+|\.{3,}|…|\W?redacted\W?|\w[\w-]*:[x*]:\d+:\d+:.*)$/is.test(text)
  );
}

/** True for a path of one part that has digits in it, and for the name of a file that no key has. */
function couldBePassword(text: string): boolean {
  const [, segment] = /^(?:~|\.{0,2}|[A-Za-z]:)[/\\]([^/\\]+)$/.exec(text) ?? [];
  if (segment !== undefined) return /\d/.test(segment) && !/\.[a-z]{2,5}$/i.test(segment);
  const [, stem] = /^([^/\\]+)\.[a-z0-9]+$/.exec(text) ?? [];
  return stem !== undefined && !/pass|secret|key|token|cred|cert|tls|auth/i.test(stem);
}

/** True for the name of an option of a command that takes a credential, without a value: `-p`, `--pass`, `--token-file=`. */
function isOption(text: string): boolean {
  if (text.length > 60) return false;
  const name = /^-{1,2}([A-Za-z]+(?:[-_.][A-Za-z]+)*)=?$/.exec(text)?.[1];
  if (name === undefined) return false;
  const words = name.split(/[-_.]/);
  return /^-[A-Za-z]$/.test(text) || words.some((_, index) => namesCredential([words.slice(0, index + 1).join("-")]));
}

/** True for a text that says itself that it is replaced: `placeholder` as a word, and no digits, as a password with that word in it would have. */
const isPlaceholder = (text: string): boolean =>
  /(?:^|[^A-Za-z])placeholder(?:$|[^A-Za-z])/i.test(text) && !/\d/.test(text);

/** True for the name of an algorithm that makes hashes of passwords. */
export const isHashAlgorithm = (text: string): boolean =>
  /^(?:bcrypt|scrypt|yescrypt|argon2(?:id?|d)?|pbkdf2|s?sha|sha-?\d{1,3}|s?md5|crypt|plain(?:text)?|ntlm|scram-sha-\d{1,3})$/i.test(
    text,
  );

/** True for a public key of OpenSSH (sshd(8), AUTHORIZED_KEYS FILE FORMAT), and for a text that says itself that it is replaced. */
function isPublic(text: string): boolean {
  if (text.length < 100 && (isPlaceholder(text) || /^-----BEGIN [A-Z ]+-----\s*-----END [A-Z ]+-----\s*$/.test(text)))
    return true;
  return /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\w+) AAAA[\w+/=]+(?:\s+\S+)?\s*$/.test(text);
}

/** True for the path of a file, or its name by an ending of key material; and for an option with one: `-config-file /etc/x`. */
function isPath(given: string): boolean {
  if (given.length >= 200) return false;
  const text = given.replace(/^-{1,2}[a-z]+(?:-[a-z]+)+[ =](?=\/)/, "");
  if (/^(?:[\w.-]+)\.(?:key|pem|crt|cer|jks|p12|pfx|json|ya?ml|txt|env|conf)$/.test(text)) return true;
  return /^(?:~|\.{0,2}|[A-Za-z]:)[/\\][\w./\\@-]*$/.test(text) && !looksRandom("", text.split(/[/\\]/).at(-1) ?? "");
}

/** Last words of names that keys of a Secret have. */
const nouns = new Set(
  (
    "password passwd pass token key secret username user credentials creds url uri dsn cert certs crt host id auth hash pwd license licence file rsa dsa " +
    "ecdsa secrets"
  ).split(" "),
);

/** True for a text that can be the name of a key in a Secret: `password`, `jmap-token`, `rootPassword`, `tls.key`. */
export function isKeyName(text: string): boolean {
  if (!/^[A-Za-z][\w.-]{0,100}$/.test(text)) return false;
  if (text === "id_ed25519") return true;
  const last = text.match(/[A-Z]?[a-z]+$|[A-Z]+$/)?.[0].toLowerCase();
  return last !== undefined && nouns.has(last) && (/[._-]/.test(text) || /[a-z\d][A-Z]/.test(text) || nouns.has(text));
}
