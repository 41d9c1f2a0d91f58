import { strict as assert } from "node:assert";
import { namesCredential } from "../../../policy/rules/credential";
import { credentialIn, marks } from "../../../policy/rules/credential-marks";
import { isReference } from "../../../policy/rules/reference";

const yes = [
  "password",
  "DB_PASSWORD",
  "dbPassword",
  "jmap_token",
  "apiKey",
  "api-key",
  "AWS_SECRET_ACCESS_KEY",
  "clientSecret",
  "secret",
  "privateKey",
  "DSN",
  "OIDCClientSecret",
  "rabbitmqErlangCookie",
  "UNSEAL_KEY",
  "ADMIN_KEY",
  "VAULT_DEV_ROOT_TOKEN_ID",
  "adminPasswordHash",
  "password_sha256_hex",
  "WG_PRESHARED_KEY",
];
const no = [
  "existingSecret",
  "secretName",
  "tlsSecret",
  "passwordFile",
  "tokenKey",
  "maxTokens",
  "tokenExpirationSeconds",
  "automountServiceAccountToken2",
  "keyboard",
  "passwordPolicy",
  "secretRef",
  "passwordHashAlgorithm",
  "TOKEN_ID",
  "routingKey",
  "partitionKey",
  "",
];

describe("credential", () => {
  for (const name of yes)
    it(`takes ${name} for a credential`, () => assert.equal(namesCredential(["app", name]), true));
  for (const name of no) it(`takes "${name}" for none`, () => assert.equal(namesCredential(["app", name]), false));

  it("takes everything under secrets and credentials for one, except what only points at one", () => {
    assert.equal(namesCredential(["secrets", "carddav_username"]), true);
    assert.equal(namesCredential(["app", "credentials", "user"]), true);
    for (const key of ["name", "existingSecret", "secretName", "key", "provider"])
      assert.equal(namesCredential(["secrets", key]), false, key);
  });

  for (const [text, what] of [
    ["-----BEGIN RSA PRIVATE KEY-----", "a private key"],
    [`AKIA${"A".repeat(16)}`, "an AWS access key"],
    [`glpat-${"a".repeat(20)}`, "a GitLab token"],
    [`xoxb-${"1".repeat(12)}`, "a Slack token"],
    [`fmu1-${"a1".repeat(10)}`, "a Fastmail API token"],
    [`sk-proj-${"a".repeat(24)}`, "an API key"],
    [`eyJ${"a".repeat(12)}.eyJ${"b".repeat(12)}.c`, "a JSON web token"],
    [`hf_${"a".repeat(34)}`, "a Hugging Face token"],
    [`SG.${"a".repeat(22)}.${"b".repeat(43)}`, "a SendGrid API key"],
    [`dckr_pat_${"a".repeat(27)}`, "a Docker access token"],
    [`dop_v1_${"a".repeat(64)}`, "a DigitalOcean token"],
    [`pul-${"a".repeat(40)}`, "a Pulumi access token"],
    [`hvs.${"a".repeat(24)}`, "a Vault token"],
    [`pypi-${"A".repeat(50)}`, "a PyPI token"],
    [`AccountKey=${"A".repeat(86)}==`, "an Azure storage key"],
    [`https://hooks.slack.com/services/T0/B0/${"a".repeat(24)}`, "a Slack webhook"],
    [`123456789:AA${"a".repeat(33)}`, "a Telegram bot token"],
    [`AGE-SECRET-KEY-1${"Q".repeat(58)}`, "an age secret key"],
    [`$2b$12$${"a".repeat(53)}`, "a password hash"],
    ["admin:$apr1$abcdefgh$abcdefghijklmnopqrstuv", "a password hash"],
    [`admin:{SHA}${"a".repeat(27)}=`, "a password hash"],
    ["\nrequirepass hunter2\n", "a Redis password"],
    ["curl -s -u admin:hunter2 https://example.com", "a password on a command line"],
    ["https://example.com/?a=b&sig=abcdefgh1", "a URL with a credential"],
    ["redis://:hunter2@cache:6379", "a URL with a password"],
    ["Authorization: Bearer abcdefghijklmnop", "an authorization header"],
  ] as const) {
    it(`knows ${what} by its look`, () => assert.equal(credentialIn(`x ${text} y`), what));
  }

  for (const text of [
    "https://example.com/a:b@c",
    "sha256:0123456789abcdef",
    "registry.example/web@sha256:00",
    "a plain sentence about tokens",
    "postgres://user@db/app",
    "# requirepass hunter2",
    "curl -u $USER:$PASSWORD https://example.com",
    "https://example.com/?token=$TOKEN",
    "http://$(USER):$(PASSWORD)@db",
  ]) {
    it(`knows nothing against ${text}`, () => assert.equal(credentialIn(text), undefined));
  }

  it("tells a reference from a value", () => {
    for (const text of [
      "$(TOKEN)",
      "${TOKEN}",
      " {{ .token }} ",
      "$TOKEN",
      "${A:-${B:-}}",
      '${A:-$(< "$FILE")}',
      "%TOKEN%",
    ])
      assert.equal(isReference(text), true, text);
    for (const text of [
      "$token",
      "a$(TOKEN)",
      "hunter2",
      "${A:-x1}",
      "${A:+x1}",
      "${A:x1}",
      "$(echo x1)",
      "${A",
      '{{ "x1" }}',
    ])
      assert.equal(isReference(text), false, text);
  });

  it("names the source of every mark", () => {
    for (const [what, , , source] of marks) assert.match(source, /^RFC \d+|\.\w+|\(\d\)/, what);
  });
});
