/** Tells the password in a text that is an account as a whole: a user's name with it. Pure. */
import { wordsOf } from "./credential";

/** An account in one text: `user:password`, and `user/password` as Neo4j has it. */
const account = /^([A-Za-z][\w.@-]{0,63})([:/])(\S{1,200})$/;

/** The password in a text that is an account, under a name that ends in AUTH or USER: `NEO4J_AUTH=neo4j/x`, `ETCDCTL_USER=root:x`. */
export function accountPassword(path: readonly string[], text: string): string | undefined {
  const words = wordsOf(path.at(-1) ?? "");
  const last = words.at(-1) ?? "";
  if (words.length < 2 || !["auth", "user", "login", "userpass"].includes(last)) return undefined;
  const [, user = "", mark, password] = account.exec(text.trim().replace(/^(["'])(.*)\1$/s, "$2")) ?? [];
  if (password === undefined || (user === password && last === "user") || /^(?:system|arn|urn|did|https?)$/.test(user))
    return undefined;
  if (mark === "/") return /neo4j[\W_]*auth$/i.test(path.at(-1) ?? "") ? password : undefined;
  if (/^\d{1,5}$/.test(password) && last !== "login") return undefined; // a port, a group
  if (/^\/\//.test(password) || (password.includes(":") && !/\d/.test(password))) return undefined;
  // The user of a process comes with its group: `nginx:www-data`.
  return last === "user" && words[0] !== "etcdctl" && /^[a-z][a-z_-]*$/.test(password) ? undefined : password;
}
