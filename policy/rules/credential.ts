/** Says whether a name is that of a credential. Names decide by their last word, so `jmap_token` does and `tokenExpirationSeconds` does not. */

const wordsIn = (text: string) => text.trim().split(/\s+/);

/** Last words of a name that hold a credential. */
const lastWords = new Set(
  wordsIn(`
    password passwords passwd passphrase passcode pass pwd pw psk token apikey accesskey privatekey secretkey credential credentials creds dsn
  `),
);
/** Last two words that do, where the last alone says nothing. */
const lastPairs = new Set(
  wordsIn(`
    api-key access-key private-key secret-key signing-key encryption-key master-key app-key account-key session-key fernet-key shared-key
    license-key client-key
    client-secret shared-secret webhook-secret app-secret session-secret jwt-secret api-secret cookie-secret csrf-secret hmac-secret
    consumer-secret encryption-secret signing-secret key-base rediscli-auth
  `),
);
/** Ends of a single word that do: PGPASSWORD, dbpasswd, authtoken, storepass. */
const lastLetters =
  /(?:password|passwd|passphrase|passcode|token|secretkey|accesskey|apikey|privatekey|clientsecret|(?:store|key|user|admin|root|db|my|bind|sql)(?:pass|pwd|pw))$/;
/** Words behind a credential's that change nothing: `tokenValue`, `client-key-data`, `password_b64`, `API_TOKEN_2`. */
const trailing = /^(?:\d+|value|plain|plaintext|literal|b64|base64|encoded|data|string|default)$/;
/** Pairs that mean a user with a password, or the name of a Secret that has them. */
const authPairs = new Set(wordsIn("basic-auth http-auth proxy-auth"));
/** Names that end like a credential's and are none: where a server passes requests on (nginx), and what etcd tells clusters apart by. */
const never = /(?:^| )(?:(?:fastcgi|uwsgi|scgi|grpc|memcached) pass|initial cluster token)$/;
/** Maps whose every text is a credential: `secrets.carddav_username` counts like the password beside it. */
const vaults = new Set(["secrets", "credentials", "passwords", "apikeys"]);
/** Words that make a name a reference to a credential, not the credential: `existingSecret`, `passwordFile`, `tokenSecretName`. */
const references = new Set(
  wordsIn(`
    name names ref from key keys file path existing provider store kind type mode create enabled optional namespace annotations labels
  `),
);

/** Words of names read before: the same names come again and again. */
const known = new Map<string, readonly string[]>();

/** Words of a name: camel case, snake case, kebab case and dots all separate. */
function wordsOf(name: string): readonly string[] {
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= 1000) known.clear();
  const words = split(name);
  if (name.length < 200) known.set(name, words);
  return words;
}

function split(name: string): string[] {
  const words = name
    .replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, " ")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  while (words.length > 1 && trailing.test(words.at(-1) ?? "")) words.pop();
  return words;
}

/** True when a text under this path of keys is meant to be a credential. */
export function namesCredential(path: readonly string[]): boolean {
  const words = wordsOf(path.at(-1) ?? "");
  const last = words.at(-1)?.replace(/\d{1,4}$/, "") ?? "";
  if (words.length === 1 && last === "secret") return true;
  if (words.includes("existing") || words[0] === "automount" || never.test(words.join(" "))) return false;
  if (lastPairs.has(words.slice(-2).join("-")) || lastWords.has(last) || lastLetters.test(last)) return true;
  if (last === "auth" && path.includes("auths")) return true; // Docker's login file
  const vault = path.slice(0, -1).some((key) => vaults.has(key.toLowerCase()));
  return vault && !references.has(last) && !references.has(words[0] ?? "");
}

/** True when a text under this path may be a credential or the name of a Secret, such as `tlsSecret`: the text decides, see isSecretName. */
export function mayNameCredential(path: readonly string[]): boolean {
  const words = wordsOf(path.at(-1) ?? "");
  return words.at(-1) === "secret" || isAuth(words, path.at(-1) ?? "");
}

const isAuth = (words: readonly string[], name: string): boolean =>
  words.at(-1) === "auth" && (words.length > 1 ? authPairs.has(words.slice(-2).join("-")) : /^_auth$/i.test(name));

/** Last words of keys above a name: what stands below names keys of a Secret, as in `secretKeys.password: db-password`. */
const above = new Set(wordsIn("ref refs from keys mapping mappings"));

/** True when a text under this path may be the name of a Secret or of a key in one: `secret: ca-certs-secret`, `secretKey: password`. In capitals, as of a variable, it is the key itself. */
export function mayNameKey(path: readonly string[]): boolean {
  const name = path.at(-1) ?? "";
  if (name === "secret" || (/[a-z]/.test(name) && wordsOf(name).at(-1) === "key")) return true;
  return path.slice(0, -1).some((key) => {
    const words = wordsOf(key);
    return words[0] === "existing" || (words.length > 1 && above.has(words.at(-1) ?? ""));
  });
}

/** True for a text that can name a Secret, with its namespace or without, or that a template fills in. */
export function isSecretName(text: string): boolean {
  return (
    /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?$/.test(text) || /[{(\s]|:\/\//.test(text)
  );
}
