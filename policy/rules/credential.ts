/** Says whether a name is that of a credential. Names decide by their last word, so `jmap_token` does and `tokenExpirationSeconds` does not. */

const wordsIn = (text: string) => text.trim().split(/\s+/);

/** Last words of a name that hold a credential. */
const lastWords = new Set(
  wordsIn(`
    password passwords passwd passphrase passcode pass pwd pw psk token apikey accesskey privatekey secretkey credential credentials creds dsn
    passwort kennwort requirepass masterauth masterpass userpwd mnemonic htpasswd authkey
  `),
);
/** Last two words that do, where the last alone says nothing. */
const lastPairs = new Set(
  wordsIn(`
    api-key access-key private-key secret-key signing-key encryption-key master-key app-key account-key session-key fernet-key shared-key
    license-key client-key unseal-key unseal-keys recovery-key admin-key root-key join-key auth-key nonce-key hmac-key aes-key cipher-key
    crypt-key jwt-key cookie-key subscription-key storage-key gossip-key security-key backend-key internal-key registration-key
    service-key role-key server-key preshared-key stripe-key
    tsig-key rndc-key sas-key authorization-key
    client-secret shared-secret webhook-secret app-secret session-secret jwt-secret api-secret cookie-secret csrf-secret hmac-secret
    consumer-secret encryption-secret signing-secret key-base rediscli-auth
    erlang-cookie user-pin so-pin hsm-pin token-pin admin-pin seed-phrase recovery-phrase auth-salt nonce-salt hash-salt secret-salt password-salt
    password-pepper
  `),
);
/** Ends of a single word that do: PGPASSWORD, dbpasswd, authtoken, storepass. */
const lastLetters =
  /(?:password|passwd|passphrase|passcode|token|secretkey|accesskey|apikey|privatekey|clientsecret|(?:store|key|user|admin|root|db|my|bind|sql)(?:pass|pwd|pw))$/;
/** Words behind a credential's that change nothing: `tokenValue`, `client-key-data`, `password_b64`, `API_TOKEN_2`. */
const trailing = /^(?:\d+|value|plain|plaintext|literal|b64|base64|hex|encoded|data|string|default)$/;
/** Pairs that mean a user with a password, or the name of a Secret that has them. */
const authPairs = new Set(wordsIn("basic-auth http-auth proxy-auth"));
/** Names that end like a credential's and are none: where a server passes requests on (nginx), what etcd tells clusters apart by, and programs that ask. */
const never = /(?:^| )(?:(?:fastcgi|uwsgi|scgi|grpc|memcached) pass|initial cluster token|ask (?:for )?password)$/;
/** Names of several words that hold one: Vault's root token and AppRole, and hashes of passwords, which are guessed at leisure. */
const phrases =
  /(?:^| )(?:(?:root|dev) token id|(?:vault|approle|role) secret id|(?:password|passwd|pass|pw|pwd|passphrase) (?:hash|hashed|digest|bcrypt|(?:double )?sha\d{0,3}|crypt|encrypted)|(?:hash|hashed|crypted) (?:pass|pw))$|(?:password|passwd)hash$/;
/** Maps whose every text is a credential: `secrets.carddav_username` counts like the password beside it. */
const vaults = new Set(["secrets", "credentials", "passwords", "apikeys"]);
/** Words that make a name a reference to a credential, not the credential: `existingSecret`, `passwordFile`, `tokenSecretName`. */
const references = new Set(
  wordsIn(`
    name names ref from key keys file path existing provider store kind type mode create enabled optional namespace annotations labels
  `),
);
/** Last words of what a program that keeps credentials is set up by: `secrets.httpPort`, `secrets.image.tag`. */
const settings = new Set(wordsIn("repository registry tag policy port replicas"));

/** Words of names read before: the same names come again and again. */
const known = new Map<string, readonly string[]>();

/** Words of a name: camel case, snake case, kebab case and dots all separate. */
export function wordsOf(name: string): readonly string[] {
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
  if (phrases.test(words.join(" "))) return true;
  if (last === "auth" && path.includes("auths")) return true; // Docker's login file
  return path.slice(0, -1).some((key) => vaults.has(key.toLowerCase())) && !saysWhere(words);
}

/** True for words that say where a credential is, or how what keeps it is set up. */
export function saysWhere(words: readonly string[]): boolean {
  const last = words.at(-1)?.replace(/\d{1,4}$/, "") ?? "";
  return references.has(last) || settings.has(last) || references.has(words[0] ?? "") || words.includes("existing");
}

/** Last words of a name that hold a password people choose, which no file's name is, and no path of one part. */
const passwords = /(?:password|passwords|passwd|passphrase|passcode|passwort|kennwort|pass|pwd|pw|psk)$/;

/** True when a text under this path is meant to be a password. */
export const namesPassword = (path: readonly string[]): boolean =>
  passwords.test(wordsOf(path.at(-1) ?? "").at(-1) ?? "");

/** True when a text under this path may be the hash of a password or the algorithm that makes it. */
export const namesHash = (path: readonly string[]): boolean => phrases.test(wordsOf(path.at(-1) ?? "").join(" "));

/** True when a text under this path may be a credential or the name of a Secret, such as `tlsSecret`: the text decides, see isSecretName. */
export function mayNameCredential(path: readonly string[]): boolean {
  const words = wordsOf(path.at(-1) ?? "");
  return words.at(-1) === "secret" || isAuth(words, path.at(-1) ?? "");
}

const isAuth = (words: readonly string[], name: string): boolean =>
  words.at(-1) === "auth" && (words.length > 1 ? authPairs.has(words.slice(-2).join("-")) : /^_auth$/i.test(name));

/** Words before `SECRET` in the name of a variable that make it the name of a Secret: what it holds is a certificate, an account, or several things. */
const objectWords = new Set(
  wordsIn(
    "tls ssl cert certs certificate ca pull pullsecret registry docker dockerconfigjson kubernetes k8s k8 external existing ref target source credentials creds",
  ),
);

/** True for a variable, as in `ADMIN_SECRET`, whose text is the credential itself unless it has the shape of a Secret's name. */
export function isSecretVariable(path: readonly string[]): boolean {
  const name = path.at(-1) ?? "";
  if (!/^[A-Z][A-Z0-9]*(?:[_.-][A-Z0-9]+)*$/.test(name)) return false;
  const words = wordsOf(name);
  return words.at(-1) === "secret" && !objectWords.has(words.at(-2) ?? "");
}

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

/** True for a text that says by its shape that it names a Secret: a name behind its namespace, or words of which the last says what is in it. */
export function saysSecretName(text: string): boolean {
  if (text.length > 253) return false;
  return (
    /^[a-z][a-z0-9-]*\/[a-z][a-z0-9.-]*$/.test(text) ||
    /^[a-z][a-z0-9.-]*[.-](?:secrets?|credentials?|creds?|tls|certs?|auth|tokens?|passwords?|keys?)$/.test(text)
  );
}

/** True for a text that can name a Secret, with its namespace or without, or that a template fills in. */
export function isSecretName(text: string): boolean {
  return (
    /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?$/.test(text) || /[{(\s]|:\/\//.test(text)
  );
}
