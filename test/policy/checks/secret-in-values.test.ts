import { strict as assert } from "node:assert";
import { secretInValues } from "../../../policy/checks/secret-in-values";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { complaintOf, messageOf } from "../../../policy/message";
import { container, deployment, manifest, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const env = (name: string, value: unknown) =>
  deployment(podSpec({ containers: [container({ env: [{ name, value: value as string }] })] }));
const config = (data: JsonObject) => manifest("v1", "ConfigMap", { data });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const hidden = "must be empty, or a reference to a Secret, got a literal (not shown)";

ruleCases(secretInValues, "secret-in-values", [
  ["passes plain settings", [env("LOG_LEVEL", "debug"), env("TOKEN_FILE", "/run/token"), env("MAX_TOKENS", "4096")]],
  ["passes references", [env("TOKEN", "$(OTHER)"), env("PASSWORD", "${OTHER}"), env("PASSWORD", "")]],
  ["passes a credential where it belongs", manifest("v1", "Secret", { stringData: { token: "hunter2" } })],
  [
    "passes a variable taken from a Secret",
    deployment(
      podSpec({
        containers: [container({ env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "token" } } }] })],
      }),
    ),
  ],
  [
    "fails a variable named like a credential",
    env("JMAP_TOKEN", "hunter2"),
    [`container "web": env[0].value ${hidden}`],
  ],
  [
    "fails a credential by its look",
    env("EXTRA", `ghp_${"a".repeat(36)}`),
    ['container "web": env[0].value must be empty, or a reference to a Secret, got a GitHub token (not shown)'],
  ],
  [
    "[COS-18] fails a text that can only be random, whatever its name",
    env("EXTRA", "q7Vd0Zk2Lx9RtB4mYw8Hc3Nf"),
    [
      'container "web": env[0].value must be empty, or a reference to a Secret, got a text that looks random (not shown)',
    ],
  ],
  ["passes a random text that is public", env("CA_FINGERPRINT", "q7Vd0Zk2Lx9RtB4mYw8Hc3Nf")],
  [
    "fails an argument",
    deployment(podSpec({ containers: [container({ args: ["--verbose", "--db-password=hunter2"] })] })),
    [`container "web": args[1] ${hidden}`],
  ],
  ["fails a key of a ConfigMap", config({ password: "hunter2" }), [`data["password"] ${hidden}`]],
  [
    "fails a key inside a file of a ConfigMap, by its path there",
    config({ "config.yaml": "smtp:\n  user: me\n  password: hunter2\n", "app.env": "LEVEL=info\nAPI_KEY=hunter2\n" }),
    [`data["config.yaml"] at smtp.password ${hidden}`, `data["app.env"] at API_KEY ${hidden}`],
  ],
  [
    "fails a URL with a password",
    config({ database: "postgres://app:hunter2@db:5432/app" }),
    ['data["database"] must be empty, or a reference to a Secret, got a URL with a password (not shown)'],
  ],
  ["passes a URL without one", config({ database: "postgres://db:5432/app", other: "postgres://app@db/app" })],
  [
    "cannot evaluate an unknown variable",
    env("TOKEN", UNKNOWN),
    ['container "web": env[0].value cannot be evaluated, got a value unknown until deployment'],
  ],
  [
    "cannot evaluate a literal of an unknown name",
    deployment(podSpec({ containers: [container({ env: [{ name: UNKNOWN as never, value: "x" }] })] })),
    ['container "web": env[0].value cannot be evaluated, got a value unknown until deployment'],
  ],
  [
    "fails a command's own flag and a bare credential, and passes the rest of it",
    deployment(
      podSpec({
        containers: [container({ command: ["serve", "--token=hunter2", `ghp_${"a".repeat(36)}`, "--verbose"] })],
      }),
    ),
    [
      `container "web": command[1] ${hidden}`,
      'container "web": command[2] must be empty, or a reference to a Secret, got a GitHub token (not shown)',
    ],
  ],
  [
    "fails a word after its flag, a variable before a command and a script, and passes what a script takes from elsewhere",
    deployment(
      podSpec({
        containers: [
          container({
            command: ["sh", "-c", 'export API_TOKEN=hunter2; db --password "$DB_PASSWORD" --token=$(cat /run/token)'],
            args: [
              "--password",
              "hunter2",
              "--token",
              "--verbose",
              "PASSWORD=hunter2 serve",
              "--token-file",
              "/run/token",
            ],
          }),
        ],
      }),
    ),
    [
      `container "web": command[2] at API_TOKEN ${hidden}`,
      `container "web": args[1] ${hidden}`,
      `container "web": args[4] at PASSWORD ${hidden}`,
    ],
  ],
  [
    "fails a probe's header and path and a hook's command",
    deployment(
      podSpec({
        containers: [
          container({
            livenessProbe: {
              httpGet: { path: "/?token=abcdefgh1", httpHeaders: [{ name: "Authorization", value: "hunter2" }] },
            },
            lifecycle: { preStop: { exec: { command: ["stop", "--api-key=hunter2"] } } },
          }),
        ],
      }),
    ),
    [
      'container "web": livenessProbe.httpGet.path must be empty, or a reference to a Secret, got a URL with a credential (not shown)',
      `container "web": livenessProbe.httpGet.httpHeaders[0].value ${hidden}`,
      `container "web": lifecycle.preStop.exec.command[1] ${hidden}`,
    ],
  ],
  [
    "fails a file of settings in a variable, and a file in a file",
    [env("CONFIG", '{"db":{"password":"hunter2"}}'), config({ "app.yaml": "inner: |\n  token: hunter2\n" })],
    [`data["app.yaml"] at inner at token ${hidden}`, `container "web": env[0].value at db.password ${hidden}`],
  ],
  [
    "fails what is only packed in base64, by line or as binary data",
    [
      config({
        note: base64("-----BEGIN EC PRIVATE KEY-----\nMHcC").replace(/(.{8})/g, "$1\n"),
        "a.cfg": base64("password: hunter2\n"),
      }),
      manifest("v1", "ConfigMap", { binaryData: { "app.env": base64("TOKEN=hunter2\n") } }),
    ],
    [
      'data["note"] must be empty, or a reference to a Secret, got a private key in base64 (not shown)',
      'data["a.cfg"] must be empty, or a reference to a Secret, got a credential in base64 (not shown)',
      `binaryData["app.env"] at TOKEN ${hidden}`,
    ],
  ],
  [
    "fails an element of XML",
    config({ "app.xml": "<db><password>hunter2</password></db>" }),
    [`data["app.xml"] at password ${hidden}`],
  ],
  [
    "passes switches, files, names of Secrets, and what a script takes from elsewhere",
    [
      env("USE_TOKEN", "true"),
      env("TLS_PRIVATE_KEY", "/etc/tls/tls.key"),
      env("SSH_PRIVATE_KEY", "id_rsa.pem"),
      env("TLS_SECRET", "web-tls"),
      env("TLS_SECRET", "apps/web-tls"),
      config({ "run.sh": 'PASSWORD="$1"\nTOKEN=$(cat /run/token)\nPASSWORD=${PASSWORD:-}\n' }),
    ],
  ],
  [
    "fails a Secret's name that is none, a default beside a reference, and digits of base 16 under a key's name",
    [
      env("WEB_SECRET", "Hunter/2!"),
      env("PASSWORD", "${OTHER:-hunter2}"),
      env("WRAP_KEY", "0123456789abcdef".repeat(4)),
    ],
    [
      `container "web": env[0].value ${hidden}`,
      `container "web": env[0].value ${hidden}`,
      'container "web": env[0].value must be empty, or a reference to a Secret, got a text that looks random (not shown)',
    ],
  ],
  [
    "passes the name of a Secret in view under a variable that could hold a credential, and fails any other",
    [
      manifest("v1", "Secret", { metadata: { name: "blue" } }),
      env("SHOP_SECRET", "blue"),
      config({ SHOP_SECRET: "blue" }),
      env("SHOP_SECRET", "green"),
    ],
    [`container "web": env[0].value ${hidden}`],
  ],
  ["passes digits of base 16 elsewhere", env("COMMIT", "0123456789abcdef".repeat(4))],
  ["passes other kinds with data", manifest("example.com/v1", "Settings", { data: { password: "hunter2" } })],
]);

describe("secret-in-values, the values themselves", () => {
  const release = { apiVersion: "helm.sh/v3", kind: "Release", name: "web", namespace: "apps" };
  const given = (tree: unknown, text?: string) =>
    secretInValues.check([], {
      ...prod,
      values: [
        {
          name: text === undefined ? "values" : "web/values.yaml",
          object: release,
          tree,
          ...(text !== undefined && { text }),
        },
      ],
    });

  it("[MR-28] fails every text under secrets, the user name too, and names the key", () => {
    const found = given({ secrets: { jmap_token: "hunter2", carddav_username: "me", carddav_password: "" } });
    assert.deepEqual(found.map(complaintOf), [
      `values.secrets.jmap_token ${hidden}`,
      `values.secrets.carddav_username ${hidden}`,
    ]);
  });

  it("[MR-28] finds the line in a committed values file", () => {
    const text = "image: web\nsecrets:\n  jmap_token: hunter2\n";
    const [finding] = given({ secrets: { jmap_token: "hunter2" } }, text);
    assert.equal(finding?.file, "web/values.yaml");
    assert.equal(finding.line, 3);
  });

  it("fails a number under a credential's name, and a longer one elsewhere passes", () => {
    assert.deepEqual(given({ pin: { password: 4711 }, port: 8080 }).map(complaintOf), [
      "values.pin.password must be empty, or a reference to a Secret, got a literal",
    ]);
  });

  it("passes empty entries and names of Secrets", () => {
    const tree = {
      existingSecret: "web-credentials",
      secrets: { jmap_token: "", existingSecret: "x", name: "web" },
      secret: { name: "web", keys: ["token"] },
      imagePullSecrets: [{ name: "registry" }],
      tls: { secretName: "web-tls" },
      tokenExpirationSeconds: 3600,
      automountServiceAccountToken: false,
      passwordKey: "password",
      podAnnotations: { "hardened.pulumi/service-account-token": "reads pods through the API server" },
    };
    assert.deepEqual(given(tree).map(complaintOf), []);
  });

  for (const key of [
    "password",
    "dbPassword",
    "DB_PASSWORD",
    "apiKey",
    "client-secret",
    "AWS_SECRET_ACCESS_KEY",
    "token",
    "sshPrivateKey",
    "DB_PASS",
    "PGPASSWORD",
    "JWT_SECRET",
    "SECRET_KEY_BASE",
  ]) {
    it(`knows ${key} for a credential`, () => assert.equal(given({ app: { [key]: "x" } }).length, 1));
  }

  it("[MR-28] never shows a value, whatever is wrong with it", () => {
    const secret = "correct-horse-battery-staple";
    const found = [
      ...given({ secrets: { a: secret }, password: secret, list: [{ token: secret }], note: `Bearer ${secret}` }),
      ...secretInValues.check([env("TOKEN", secret), config({ password: secret, "a.env": `TOKEN=${secret}` })], prod),
    ];
    assert.equal(found.length, 7);
    for (const finding of found) assert.doesNotMatch(messageOf(finding), /horse/);
  });
});

describe("secret-in-values, hostile texts", function () {
  this.timeout(60_000);
  const length = 300_000;
  const random = Array.from({ length }, (_, index) => (index % 3 === 2 ? "-" : "aB1cD2eF3g"[index % 10])).join("");
  for (const [what, part] of [
    ["empty lines", "\n"],
    ["spaces", "a= "],
    ["commands", "curl "],
    ["dots", "a."],
    ["hyphens", "a-"],
    ["tokens' beginnings", "-eyJ"],
    ["opened elements", "<a>"],
    ["addresses' beginnings", "a://"],
    ["random letters between hyphens", random],
  ] as const)
    it(`takes no longer for ${what} than for any other text`, () => {
      const text = `${part.repeat(length / part.length)}=${part.repeat(length / part.length)}!`;
      const start = performance.now();
      secretInValues.check([config({ note: text }), env("WEB_SECRET", text), env("PASSWORD", text)], prod);
      assert.ok(performance.now() - start < 5000, `${performance.now() - start} ms`);
    });
});
