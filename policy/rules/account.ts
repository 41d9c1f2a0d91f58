/** Tells the passwords in a text that holds accounts, each a user's name with a password: in one text, in a list of them, in a file of them. Pure. */
import { saysWhere, wordsOf } from "./credential";

/** An account in one text: `user:password`, and `user/password` as Neo4j has it. */
const account = /^([A-Za-z][\w.@-]{0,63})([:/])(\S{1,200})$/;
/** Accounts among others: `a:x,b:y`, `a|x b|y`, `a:x:1001`, lines of a password file. */
const listed = /(?<![^\s,;])([A-Za-z][\w.@-]{0,63})[:|]([^\s,;]{1,200})/g;
/** An account in a line of its own, with the roles of its user: `a: x,admin`. Source: jetty.org, Configuring a LoginService; the same in ActiveMQ, WildFly, Karaf. */
const line =
  /^[ \t]{0,20}([A-Za-z][\w@-]{0,63})[ \t]{0,9}([:=])[ \t]{0,9}([^\s,]{1,200})(?:[ \t]?,[ \t]?[\w-]{1,64}){0,20}[ \t]{0,20}$/gm;
/** The same between quotes. Source: pgbouncer.org, auth_file. */
const quoted = /^[ \t]{0,20}"([^"\n]{1,64})"[ \t]{1,20}"([^"\n]{1,400})"/gm;
/** Client, server and secret. Source: pppd(8). */
const ppp = /^[ \t]{0,20}[^\s#]\S{0,100}[ \t]{1,20}\S{1,100}[ \t]{1,20}"?([^\s"]{1,200})/gm;

/** What stands before a colon and is no user: schemes of names, and where a user is from. */
const schemes =
  // cspell:disable-next-line
  /^(?:system|arn|urn|did|https?|ldaps?|oidc|saml|github|gitlab|google|azure(?:ad)?|okta|keycloak|e?mail|spiffe|group|user|role|team|org|uid|gid|serviceaccount)$/i;
/** What a list of users may say of each instead of a password. */
const roles =
  /^(?:[a-z]{2,10}[-_]?)?(?:admin|administrator|reader|viewer|editor|writer|user|guest|operator|owner|member|maintainer|developer|manager|auditor|root|readonly|readwrite|read|write|edit|view|rw|ro|all|none|active|enabled)s?$/i;

/** Files that hold accounts: `realm.properties`, `userlist.txt`, `users`. */
const extension = /\.(?:properties|txt|conf|cfg|list|lst|db|file|digest|secrets)$/i;
const isProperties = (name: string): boolean => /\.properties$/i.test(name);
/** Words in the name of a list by which its users have passwords. */
// cspell:disable-next-line
const sure = /^(?:basic|basicauth|httpauth|htpasswd|htdigest|passwd|passwords?|userlist|s?ftp|smb|samba|realm|rsyncd)$/;

/** Words of settings beside such a list, and of fields that describe a user. */
const identity = /^(?:username|user|login|e?mail|id|uid|gid|roles?|groups?|realm|comment|home|shell|image|enabled)$/;

/** The name of what holds a list of accounts: whether its users have passwords for sure; undefined for another name. */
function listOf(path: readonly string[]): { readonly isSure: boolean; readonly isFile: boolean } | undefined {
  const name = path.at(-1) ?? "";
  const isFile = extension.test(name);
  const words = wordsOf(name.replace(extension, ""));
  const last = words.at(-1) ?? "";
  const isList =
    (["users", "userlist", "accounts", "logins", "htpasswd", "htdigest", "passwd"].includes(last) &&
      words.at(-2) !== "service") ||
    words.slice(-2).join(" ") === "user list" ||
    (isFile && ["realm", "rsyncd"].includes(last)) ||
    (isProperties(name) && ["login", "auth"].includes(last));
  if (!isList) return undefined;
  const above = wordsOf(path.at(-2) ?? "");
  const isSure =
    words.some((word) => sure.test(word)) || words.includes("auth") || above.some((word) => sure.test(word));
  return { isSure, isFile };
}

/** True for the name of a user in a map of users with their passwords: `basic_auth_users.admin`. */
export function isListedUser(path: readonly string[]): boolean {
  const list = path.length < 2 ? undefined : listOf(path.slice(0, -1));
  const words = wordsOf(path.at(-1) ?? "");
  return list?.isSure === true && !list.isFile && !saysWhere(words) && !identity.test(words.at(-1) ?? "");
}

/** The passwords in a text whose name says that it holds accounts: `NEO4J_AUTH=neo4j/x`, `ETCDCTL_USER=root:x`, `USERS=a:x,b:y`, a realm file. */
export function* accountPasswords(path: readonly string[], text: string): Generator<string> {
  const single = onlyPassword(path, text);
  if (single !== undefined) yield single;
  if (/(?:chap|pap)-secrets$/.test(path.at(-1) ?? ""))
    for (const [, password = ""] of text.matchAll(ppp)) yield password;
  const list = listOf(path);
  if (list === undefined) return;
  const name = path.at(-1) ?? "";
  for (const [, user = "", password = ""] of text.matchAll(listed))
    if (isPassword(user, password, list.isSure)) yield passwordOf(password);
  for (const [, , password = ""] of text.matchAll(quoted)) yield password;
  if (/\.(?:conf|cfg)$/i.test(name) || (!list.isFile && !text.includes("\n"))) return;
  for (const [, user = "", sign, password = ""] of text.matchAll(line))
    if ((sign === ":" || isProperties(name)) && isPassword(user, password, list.isSure)) yield password;
}

/** Fields behind the password, such as the user's number, are none of it; a mark before it says how it is written: `MD5:…`. */
const passwordOf = (text: string): string => (/^[A-Z]\w*:/.test(text) ? text : (text.split(":")[0] ?? ""));

/** True for what can be the password of a user: no port, no role, no address. Where a list has passwords for sure, a role's name is one too. */
function isPassword(user: string, text: string, isSure: boolean): boolean {
  const password = passwordOf(text);
  if (/^[x*!]?$/.test(password) || password.startsWith("//")) return false;
  if (isSure) return true;
  return (
    !schemes.test(user) &&
    !/^\d+$|^[\w.-]+\/|^[a-z\d-]+(?:\.[a-z]+)+$/.test(password) &&
    (user === password || !roles.test(password))
  );
}

/** The password in a text that is one account, under a name that ends in AUTH or USER. */
function onlyPassword(path: readonly string[], text: string): string | undefined {
  const words = wordsOf(path.at(-1) ?? "");
  const last = words.at(-1) ?? "";
  const isBasic = ["basicauth", "userpass"].includes(last) || words.slice(-2).join(" ") === "http basic";
  if (!isBasic && !["auth", "user", "login"].includes(last)) return undefined;
  const [, user = "", mark, password] = account.exec(text.trim().replace(/^(["'])(.*)\1$/s, "$2")) ?? [];
  if (password === undefined || (user === password && last === "user") || schemes.test(user)) return undefined;
  if (mark === "/") return /neo4j[\W_]*auth$/i.test(path.at(-1) ?? "") ? password : undefined;
  if (/^\d{1,5}$/.test(password) && last !== "login") return undefined; // a port, a group
  if (/^\d{1,5}\/|^v?\d+(?:\.\d+)+(?:[-+][\w.-]{1,60})?$/.test(password)) return undefined; // a port with a path, a version
  if (/^\/\//.test(password) || (password.includes(":") && !/\d/.test(password))) return undefined;
  // The user of a process comes with its group, `nginx:www-data`; a single word says little.
  const isVague = words.length === 1 ? !isBasic : last === "user" && words[0] !== "etcdctl";
  return isVague && /^[a-z][a-z_-]*$/.test(password) ? undefined : password;
}
