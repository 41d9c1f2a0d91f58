// cspell:ignore intervall pasword
import { strict as assert } from "node:assert";
import { explainConfig } from "../../../policy/config/explain-config";
import { mailroomConfig, mailroomCredentials, secretKeys } from "../../../systems/mailroom/config";

/** The lines a user reads for a wrong configuration. */
function mistakes(given: unknown): string[] {
  const { error } = mailroomConfig.safeParse(given);
  return error ? explainConfig(error, mailroomConfig, "mailroom") : assert.fail("accepted");
}

const digest = `sha256:${"ad".repeat(32)}`;
const amounts = { cpu: "100m", memory: "64Mi" };

describe("systems/mailroom: configuration", () => {
  it("[MR-21] [MR-22] [MR-30] [MR-31] [MR-32] [MR-39] has a default for every key", () => {
    const { config, ...rest } = mailroomConfig.parse({});
    assert.deepEqual(rest, {
      enabled: true,
      namespace: "mailroom",
      release: "mailroom",
      image: {
        repository: "ghcr.io/hellothisisflo/mailroom",
        tag: "latest",
        digest: "",
        runAsUser: 10001,
        runAsGroup: 10001,
      },
      replicaCount: 1,
      resources: { requests: { memory: "64Mi", cpu: "100m" }, limits: { memory: "128Mi", cpu: "100m" } },
      setup: { apply: false },
      credentials: { from: "config" },
      mailServer: false,
      mailServerNodePort: 0,
      networkPolicy: { destinations: {} },
    });
    assert.deepEqual(Object.keys(config), ["polling", "triage", "labels", "logging"]);
  });

  it("keeps the default of every key beside a given one", () => {
    const { image, config } = mailroomConfig.parse({
      image: { tag: "1.2.0" },
      config: { logging: { level: "debug" } },
    });
    assert.equal(image.repository, "ghcr.io/hellothisisflo/mailroom");
    assert.equal(config.polling.interval, 60);
    assert.equal(config.logging.level, "debug");
  });

  const accepted: [title: string, given: object][] = [
    ["a paused service", { replicaCount: 0 }],
    ["a pinned image", { image: { tag: "1.2.0", digest } }],
    ["a digest alone", { image: { tag: "", digest } }],
    ["a registry with a port", { image: { repository: "registry.example:5000/team/mail_room" } }],
    [
      "fractions of a core",
      { resources: { requests: { cpu: "0.1", memory: "1Gi" }, limits: { cpu: "1", memory: "1024Mi" } } },
    ],
    ["a Secret of someone else's", { credentials: { from: "existing", secretName: "mailroom-credentials" } }],
    ["a secret store", { credentials: { from: "external", storeName: "vault", remoteKey: "mail/owner" } }],
    ["random credentials for the mail server", { mailServer: true, credentials: { from: "generated" } }],
    [
      "another server",
      { config: { fastmail: { jmap_url: "http://mail.example:8080/jmap", carddav_url: "https://mail.example/" } } },
    ],
    [
      "a server behind a private name, with a destination for it",
      {
        config: { fastmail: { jmap_url: "http://mail.internal:8080/jmap" } },
        networkPolicy: { destinations: { mail: { port: 8080, peers: [{ ipBlock: { cidr: "10.0.0.0/8" } }] } } },
      },
    ],
  ];
  for (const [title, given] of accepted) it(`accepts ${title}`, () => assert.ok(mailroomConfig.parse(given)));

  const refused: [title: string, given: object, lines: string[]][] = [
    [
      "[MR-39] setup.apply as text",
      { setup: { apply: "yes" } },
      ["mailroom.setup.apply: expected true or false, without quotes"],
    ],
    [
      "servers that its network policy leads to no more than to any private name or pod",
      {
        config: { fastmail: { jmap_url: "http://mail.internal:8080/jmap", carddav_url: "https://post.mail.svc:8443" } },
      },
      [
        "mailroom.config.fastmail.jmap_url: names mail.internal:8080 outside of the cluster, which no destination of networkPolicy.destinations leads to: the pods cannot reach it; add one with port 8080",
        "mailroom.config.fastmail.carddav_url: names post.mail.svc:8443 in namespace mail, which no destination of networkPolicy.destinations leads to: the pods cannot reach it; add one with port 8443",
      ],
    ],
    [
      "[MR-31] three copies",
      { replicaCount: 3 },
      ["mailroom.replicaCount: expected a whole number 0 or 1: a second copy would sort the same mail twice"],
    ],
    ["[MR-09] an unknown key", { replicas: 1 }, ['mailroom.replicas: unknown key; did you mean "replicaCount"?']],
    [
      "[MR-09] an unknown key deep inside",
      { config: { polling: { intervall: 5 } } },
      ['mailroom.config.polling.intervall: unknown key; did you mean "interval"?'],
    ],
    [
      "[MR-32] a quantity with the wrong unit",
      { resources: { requests: amounts, limits: { cpu: "100m", memory: "128mb" } } },
      ['mailroom.resources.limits.memory: expected memory such as "128Mi" or "1Gi"'],
    ],
    [
      "[MR-32] limits below the requests, both",
      { resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "900m", memory: "1000Mi" } } },
      [
        "mailroom.resources.limits.cpu: the limit 900m is below the request 1; raise the limit or lower the request",
        "mailroom.resources.limits.memory: the limit 1000Mi is below the request 1Gi; raise the limit or lower the request",
      ],
    ],
    [
      "[MR-32] requests and limits of 0",
      { resources: { requests: { cpu: "0m", memory: "1Gi" }, limits: { cpu: "1", memory: "0" } } },
      [
        "mailroom.resources.requests.cpu: expected more than 0m: nothing is set aside, and an autoscaler has nothing to measure by",
        "mailroom.resources.limits.memory: expected more than 0: Kubernetes takes that as no limit",
      ],
    ],
    [
      "[MR-32] a missing request",
      { resources: { requests: { cpu: "1" }, limits: { cpu: "1", memory: "1Gi" } } },
      ['mailroom.resources.requests.memory: expected memory as text such as "128Mi"'],
    ],
    [
      "[MR-10] a namespace with capitals",
      { namespace: "Mail_Room" },
      [
        'mailroom.namespace: the namespace must be lower-case letters, digits and "-", and start and end with a letter or digit',
      ],
    ],
    [
      "[MR-12] a release name with capitals and an underscore",
      { release: "My_Mail" },
      [
        'mailroom.release: the release name must be lower-case letters, digits and "-", and start and end with a letter or digit',
      ],
    ],
    [
      "[MR-12] a release name of 54 characters",
      { release: "a".repeat(54) },
      ["mailroom.release: the release name must have at most 53 characters"],
    ],
    [
      "[MR-30] a digest of 63 digits",
      { image: { digest: digest.slice(0, -1) } },
      ["mailroom.image.digest: expected sha256: and 64 lower-case hexadecimal digits"],
    ],
    [
      "[MR-30] a digest of one digit, a placeholder",
      { image: { digest: `sha256:${"0".repeat(64)}` } },
      [
        "mailroom.image.digest: one digit repeated is no image's digest; put that of the release you run: crane digest IMAGE prints it",
      ],
    ],
    [
      "[MR-30] neither tag nor digest",
      { image: { tag: "" } },
      ["mailroom.image.tag: expected a tag, a digest, or both"],
    ],
    [
      "[MR-30] a repository with a tag",
      { image: { repository: "ghcr.io/owner/mailroom:1.0" } },
      ["mailroom.image.repository: expected a repository without tag, such as ghcr.io/owner/name"],
    ],
    [
      "[MR-33] root",
      { image: { runAsUser: 0 } },
      ["mailroom.image.runAsUser: expected a whole number above 0, the image's numeric user id"],
    ],
    [
      "[MR-33] a user by name",
      { image: { runAsUser: "app" } },
      ["mailroom.image.runAsUser: expected a whole number above 0, the image's numeric user id"],
    ],
    [
      "[MR-34] a weaker security context",
      { securityContext: {} },
      [/^mailroom\.securityContext: unknown key/ as unknown as string],
    ],
    [
      "[MR-52] a credential in the open",
      { credentials: { from: "config", jmap_token: "fmu1-secret" } },
      [
        "mailroom.credentials.jmap_token: unknown key; known keys: from, secretName, storeKind, storeName, remoteKey, refreshInterval",
      ],
    ],
    [
      "[MR-52] a source that does not exist",
      { credentials: { from: "file" } },
      ["mailroom.credentials.from: expected from: config, generated, existing or external"],
    ],
    [
      "two servers",
      { mailServer: true, config: { fastmail: { jmap_url: "http://mail.example/" } } },
      ["mailroom.mailServer: mailServer and config.fastmail both name the server to use: choose one"],
    ],
  ];
  for (const [title, given, lines] of refused) {
    it(`${title} is refused in words`, () => {
      const found = mistakes(given);
      assert.equal(found.length, lines.length, found.join("\n"));
      for (const [index, line] of lines.entries()) {
        if (typeof line === "string") assert.equal(found[index], line);
        else assert.match(found[index] as string, line);
      }
    });
  }

  it("names every mistake at once", () => {
    const found = mistakes({
      replicaCount: 3,
      setup: { apply: "yes" },
      config: { polling: { interval: 0 }, logging: { level: "verbose" } },
    });
    assert.deepEqual(
      found.map((line) => line.split(":")[0]),
      [
        "mailroom.replicaCount",
        "mailroom.setup.apply",
        "mailroom.config.polling.interval",
        "mailroom.config.logging.level",
      ],
    );
  });
});

describe("systems/mailroom: credentials", () => {
  const given = { jmap_token: "token-one", carddav_username: "owner@example.com", carddav_password: "password-one" };
  const complaints = (values: unknown): string[] => {
    const { error } = mailroomCredentials.safeParse(values);
    return error ? explainConfig(error, mailroomCredentials, "mailroomCredentials") : assert.fail("accepted");
  };

  it("[MR-27] become exactly the keys of the Secret", () => {
    const keys = mailroomCredentials.parse(given);
    assert.deepEqual(Object.keys(keys), [...secretKeys]);
    assert.deepEqual(Object.values(keys), Object.values(given));
  });

  it("[MR-25] [MR-52] empty or missing ones are named, with the command that sets them", () => {
    assert.deepEqual(complaints({ jmap_token: "", carddav_username: "owner@example.com" }), [
      "mailroomCredentials.jmap_token: expected the API token for mail, not an empty text; pulumi config set --secret --path mailroomCredentials.jmap_token",
      "mailroomCredentials.carddav_password: expected the app password for contacts; pulumi config set --secret --path mailroomCredentials.carddav_password",
    ]);
  });

  it("[MR-26] the example's placeholders are refused", () => {
    const set = "pulumi config set --secret --path mailroomCredentials";
    for (const placeholders of [
      ["replace-with-your-api-token", "replace-with-your-address@fastmail.com", "replace-with-your-app-password"],
      ["your-fastmail-jmap-token-here", "your-fastmail-email@fastmail.com", "your-fastmail-app-password-here"],
      ["changeme", "<address>", "xxxx-xxxx-xxxx"],
    ])
      assert.deepEqual(
        complaints(Object.fromEntries(Object.keys(given).map((key, index) => [key, placeholders[index]]))),
        Object.keys(given).map(
          (key) => `mailroomCredentials.${key}: still a placeholder; put the real value: ${set}.${key}`,
        ),
      );
  });

  it("[MR-52] no complaint repeats a credential", () => {
    const lines = complaints({ ...given, carddav_pasword: "password-two", jmap_token: 12345 }).join("\n");
    assert.match(lines, /carddav_pasword: unknown key; did you mean "carddav_password"\?/);
    for (const value of [...Object.values(given), "password-two", "12345"]) assert.ok(!lines.includes(value));
  });
});
