import { strict as assert } from "node:assert";
import { findingsFor, type Line } from "./labelled";

const line = (where: Line["in"], at: string, text: string, secret = false): Line => ({
  kind: secret ? "named" : "public",
  secret,
  in: where,
  at,
  text,
});

/** What charts ship as settings, in words of our own: names that end like a credential's, and the credentials beside them. */
const lines: readonly (readonly [title: string, Line])[] = [
  [
    "where nginx passes requests on",
    line("config", "a.conf", "server {\n  location / {\n    proxy_pass http://web:8080/api/;\n  }\n}\n"),
  ],
  ["where nginx passes PHP on", line("config", "b.conf", "location ~ [.]php$ {\n  fastcgi_pass php:9000;\n}\n")],
  [
    "where Apache passes requests on",
    line("config", "c.conf", '<Location "/">\n  ProxyPass http://web:3000/\n</Location>\n'),
  ],
  ["a user and password in such an address", line("config", "d.conf", "proxy_pass http://ops:tulip9@web/;\n", true)],
  ["the password of a proxy", line("env", "PROXY_PASS", "tulip9field", true)],
  ["what etcd tells clusters apart by", line("value", "etcd.initialClusterToken", "blue-etcd")],
  ["the same as a variable", line("env", "ETCD_INITIAL_CLUSTER_TOKEN", "blue-etcd")],
  ["a token by which nodes join a cluster", line("value", "agent.clusterToken", "tulip9field", true)],
  [
    "a gap that a script fills in",
    line(
      "config",
      "e.properties",
      'jaas.config=example.Login required user="a" password="broker-password-placeholder";\n',
    ),
  ],
  [
    "a public key",
    line("value", "secrets.hostKeyPub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ4bXBsZW9ubHlub3RhcmVhbGtleQ== host"),
  ],
  [
    "a private key that is not there",
    line("value", "cloud.privateKey", "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n"),
  ],
  [
    "a variable of a program in a map",
    line(
      "config",
      "f.py",
      'if x:\n    os.environ["PGPASSWORD"] = db_password\n    one["api_token"] = read(f"{key}.token")\n',
    ),
  ],
  [
    "a text of a program in a map",
    line("config", "g.py", 'import os\nos.environ["PGPASSWORD"] = "tulip-9-field"\n', true),
  ],
];

describe("secret-in-values, on settings that charts ship", () => {
  for (const [title, one] of lines)
    it(`${one.secret ? "finds" : "passes"} ${title}`, () => assert.equal(findingsFor(one).length > 0, one.secret));
});
