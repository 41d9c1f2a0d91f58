/** Passwords that statements of SQL set. Sources: the manuals of PostgreSQL, MySQL, MariaDB, Oracle, SQL Server, Db2 and ClickHouse (CREATE USER, SET
 *  PASSWORD, INSERT), of Oracle's SQL*Plus (CONNECT), of SQLCipher (PRAGMA key) and of MongoDB (db.auth). Every pattern begins at a fixed word and has bounds. */

import type { Leaf } from "./leaf";

/** A literal: '…', N'…', E'…', or between dollars, which a script escapes. Its text is in the first or in the third group. */
const quoted = String.raw`(?:[NnEe]?'((?:[^'\n]|'')+)'|\\?\$(\w{0,30})\\?\$([^$\n\\]{1,500})\\?\$)`;
/** The same as a value: behind a name without `=` it is a password that is set, with one it may be a setting of another language. */
const marked = String.raw`(?:[NnEe]'((?:[^'\n]|'')+)'|\\?\$(\w{0,30})\\?\$([^$\n\\]{1,500})\\?\$)`;
/** Functions that make a hash of a password or a ciphertext of it. */
const hashes = String.raw`(?:md5|sha\d?|sha\d{3}|sha2_\d{3}|crypt|encrypt|aes_encrypt|old_password|password|hashbytes|digest|pgp_sym_encrypt)`;

const passwords: readonly RegExp[] = [
  String.raw`\b(?:identified\s{1,20}(?:(?:with|via)\s{1,20}(?!\w{0,40}(?:pam|socket|gssapi|kerberos|ldap|pipe|windows|ssl|jwt))\S{1,60}\s{1,20}(?:by|as|using)|by)(?:\s{1,20}(?:values|password))?|(?<!["'-])password)\s{0,20}\(?\s{0,20}${quoted}`,
  String.raw`\b(?:password|secret)\s{0,20}=\s{0,20}${marked}`,
  String.raw`\bset\s{1,20}password(?:\s{1,20}for\s{1,20}\S{1,120})?\s{0,20}(?:=|\bto\b)\s{0,20}(?:\w{1,20}\s{0,20}\(\s{0,20})?${quoted}`,
  String.raw`\bpragma\s{1,20}(?:re)?key\s{0,9}=\s{0,9}${quoted}`,
  String.raw`\bcrypt\s{0,9}\(\s{0,9}${quoted}\s{0,9},\s{0,9}gen_salt`,
  String.raw`\bsp_(?:addlogin|password|addlinkedsrvlogin)\b[^;\n]{0,200}?,\s{0,9}${quoted}`,
].map((pattern) => new RegExp(pattern, "gi"));

const words: readonly RegExp[] = [
  /\b(?:user|role|to)\s{1,20}\S{1,60}\s{1,20}identified\s{1,20}by\s{1,20}(?!random\s)"?([^\s"';]+)/gi,
  /\b(?:user|role|login)\s{1,20}\S{1,60}\s{1,20}(?:with\s{1,20})?(?:encrypted\s{1,20})?password\s{0,20}=?\s{0,20}\\?"([^"\n\\]{1,200})\\?"/gi,
  /(?:\bdb\.auth|\.login|\bchangeUserPassword)\(\s{0,9}["'][^"'\n]{1,100}["']\s{0,9},\s{0,9}["']([^"'\n]{1,200})["']/g,
  /^[ \t]{0,20}conn(?:ect)?[ \t]{1,20}[\w$#]{1,100}\/"?([^\s"@/;]{1,100})"?(?:@\S{1,200})?(?:[ \t]{1,20}as[ \t]{1,20}\w{1,20})?[ \t]{0,20};?[ \t]*$/gim,
];

/** `password = md5('…')`. */
const hashed = new RegExp(
  String.raw`(?<![\w.])([\w.]{0,60}(?:pass|pwd|secret|token)\w{0,40})\s{0,20}=\s{0,20}${hashes}\s{0,9}\(\s{0,9}${quoted}`,
  "gi",
);

/** `INSERT INTO t (a, b) VALUES `, where the rows follow. */
const inserts =
  /\b(?:insert|replace|upsert|merge)\b[^();]{0,200}\(([^();]{1,2000})\)[^();]{0,60}(?:\([^();]{0,200}\)\s{0,20})?\bvalues?\s{0,40}(?=\()/gi;

/** Passwords in statements, each under the name it has there. */
export function* sqlLeaves(text: string): Generator<Leaf> {
  const leaf = (name: string, value: string): Leaf => ({ keys: [name], path: name, value });
  for (const pattern of passwords)
    for (const { 1: first, 3: third } of text.matchAll(pattern)) yield leaf("password", first ?? third ?? "");
  for (const pattern of words) for (const { 1: value = "" } of text.matchAll(pattern)) yield leaf("password", value);
  for (const { 1: name = "", 2: first, 4: third } of text.matchAll(hashed)) yield leaf(name, first ?? third ?? "");
  inserts.lastIndex = 0;
  for (let match = inserts.exec(text); match !== null; match = inserts.exec(text)) {
    const names = (match[1] ?? "").split(",").map((name) => name.replaceAll(/[^\w.-]/g, ""));
    let end = inserts.lastIndex;
    for (;;) {
      const row = rowAt(text, end);
      for (const [index, value] of row.values.entries())
        if (value !== "" && names[index] !== undefined) yield leaf(names[index], value);
      end = row.end;
      const comma = /\s{0,40},\s{0,40}(?=\()/y;
      comma.lastIndex = end;
      if (!comma.test(text)) break;
      end = comma.lastIndex;
    }
    inserts.lastIndex = end;
  }
}

/** The literals of one row, "" for what is none, and where the row ends. Of a call the first literal counts that names no algorithm. */
function rowAt(text: string, begin: number): { values: string[]; end: number } {
  const values: string[] = [""];
  let depth = 0;
  let at = begin;
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "'") {
      const from = at + 1;
      do at = text.indexOf("'", at + 1);
      while (at >= 0 && text.charAt(at + 1) === "'" && ++at > 0);
      if (at < 0) return { values, end: text.length };
      const literal = text.slice(from, at);
      // psql puts a variable's value in quotes for `:'name'`.
      if (
        values.at(-1) === "" &&
        text.charAt(from - 2) !== ":" &&
        !(depth > 1 && /^(?:md|sha|aes|bf|hex)[\w-]{0,9}$/i.test(literal))
      )
        values.splice(-1, 1, literal);
    } else if (character === "(") depth += 1;
    else if (character === ")" && depth === 1) return { values, end: at + 1 };
    else if (character === ")") depth -= 1;
    else if (character === "," && depth === 1) values.push("");
    else if (character === ";") return { values, end: at };
  }
  return { values, end: at };
}
