/** The single values inside a text that is no tree, each under the name it has there: `KEY=value` lines of env, properties, INI, TOML and HCL files and
 *  assignments in code, fields of connection strings, parameters of URLs, flags, attributes, .netrc and .pgpass. Elements of XML and statements of SQL have files of their own.
 *  Lines that are comments are passed over. Every pattern begins at a fixed place and runs once over the text. */

import type { Leaf } from "./leaf";
import { unquoted, wordReader } from "./shell-word";
import { sqlLeaves } from "./sql-leaves";
import { xmlLeaves } from "./xml-leaves";

const leaf = (name: string, value: string): Leaf => ({ keys: [name], path: name, value });

/** Parts of names that a credential's name can have: other assignments are read at the beginning of a line only, where any value may be random. */
const hint = /pass|pwd|pw\b|token|secret|key|cred|dsn|psk|auth|login|identified/i;
/** Statements that set a password and need not have such a name. */
const sql = /\bconn(?:ect)?\s|\bpragma\s|\bsp_addlogin|\bgen_salt\(/i;
const comment = /^\s*(?:[#;*]|--\s|\/\*|<!--|\/\/\s|REM\s)/;
/** A question of a batch file: `set /p PASSWORD=Password:`. */
const question = /^\s*set\s+\/p\s/i;

/** `name: value` or `name = value` at the beginning of a line. */
const setting =
  /^[ \t]*(?:-[ \t]+)?(?:(?:export|set|local|readonly|declare|const|let|var|ENV|ARG)[ \t]+){0,3}(["']?)(?:\$(?:env:)?)?([\w.-]+)\1[ \t]*(?:=>|[:?+]?=(?!=)|:(?![:=]|\/\/))[ \t]*/;
/** A section of an INI file. Users with a password and roles: `[users]` of shiro.apache.org; with a password: `[admins]` of couchdb.apache.org. */
const sectionHead = /^\s*\[([\w.-]{1,100})\]\s*$/;
/** The same anywhere in a line. */
const assignment = /(?<![\w.-])([\w.-]+)(\\?["']?\]?)[ \t]*(=>|[:?+]?=(?![=~])|:(?![:=]|\/\/))[ \t]*/g;
/** What ends a value without quotes. */
const ends = " \t;,&\"'<>|)}]\\";
/** Longest value that is read in a line; the rest of a longer one is another text. */
const longest = 1000;

/** Leaves of a text by its lines. */
export function* lineLeaves(text: string): Generator<Leaf> {
  const hasHint = hint.test(text);
  for (const pattern of [pgpass, redisUser, digest, ...(hasHint ? phrases : [])])
    for (const { 1: value = "" } of text.matchAll(pattern)) yield leaf("password", value);
  if (text.includes("LoginModule"))
    for (const { 1: value = "" } of text.matchAll(jaasUser)) yield leaf("password", value);
  if (hasHint) for (const { 1: name = "", 2: value = "" } of text.matchAll(constant)) yield leaf(name, value);
  if (text.includes("<")) yield* xmlLeaves(text);
  if (hasHint || sql.test(text)) yield* sqlLeaves(text);
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    if (line === "" || comment.test(line) || question.test(line)) continue;
    let from = 0;
    section = sectionHead.exec(line)?.[1] ?? section;
    const [head, , name = ""] = setting.exec(line) ?? [];
    if (head !== undefined) {
      const { value, end } = settingValue(line, head.length);
      if (value !== "" && !passesOn(name, value)) yield leaf(name, value);
      if (section === "admins") yield leaf("password", value);
      if (section === "users" && /,[ \t]{0,9}[A-Za-z]/.test(value))
        yield leaf("password", value.split(",")[0]?.trim() ?? "");
      from = end;
    }
    if (hasHint && from < line.length) yield* lineParts(line, from);
  }
}

/** A value up to the end of the line, or the word that quotes or an expansion make of its beginning. Code behind a call belongs to it. */
function settingValue(line: string, at: number): { value: string; end: number } {
  const rest = line.slice(at).trimEnd();
  const isWord = /^(?:["'`$]|\{\{|(?:yes|no|on|off|true|false|none|null|[01])(?=[\s;,#]))/i.test(rest);
  if (!isWord) return { value: rest, end: line.length };
  const end = wordReader(line)(at, " \t;,");
  const value = unquoted(line.slice(at, end));
  // `process.env.X || "hunter2"` and the like are whole; `"a" + b` is not worth more than "a".
  return { value, end };
}

/** Assignments inside a line, `space` separated ones too where the name says what comes. */
function* lineParts(line: string, begin: number): Generator<Leaf> {
  if (!hint.test(line)) return;
  const wordEnd = wordReader(line);
  const opened = line.indexOf("(");
  const closes = quoteReader(line);
  let from = begin;
  let found = false;
  for (const match of line.matchAll(assignment)) {
    if (match.index < from) continue;
    const [, name = "", quote = "", sign] = match;
    const start = match.index + match[0].length;
    const escaped = line.charAt(start) === "\\" ? 1 : 0;
    const mark = line.charAt(start + escaped);
    const isQuoted = (mark === '"' || mark === "'") && !closes(start + escaped);
    // Without quotes a colon is one of a sentence; in SQL `:'name'` is a variable.
    if (sign === ":" && ((!isQuoted && quote === "") || /[ \t]:$/.test(match[0]))) continue;
    if (!hint.test(name)) continue;
    const end = isQuoted ? closing(line, start + escaped, mark) : wordEnd(start, ends, longest);
    from = end;
    const value = isQuoted ? line.slice(start + escaped + 1, end).replace(/\\$/, "") : line.slice(start, end);
    // A variable given to a parameter of the same kind: `connect(user=user, password=password)`.
    const isArgument =
      !isQuoted &&
      opened >= 0 &&
      opened < start &&
      /^[A-Za-z_]\w*$/.test(value) &&
      /^(?:\)|, )/.test(line.slice(end, end + 2));
    // In languages with `map["name"] = value` what has no quotes is an expression.
    const isExpression = !isQuoted && sign === "=" && /["']\]$/.test(quote);
    found = true;
    if (value !== "" && !isArgument && !isExpression) yield leaf(name.replace(/^-+D?/, ""), value);
  }
  const [, name = "", value = ""] = found ? [] : (pair.exec(line) ?? []);
  if (name !== "" && !passesOn(name, value)) yield leaf(name, unquoted(value));
}

/** True for the directive by which nginx and Apache pass requests on to an address without a user, which nginx may have in a variable. */
const passesOn = (name: string, value: string): boolean =>
  /^proxy_?pass$/i.test(name) && /^["']?(?:(?:https?|unix|wss?|h2c?|fcgi|ajp|balancer):|\$\w)[^@?\s]*$/.test(value);

/** `name value` and nothing else, where the value is quoted or no word of a sentence. */
const pair = /^[ \t]*([\w.-]+)[ \t]+("[^"]+"|'[^']+'|[^\s"']*\d[^\s"']*)[ \t]*;?[ \t]*$/;

/** Says whether the quote at a place ends a text: one is open before it, and nothing follows it at once, as in the prompt "Password: ". Places are asked in
 *  their order, and each character is read once. */
function quoteReader(line: string): (place: number) => boolean {
  let at = 0;
  let open = "";
  return (place) => {
    for (; at < place; at += 1) {
      const character = line.charAt(at);
      if (character === "\\") at += 1;
      else if (character === open) open = "";
      else if (open === "" && (character === '"' || (character === "'" && !/\w/.test(line.charAt(at - 1)))))
        open = character;
    }
    return line.charAt(place) === open && /^[\s;,)|&]?$/.test(line.charAt(place + 1));
  };
}

/** The place of the quote that closes the one at `at`, or the end of the line. */
function closing(line: string, at: number, mark: string): number {
  const end = line.indexOf(mark, at + 1);
  return end < 0 ? line.length : end;
}

/** Passwords by what stands before them. Sources: the manuals of inetutils (.netrc), HAProxy, keepalived, OpenLDAP, strongSwan, Expect. Those of SQL:
 *  sql-leaves.ts. */
const phrases: readonly RegExp[] = [
  /\b(?:machine\s+\S+(?:\s+login\s+\S+)?|default\s+login\s+\S+)(?:\s+account\s+\S+)?\s+password\s+(\S+)/g,
  // cspell:disable-next-line
  /^[ \t]*(?:[^\s:]{1,100}[ \t]{1,9}){0,2}:[ \t]{0,9}(?:PSK|XAUTH|EAP)[ \t]+"([^"\n]{1,200})"/gm,
  // cspell:disable-next-line
  /assword[^\w\n]{0,20}\s{0,20}[\w.{ \t]{0,40}\bsend(?:line)?[\s(-]{1,10}["']([^"'\n\\$]{1,200})/g,
  /^[ \t]*(?:user[ \t]+\S+[ \t]+(?:insecure-)?password|auth_pass|bindpw|rootpw|stats[ \t]+auth[ \t]+[^\s:]+:)[ \t]*(\S+)/gm,
];

/** host:port:database:user:password. Source: libpq, The Password File. */
const pgpass = /^[^\s:#]{1,255}:(?:\d{2,5}|\*):(?:\*|[A-Za-z_][\w-]*):(?:\*|[A-Za-z_][\w-]*):([^:\s]+)$/gm;

/** user_name="password". Source: kafka.apache.org, JAAS configuration of PLAIN; the same in ZooKeeper. */
const jaasUser = /\buser_[\w.-]{1,64}[ \t]{0,9}=[ \t]{0,9}\\?"([^"\n\\]{1,200})/g;

/** user:realm:hash. Source: httpd.apache.org, htdigest. The same between quotes, user and hash: pgbouncer.org, auth_file. */
const digest =
  /^(?:[^\s:#"]{1,64}:(?!\s{0,9}(?:md5|sha\d{0,3}):)[^:\n.]{1,100}:|[ \t]{0,20}"[^"\n]{1,64}"[ \t]{1,20}"md5)([0-9a-f]{32})(?=$|["\s])/gm;

/** user name on >password ~* +@all, or with a hash of the password behind a `#`. Source: redis.io, ACL SETUSER. */
const redisUser =
  /^[ \t]*user[ \t]+\S{1,100}(?=[^\n]{0,1000}[ \t](?:on|off|[~&]\S+|[+-]@\w+)(?:\s|$))[^\n>#]{0,1000}[ \t][>#](\{\{.{0,200}?\}\}|[^\s>#]\S*)/gm;

/** define('NAME', 'value'). Source: php.net, define. */
const constant = /\bdefine\(\s{0,20}["']([\w.-]{1,100})["']\s{0,20},\s{0,20}["']([^"'\n]{1,500})["']/g;
