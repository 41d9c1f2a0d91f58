/** No pattern of the pack takes more than linear time, whatever a chart writes: each function that reads text is given hostile ones of growing length. */

import { globMatches } from "../../policy/config/glob";
import type { Finding } from "../../policy/contract";
import { isEvaluated, isForeign } from "../../policy/evaluate/resource-type";
import { fullName, isPinned, isPlaceholderDigest, parseImage } from "../../policy/images/image-reference";
import { clients, clientWords } from "../../policy/manifest/clients";
import { argumentLeaves, commandLeaves } from "../../policy/manifest/command-leaves";
import { embeddedIn } from "../../policy/manifest/embedded";
import { child, segments } from "../../policy/manifest/field-path";
import { groupOf } from "../../policy/manifest/kind-table";
import { lineLeaves } from "../../policy/manifest/line-leaves";
import { parseJson } from "../../policy/manifest/parse-json";
import { inputLeaves, writtenBy } from "../../policy/manifest/piped-input";
import { lineOf } from "../../policy/manifest/position";
import { quantityOf } from "../../policy/manifest/quantity";
import { unquoted, wordReader } from "../../policy/manifest/shell-word";
import { sqlLeaves } from "../../policy/manifest/sql-leaves";
import { leavesOf, textLeaves } from "../../policy/manifest/value-leaves";
import { xmlLeaves } from "../../policy/manifest/xml-leaves";
import { complaintOf, declaredText, messageOf, messageWith, objectText, printable } from "../../policy/message";
import { goQuote } from "../../policy/pod-security/contract/go-text";
import { parseVersion } from "../../policy/pod-security/version";
import { jsonText, printableText } from "../../policy/printable-text";
import { versionIn } from "../../policy/render/discovery";
import { ignoredBy } from "../../policy/render/helm-ignore";
import { helmFailure } from "../../policy/render/render-error";
import { redactor } from "../../policy/render/render-redact";
import { templateLine } from "../../policy/render/template-lines";
import { cell, code, longestRun } from "../../policy/report/markdown";
import { escapeXml } from "../../policy/report/xml";
import { accountPasswords, isListedUser } from "../../policy/rules/account";
import { isBlock, isEveryone } from "../../policy/rules/addresses";
import { isAlpha, minorOf } from "../../policy/rules/api-lifecycle";
import {
  isSecretName,
  isSecretVariable,
  mayNameCredential,
  mayNameKey,
  namesCredential,
  namesHash,
  namesPassword,
  saysSecretName,
  saysWhere,
  wordsOf as wordsOfName,
} from "../../policy/rules/credential";
import { credentialIn, marks } from "../../policy/rules/credential-marks";
import { chartAnnotation, deliveryOf } from "../../policy/rules/delivery";
import { bitsPerCharacter, looksRandom } from "../../policy/rules/entropy";
import { wordsOf } from "../../policy/rules/gitops-sources";
import { isPolicyEngine } from "../../policy/rules/kind-scope";
import { isHashAlgorithm, isKeyName, isPlain, isSwitch } from "../../policy/rules/plain-value";
import { isBinding, isRole } from "../../policy/rules/rbac";
import { isCode, isReference, isReferenceInScript } from "../../policy/rules/reference";
import { secretNamesIn } from "../../policy/rules/secret-names";
import { validateSecret, validateSecretText } from "../../policy/rules/secret-text";
import { imageName } from "../../policy/signatures/image-name";
import { assertLinear } from "./support/hostile-texts";

const finding = (name: string): Finding => ({
  rule: "r",
  severity: "low",
  object: { apiVersion: "v1", kind: name, name, namespace: name },
  containers: [name],
  field: name,
  got: name,
  want: "x",
  fix: "y",
  outcome: "fail",
});

/** One program for each way to take a credential. */
const programs = [
  ...["mysql", "7z", "openssl", "smbclient", "sqlplus", "redis-cli", "rabbitmqctl", "htpasswd", "vault", "aws", "mc"],
  ...["git", "nodetool", "isql", "mysqlsh", "db2", "qpdf", "xfreerdp"],
].filter((name) => clients.some(({ program }) => program.test(name)));

const functions: Readonly<Record<string, (text: string) => unknown>> = {
  printable,
  messageOf: (text) => messageOf(finding(text)),
  messageWith: (text) => messageWith(finding(text), ["SOC2 CC6.1"]),
  namesCredential: (text) => namesCredential(["secrets", text]),
  mayNameCredential: (text) => mayNameCredential([text]),
  mayNameKey: (text) => mayNameKey([text, text]),
  isSecretName,
  namesPassword: (text) => [namesPassword([text]), namesHash([text]), isSecretVariable([text])],
  saysSecretName,
  wordsOfName,
  saysWhere: (text) => saysWhere([text, text]),
  secretNamesIn: (text) => secretNamesIn([{ object: { kind: "Web", [text]: { name: text } } }], { namespace: "apps" }),
  accountPasswords: (text) =>
    ["ETCDCTL_USER", "BASIC_AUTH_USERS", "realm.properties", "chap-secrets", text].map((name) => [
      ...accountPasswords([name], text),
    ]),
  isListedUser: (text) => [isListedUser(["basicAuthUsers", text]), isListedUser([text, "a"])],
  ...Object.fromEntries(
    marks.map(([what, , pattern], index) => [`mark ${index}, ${what}`, (text: string) => pattern.test(text)]),
  ),
  credentialIn,
  isReference,
  isReferenceInScript,
  isCode,
  isSwitch,
  isPlain: (text) => [isPlain(text), isPlain(text, true), isHashAlgorithm(text)],
  isKeyName,
  looksRandom: (text) => looksRandom(text, text),
  bitsPerCharacter,
  validateSecret: (text) => [...validateSecret("f", ["password"], text), ...validateSecret("f", ["tlsSecret"], text)],
  validateSecretText: (text) => [...validateSecretText("f", ["note"], text)],
  leavesOf: (text) => [...leavesOf({ [text]: [text] })],
  textLeaves: (text) => [...textLeaves(text)],
  lineLeaves: (text) => [...lineLeaves(text)],
  commandLeaves: (text) => [...commandLeaves(text)],
  argumentLeaves: (text) => argumentLeaves(["curl", "-u", text, text]),
  clients: (text) => programs.map((program) => argumentLeaves([program, text, text, "-p", text])),
  clientWords: (text) => clientWords.test(text),
  inputLeaves: (text) => [...inputLeaves(["chpasswd", text], [text]), ...inputLeaves([text], [text])],
  writtenBy: (text) => [writtenBy(["echo", text]), writtenBy(["printf", text, text]), writtenBy([text])],
  sqlLeaves: (text) => [...sqlLeaves(text)],
  xmlLeaves: (text) => [...xmlLeaves(text)],
  wordReader: (text) => wordReader(text)(0, " "),
  unquoted,
  isForeign: (text) => [isForeign(text), isEvaluated(text)],
  isEveryone: (text) => [
    isEveryone([
      { cidr: text, except: [text] },
      { cidr: `${text}/1`, except: [] },
    ]),
    isBlock(text),
  ],
  parseImage,
  isPinned,
  quantityOf,
  globMatches: (text) => [globMatches("a/**", text), globMatches("*", text), globMatches("**/b", text)],
  redactor: (text) => redactor({ password: "hunter2", note: text }, ["web"])(text),
  helmFailure: (text) => helmFailure(text, (whole) => whole),
  fullName,
  isPlaceholderDigest,
  imageName,
  groupOf,
  isPolicyEngine,
  isRole: (text) => [isRole({ apiVersion: text, kind: text }), isBinding({ apiVersion: text, kind: text })],
  wordsOf: (text) => wordsOf({ repoURL: text, path: text }),
  deliveryOf: (text) =>
    ["Application", "HelmRelease", "OCIRepository"].map((kind) =>
      deliveryOf({
        apiVersion:
          kind === "Application"
            ? "argoproj.io/v1"
            : `${kind === "HelmRelease" ? "helm" : "source"}.toolkit.fluxcd.io/v1`,
        kind,
        metadata: { annotations: { [chartAnnotation]: text } },
        spec: {
          source: { repoURL: text, targetRevision: text, path: text },
          url: text,
          ref: { digest: text },
          releaseName: text,
        },
      }),
    ),
  // A file system bounds how deep a path is.
  ignoredBy: (text) => ignoredBy("a*b*c\n[a-z]*x\n")(text.replaceAll("/", "-")),
  embeddedIn: (text) =>
    embeddedIn({ spec: { apiVersion: text, kind: text, items: [{ metadata: { name: text } }] } }, true),
  parseJson: (text) => parseJson(JSON.stringify(text)),
  lineOf: (text) => lineOf(text, "spec.a"),
  complaintOf: (text) => complaintOf(finding(text)),
  declaredText: (text) => [
    declaredText({ chart: text, reason: text }),
    declaredText({ object: finding(text).object, rule: "r", reason: text }),
  ],
  objectText: (text) => objectText(finding(text).object),
  goQuote,
  printableText,
  jsonText,
  parseVersion,
  versionIn: (text) => versionIn({ gitVersion: text }),
  isAlpha,
  minorOf,
  templateLine: (text) => templateLine(text, `a\n${text}\nb`, 2),
  cell,
  code,
  longestRun,
  escapeXml,
  segments,
  fieldPath: (text) => segments(child("a", text)),
};

describe("time, by the length of hostile texts", function () {
  this.timeout(300_000);
  for (const [name, run] of Object.entries(functions))
    it(`is no worse than linear in ${name}`, () => assertLinear(run));
});
