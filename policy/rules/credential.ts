/** Says whether a name or a text looks like a credential. Names decide by their last word, so `jmap_token` does and `tokenExpirationSeconds` does not. */

/** Last words of a name that hold a credential. */
const lastWords = new Set([
  "password",
  "passwd",
  "passphrase",
  "pass",
  "pwd",
  "token",
  "apikey",
  "accesskey",
  "privatekey",
  "secretkey",
  "credential",
  "credentials",
  "dsn",
]);
/** Last two words that do, where the last alone says nothing. */
const lastPairs = new Set([
  "api key",
  "access key",
  "private key",
  "secret key",
  "signing key",
  "encryption key",
  "client secret",
  "shared secret",
  "webhook secret",
  "app secret",
  "session secret",
  "jwt secret",
  "api secret",
  "cookie secret",
  "csrf secret",
  "hmac secret",
  "consumer secret",
  "encryption secret",
  "signing secret",
  "key base",
]);
/** Ends of a single word that do: PGPASSWORD, dbpasswd. */
const lastLetters = /(?:password|passwd|passphrase)$/;
/** Maps whose every text is a credential: `secrets.carddav_username` counts like the password beside it. */
const vaults = new Set(["secrets", "credentials"]);
/** Words that make a name a reference to a credential, not the credential: `existingSecret`, `passwordFile`, `tokenSecretName`. */
const references = new Set([
  "name",
  "names",
  "ref",
  "from",
  "key",
  "keys",
  "file",
  "path",
  "existing",
  "provider",
  "store",
  "kind",
  "type",
  "mode",
  "create",
  "enabled",
  "optional",
  "namespace",
  "annotations",
  "labels",
]);

/** Words of a name: camel case, snake case, kebab case and dots all separate. */
function wordsOf(name: string): string[] {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2");
  return spaced
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** True when a text under this path of keys is meant to be a credential. */
export function namesCredential(path: readonly string[]): boolean {
  const words = wordsOf(path.at(-1) ?? "");
  const last = words.at(-1) ?? "";
  const pair = words.slice(-2).join(" ");
  if (words.length === 1 && last === "secret") return true;
  if (lastPairs.has(pair)) return true;
  if (lastWords.has(last) || lastLetters.test(last)) return words[0] !== "existing";
  if (last === "auth" && path.includes("auths")) return true; // Docker's login file
  const vault = path.slice(0, -1).some((key) => vaults.has(key.toLowerCase()));
  return vault && !references.has(last) && !references.has(words[0] ?? "");
}

/** True when a text under this path may be a credential or the name of a Secret, such as `tlsSecret`: the text decides, see isSecretName. */
export function mayNameCredential(path: readonly string[]): boolean {
  return wordsOf(path.at(-1) ?? "").at(-1) === "secret";
}

/** True for a text that can name a Secret, with its namespace or without, or that a template fills in. */
export function isSecretName(text: string): boolean {
  return (
    /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?$/.test(text) || /[{(\s]|:\/\//.test(text)
  );
}

/** Texts that are credentials wherever they stand, by the marks their issuers give them. Bounded, so that no text takes longer than its length. */
const marks: readonly [what: string, pattern: RegExp][] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/],
  ["a GitLab token", /\bglpat-[A-Za-z0-9_-]{20,}/],
  ["a Slack token", /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/],
  ["a Fastmail API token", /\bfmu\d-[A-Za-z0-9-]{16,}/],
  ["a Google API key", /\bAIza[A-Za-z0-9_-]{35}\b/],
  ["an API key", /\b[rs]k[-_](?:live_|test_|proj-|ant-)?[A-Za-z0-9_-]{20,}/],
  ["a Hugging Face token", /\bhf_[A-Za-z0-9]{30,}\b/],
  ["a SendGrid API key", /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  ["a Docker access token", /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/],
  ["a DigitalOcean token", /\bdo[opr]_v1_[a-f0-9]{64}\b/],
  ["a Pulumi access token", /\bpul-[a-f0-9]{40}\b/],
  ["a Vault token", /\bhv[sbr]\.[A-Za-z0-9_-]{24,}/],
  ["a PyPI token", /\bpypi-[A-Za-z0-9_-]{40,}/],
  ["an Azure storage key", /\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}/],
  ["a Slack webhook", /hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9/]{20,}/],
  ["a Telegram bot token", /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/],
  ["an age secret key", /\bAGE-SECRET-KEY-1[A-Z0-9]{40,}/],
  ["a password hash", /(?:^|[\s:"'])\$(?:2[aby]|argon2(?:id?|d)|6|5|1|y|apr1)\$[^\s"']{16,}/],
  ["a password hash", /\{S?SHA\d*\}[A-Za-z0-9+/]{20,}/],
  ["a Redis password", /^[ \t]*(?:requirepass|masterauth)[ \t]+(?!["']?[$<{])\S/m],
  [
    "a password on a command line",
    /\bcurl\b[^\n]{0,200}[ \t](?:-u|--user)[ \t=]["']?[\w.-]{1,100}:(?!["']?[$<{])[^\s"'$]/,
  ],
  [
    "a URL with a credential",
    /[?&](?:access_token|token|api_?key|password|passwd|client_secret|sig)=(?![$<({])[^&\s"'$<({]{8,}/i,
  ],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["a JSON web token", /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,4000}\./],
  ["an authorization header", /\b(?:Bearer|Basic) [A-Za-z0-9+/=._-]{16,}/],
  ["a URL with a password", /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,200}:[^\s/@${(<]{1,500}@/i],
];

/** What kind of credential a text holds by its look, or undefined. Never returns any part of the text. */
export function credentialIn(text: string): string | undefined {
  return marks.find(([, pattern]) => pattern.test(text))?.[0];
}

/** True for a text that only points at a value given elsewhere: `$(TOKEN)`, `${TOKEN}`, `{{ .token }}`. With a value of its own for when there is none,
 *  as in `${TOKEN:-hunter2}`, it is none. */
export function isReference(text: string): boolean {
  return /^\s*(?:\$\([\w.-]+\)|\$\{[^}:]+(?::[?+][^}]*|:?-?)\}|\{\{.*\}\})\s*$/.test(text);
}

/** The same in a script or a file a script reads, where `$TOKEN` and `$(cat file)` are references too. */
export function isReferenceInScript(text: string): boolean {
  return isReference(text) || /^\s*["']?(?:\$(?:\w|\(|\{[^}:]+\}|$)|`|<)/.test(text);
}
