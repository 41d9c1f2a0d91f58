/** Hostile texts of growing length, and what it costs to read them. */
import { strict as assert } from "node:assert";

/** What patterns could begin with, again and again, and what they could run over. */
const parts: readonly string[] = [
  '- : a= \'a "a a" ${ ${A:- ${A:-} $( $(echo {{ {{"a"}} ` \\ ( ) [ { < <a <a> <name>a</name> a.b a- a_ A Aa a1 9 / #{a'.split(
    " ",
  ),
  [
    " ",
    "\t",
    "\n",
    " \n",
    "= ",
    "a= ",
    "a = '",
    "password ",
    "password = ",
    "password='",
    "identified by ",
    "machine ",
    "machine a ",
    "default login ",
  ],
  [
    "user a ",
    "password $a$",
    "password $$",
    "password n'",
    "password ''",
    "set password for ",
    "set password for a = ",
    "pragma key = ",
    "sp_password ",
    "sp_password a, ",
    "connect a/",
    "\nconnect a/a@",
    "pass=md5('",
    "insert ",
    "insert into a (",
    "insert into a (a) ",
    "insert into a (a) values ",
    "insert into a (a) values ('",
    "insert into a (a) values ((",
    "('a','a'), ",
  ],
  [
    '<a a="',
    "<a a='",
    "<a a='b' ",
    "<a:a>",
    "</a>",
    "<a><b>",
    "<key>a</key>",
    "<name>a</name><a>",
    "<![CDATA[",
    "<string>a</string>",
    "echo a | ",
    "echo a | chpasswd\n",
    "chpasswd <<< ",
    "chpasswd <<a\n",
    "a:a\n",
    "sqlplus a/",
    "a/a@",
    "a%",
    "aws set ",
    "kubectl exec ",
    "htpasswd -b ",
    "-placeholder",
    "aPlaceholder",
    "a_SECRET",
    "%a1",
    "<a1",
    "neo4j",
    "stats auth ",
    "curl ",
    "curl -u ",
    "curl -u a:",
    "-----BEGIN ",
    "-----BEGIN A PRIVATE KEY-----",
    "-eyJ",
    "eyJaaaaaaaaaaa.",
    "eyJ",
  ],
  [
    "a://",
    "a://a:",
    "a:b@",
    "?token=",
    "?token=a&",
    "authorization: ",
    "authorization: bearer ",
    "AccountKey=",
    "sk-",
    "glpat-",
    "SG.",
    "SG.a.",
    "hf_",
  ],
  [
    "jdbc:oracle:thin:a/",
    "ldap://a:",
    "a:a@tcp",
    "{SHA",
    "$2a$",
    "SCRAM-SHA-1$1:",
    "dp.pt.",
    "discord.com/api/webhooks/1",
    "1:AA",
    "aB1cD2eF3g",
    "aB1-",
  ],
  [
    "--password ",
    "--password=",
    "mysql -p",
    "a:1:a:a:",
    "a: b\n",
    "- a\n",
    "? ",
    "a: [",
    "a: {b: ",
    "\u2028",
    "\u001b[31m",
    "\ud83d",
    "é",
    "token=a) ",
    "(a=a, ",
  ],
].flat();

const small = 6_000;
const large = 60_000;

/** Milliseconds of this process, not of the clock: the least of some runs. */
function cost(run: (text: string) => unknown, text: string, runs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < runs; count += 1) {
    const before = process.cpuUsage();
    run(text);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Fails when a function of a text takes more than linear time. */
export function assertLinear(run: (text: string) => unknown): void {
  for (const part of parts)
    for (const end of ["!", `=${part}`]) {
      const text = (length: number) => part.repeat(Math.ceil(length / part.length)) + end;
      // Ten times the text may take forty times as long; a quadratic one takes a hundred times.
      const bound = 40 * Math.max(cost(run, text(small), 1), 1.5);
      if (cost(run, text(large), 1) <= bound) continue;
      const again = [cost(run, text(small), 5), cost(run, text(large), 3)] as const;
      assert.ok(again[1] <= 40 * Math.max(again[0], 1.5), `${JSON.stringify(part + end)}: ${again.join(" and ")} ms`);
    }
}
