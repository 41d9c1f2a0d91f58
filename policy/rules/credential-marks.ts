/** Says whether a text holds a credential by the marks its issuer gives it, wherever it stands.
 *
 *  The patterns are our own, after the formats their issuers publish: each row names the source, all of them read in November 2026. No library of such
 *  patterns is taken in: `@secretlint/*` (MIT, 13.1) brings a runtime, asynchronous rules and some twenty packages into a pack that has five, and
 *  gitleaks' rules (MIT) are written for RE2, which is linear by construction, where V8's engine is not. Each pattern here is: no quantifier in a
 *  quantifier, a fixed beginning at which a match can start, bounds where a class could run over the next beginning. test/policy/linear-time.slow.test.ts
 *  tries each one. */

/** What it is, texts of which one is in every such credential, the whole format, and where that is published. */
type Mark = readonly [what: string, needs: readonly string[], pattern: RegExp, source: string];

/** Not a reference: `$X`, `${X}`, `{{ .x }}`, `<x>`, `%X%`. */
const literal = String.raw`(?!["']?(?:\$[({A-Za-z_]|\{\{|<|%[A-Za-z(]|#\{))`;

// cspell:disable: beginnings of tokens
/** Tokens and keys that say who issued them. */
export const marks: readonly Mark[] = [
  [
    "a private key",
    ["-----BEGIN"],
    /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?!(?:\s|\\[nr]){0,20}(?:[$<{"'`]|\.\.\.|…|-----END))/,
    "RFC 7468, RFC 9580",
  ],
  [
    "a private key",
    ["PuTTY-"],
    /\bPuTTY-User-Key-File-\d: /,
    "the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html",
  ],
  [
    "an AWS access key",
    ["AKIA", "ASIA"],
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
    "docs.aws.amazon.com/IAM, reference_identifiers",
  ],
  [
    "a GitHub token",
    ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/,
    "docs.github.com, about authentication to GitHub",
  ],
  [
    "a GitLab token",
    ["glpat-", "glptt-", "glrt-", "glcbt-", "gldt-", "glft-", "glsoat-", "glagent-", "glimt-"],
    /\bgl(?:pat|ptt|rt|cbt|dt|ft|soat|agent|imt)-[A-Za-z0-9_-]{20,}/,
    "docs.gitlab.com/security/tokens",
  ],
  ["a Slack token", ["xox"], /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/, "api.slack.com/authentication/token-types"],
  ["a Slack token", ["xapp-"], /\bxapp-\d-[A-Za-z0-9-]{20,}/, "api.slack.com/authentication/token-types"],
  ["a Fastmail API token", ["fmu"], /\bfmu\d-[A-Za-z0-9-]{16,}/, "fastmail.com/dev"],
  ["a Google API key", ["AIza"], /\bAIza[A-Za-z0-9_-]{35}\b/, "cloud.google.com/docs/authentication/api-keys"],
  [
    "a Google OAuth secret",
    ["GOCSPX-"],
    /\bGOCSPX-[A-Za-z0-9_-]{28}/,
    "developers.google.com/identity/protocols/oauth2",
  ],
  [
    "an API key",
    ["sk-", "sk_", "rk-", "rk_"],
    /\b[rs]k[-_](?:live_|test_|proj-|ant-)?[A-Za-z0-9_-]{20,}/,
    "docs.stripe.com/keys, platform.openai.com and docs.anthropic.com, API keys",
  ],
  ["a signing secret", ["whsec_"], /\bwhsec_[A-Za-z0-9+/]{24,}/, "docs.stripe.com/webhooks, standardwebhooks.com"],
  ["a Hugging Face token", ["hf_"], /\bhf_[A-Za-z0-9]{30,}\b/, "huggingface.co/docs/hub/security-tokens"],
  [
    "a SendGrid API key",
    ["SG."],
    /\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}/,
    "twilio.com/docs/sendgrid, API keys",
  ],
  ["a Mailgun API key", ["key-"], /\bkey-[0-9a-f]{32}\b/, "documentation.mailgun.com, API keys"],
  [
    "a Docker access token",
    ["dckr_"],
    /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/,
    "docs.docker.com/security/access-tokens",
  ],
  [
    "a DigitalOcean token",
    ["dop_v1_", "doo_v1_", "dor_v1_"],
    /\bdo[opr]_v1_[a-f0-9]{64}\b/,
    "docs.digitalocean.com/reference/api",
  ],
  ["a Pulumi access token", ["pul-"], /\bpul-[a-f0-9]{40}\b/, "pulumi.com/docs, access tokens"],
  [
    "a Vault token",
    ["hvs.", "hvb.", "hvr."],
    /\bhv[sbr]\.[A-Za-z0-9_-]{24,}/,
    "developer.hashicorp.com/vault/docs/concepts/tokens",
  ],
  [
    "an HCP Terraform token",
    [".atlasv1."],
    /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}/,
    "developer.hashicorp.com/terraform, API tokens",
  ],
  ["a PyPI token", ["pypi-"], /\bpypi-[A-Za-z0-9_-]{40,}/, "pypi.org/help/#apitoken"],
  ["an npm token", ["npm_"], /\bnpm_[A-Za-z0-9]{36}\b/, "docs.npmjs.com/about-access-tokens"],
  ["a RubyGems API key", ["rubygems_"], /\brubygems_[a-f0-9]{48}\b/, "guides.rubygems.org/api-key-scopes"],
  [
    "a Grafana token",
    ["glsa_", "glc_"],
    /\bgl(?:sa|c)_[A-Za-z0-9+/]{32,}/,
    "grafana.com/docs, service accounts and access policies",
  ],
  [
    "a Doppler token",
    ["dp."],
    /\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}/,
    "docs.doppler.com/reference, auth token formats",
  ],
  ["a Dynatrace token", ["dt0"], /\bdt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b/, "docs.dynatrace.com, access tokens"],
  [
    "a Shopify token",
    ["shpat_", "shpca_", "shppa_", "shpss_"],
    /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/,
    "shopify.dev, access tokens",
  ],
  ["a Linear API key", ["lin_"], /\blin_(?:api|oauth)_[A-Za-z0-9]{40,}/, "linear.app/developers"],
  ["an Atlassian token", ["ATATT3"], /\bATATT3[A-Za-z0-9_=-]{60,}/, "support.atlassian.com, API tokens"],
  ["a Databricks token", ["dapi"], /\bdapi[a-f0-9]{32}\b/, "docs.databricks.com/dev-tools/auth/pat"],
  ["a New Relic key", ["NRAK-"], /\bNRAK-[A-Z0-9]{27}\b/, "docs.newrelic.com, API keys"],
  ["a Sentry token", ["sntrys_", "sntryu_"], /\bsntry[su]_[A-Za-z0-9+/=_]{40,}/, "docs.sentry.io, auth tokens"],
  ["a Twilio API key", ["SK"], /\bSK[0-9a-f]{32}\b/, "twilio.com/docs/iam/api-keys"],
  ["a 1Password token", ["ops_eyJ"], /\bops_eyJ[A-Za-z0-9+/_-]{100,}/, "developer.1password.com/docs/service-accounts"],
  [
    "an Azure client secret",
    ["Q~"],
    /(?<![\w.~-])[\w.~]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])/,
    "learn.microsoft.com, secret scanning patterns",
  ],
  [
    "a Slack webhook",
    ["hooks.slack.com"],
    /hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9/]{20,}/,
    "api.slack.com/messaging/webhooks",
  ],
  [
    "a Discord webhook",
    ["/api/webhooks/"],
    /discord(?:app)?\.com\/api\/webhooks\/\d{5,30}\/[\w-]{30,}/,
    "discord.com/developers/docs/resources/webhook",
  ],
  ["a Telegram bot token", [":AA"], /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/, "core.telegram.org/bots/api"],
  ["an age secret key", ["AGE-SECRET-KEY-1"], /\bAGE-SECRET-KEY-1[A-Z0-9]{40,}/, "age-encryption.org/v1"],
  [
    "a password hash",
    ["$"],
    /(?:^|[\s:"'])\$(?:2[aby]|argon2(?:id?|d)|6|5|1|y|7|apr1)\$[^\s"']{16,}/,
    "crypt(5), RFC 9106",
  ],
  ["a password hash", ["SHA"], /\{S?SHA\d{0,3}\}[A-Za-z0-9+/]{20,}/, "RFC 2307"],
  [
    "a password hash",
    ["SCRAM-SHA-"],
    /\bSCRAM-SHA-(?:1|256)\$\d{1,7}:[A-Za-z0-9+/=]{8,}\$/,
    "postgresql.org/docs, pg_authid",
  ],
  ["a JSON web token", ["eyJ"], /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,4000}\./, "RFC 7519"],
  [
    "an authorization header",
    ["Bearer", "Basic"],
    /\b(?:Bearer|Basic)(?: |%20)[A-Za-z0-9+/=._-]{16,}/,
    "RFC 6750, RFC 7617; opentelemetry.io, OTEL_EXPORTER_OTLP_HEADERS",
  ],
  [
    "an authorization header",
    ["uthorization", "UTHORIZATION"],
    new RegExp(
      String.raw`\bauthorization["']?[ \t]{0,8}[:= ][ \t]{0,8}["']?(?:bearer|basic|token|apikey|digest)(?: |%20){1,8}(?!(?:auth|authentication|required|tokens?)\b)${literal}[\w+/=.~-]{4}`,
      "i",
    ),
    "RFC 9110, 11.6.2",
  ],
  [
    "an Azure storage key",
    ["AccountKey="],
    /\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}/,
    "learn.microsoft.com/azure/storage, connection strings",
  ],
  [
    "a URL with a credential",
    ["?", "&"],
    /[?&](?:access_token|token|api_?key|password|passwd|client_secret|sig)=(?![$<({])[^&\s"'$<({]{8,}/i,
    "RFC 6750, 2.3",
  ],
  [
    "a URL with a password",
    ["://"],
    new RegExp(
      String.raw`(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,200}:${literal}(?![(]|PASSWORD@)[^\s/@]{1,500}@`,
      "i",
    ),
    "RFC 3986, 3.2.1",
  ],
  [
    "a URL with a password",
    ["ldap", "LDAP"],
    new RegExp(String.raw`\bldaps?:\/\/[^\s:@/]{0,200}:${literal}[^\s/@]{1,200}@`, "i"),
    "RFC 4516",
  ],
  [
    "a connection with a password",
    ["@tcp(", "@unix("],
    new RegExp(String.raw`(?<![\w.-])[\w.-]{1,64}:${literal}[^\s/@:"']{1,200}@(?:tcp|unix)\(`),
    "github.com/go-sql-driver/mysql#dsn-data-source-name",
  ],
  [
    "a connection with a password",
    ["jdbc:oracle:"],
    new RegExp(String.raw`\bjdbc:oracle:\w{1,10}:\w{1,64}\/${literal}[^\s/@"']{1,200}@`),
    "docs.oracle.com, JDBC data sources and URLs",
  ],
  [
    "a Redis password",
    ["requirepass", "masterauth"],
    new RegExp(String.raw`^[ \t]*(?:requirepass|masterauth)[ \t]+${literal}(?!["']{2}|\s|(?:foobared)?$)\S`, "m"),
    "redis.io, redis.conf",
  ],
  [
    "a password on a command line",
    ["curl"],
    new RegExp(String.raw`\bcurl\b[^\n]{0,200}[ \t](?:-u|--user)[ \t=]["']?[\w.-]{1,100}:${literal}[^\s"'$]`),
    "curl.se/docs/manpage.html",
  ],
];
// cspell:enable

/** True for a text that has what any mark needs: most have nothing of it, and are read once instead of for every mark. */
const anyMark = new RegExp(
  marks.flatMap(([, needs]) => needs.map((need) => need.replace(/[.?$()]/g, "\\$&"))).join("|"),
);

/** What kind of credential a text holds by its look, or undefined. Never returns any part of the text. */
export function credentialIn(text: string): string | undefined {
  if (!anyMark.test(text)) return undefined;
  return marks.find(([, needs, pattern]) => needs.some((need) => text.includes(need)) && pattern.test(text))?.[0];
}
