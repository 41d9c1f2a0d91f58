import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { isPlaceholder } from "../../systems/credentials";
import { charts, refusal, render, secrets } from "./support/helm";

/** Texts of manuals in place of a credential; the first three are those the service's own example file had. */
const placeholders = [
  "your-fastmail-jmap-token-here",
  "your-fastmail-email@fastmail.com",
  "your-fastmail-app-password-here",
  ...[
    "YOUR_API_TOKEN",
    "changeme",
    "change-me",
    "<token>",
    "<your token>",
    "${TOKEN}",
    "xxxx",
    "xxxx-xxxx-xxxx",
    "***",
    "...",
    "TODO",
  ],
  "put the token here",
];
const credentials = ["fmu1-4f2a-changeme-91", "owner@yourhost.example", "xx1", "adherent-hereby"];

const refused = (values: object, args: string[] = []): Promise<string> =>
  refusal({ values: { secrets, ...values }, args });

describe("charts/mailroom: refusals", () => {
  it("[MR-25] [MR-26] names every empty credential at once, and where it comes from", async () => {
    const all = await refusal({ values: {} });
    for (const key of Object.keys(secrets))
      assert.match(all, new RegExp(`^secrets\\.${key} is empty: set it in secrets-values\\.yaml`, "m"));
    const one = await refused({ secrets: { ...secrets, carddav_password: "" } });
    assert.match(one, /secrets\.carddav_password is empty/);
    assert.doesNotMatch(one, /jmap_token|carddav_username/);
  });

  it("[MR-26] refuses what the example file holds", async () => {
    const example = load(readFileSync(join(charts, "mailroom/secrets-values.yaml.example"), "utf8")) as object;
    const words = await refusal({ values: example });
    for (const key of Object.keys(secrets))
      assert.match(words, new RegExp(`^secrets\\.${key} is still a placeholder`, "m"));
  });

  it("[MR-26] refuses the placeholders of manuals as the stack does, and no real credential", async () => {
    for (const [index, value] of placeholders.entries()) {
      assert.ok(isPlaceholder(value), value);
      const words = await refused({ secrets: { ...secrets, jmap_token: value } });
      assert.match(words, /^secrets\.jmap_token is still a placeholder/m, `placeholder ${index}`);
    }
    for (const value of credentials) {
      assert.ok(!isPlaceholder(value), value);
      await render({ values: { secrets: { ...secrets, jmap_token: value } } });
    }
  });

  it("[MR-21] [MR-22] [MR-32] refuses what only shows between keys, all at once and by path", async () => {
    const categories = [
      "Feed",
      { name: "feed" },
      { name: "Person", parent: "Imbx" },
      { name: "Child", parent: "Feed" },
    ];
    const words = await refused({
      config: { polling: { interval: 5, debounce_seconds: 6 }, triage: { categories } },
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "0.4", memory: "512Mi" } },
    });
    assert.deepEqual(
      words.split("\n").filter((line) => /^(config|resources)\./.test(line)),
      [
        "resources.limits.cpu (0.4) is below resources.requests.cpu (500m); raise the limit or lower the request",
        "resources.limits.memory (512Mi) is below resources.requests.memory (1Gi); raise the limit or lower the request",
        "config.polling.debounce_seconds (6) is above config.polling.interval (5); lower the one or raise the other",
        'config.triage.categories[1]: category "feed" has the same name as config.triage.categories[0]; rename one of them',
        'config.triage.categories[2].parent: category "Person" has the unknown parent "Imbx"; categories: Feed, feed, Child',
      ],
    );
  });

  it("[MR-22] takes a parent that stands further down, equal limits, and another map for the configuration", async () => {
    const amounts = { cpu: "0.1", memory: "128Mi" };
    await render({
      values: {
        secrets,
        config: { triage: { categories: [{ name: "Child", parent: "Feed" }, "Feed"] } },
        resources: { requests: { ...amounts, cpu: "100m" }, limits: amounts },
      },
    });
    const twice = { config: { triage: { categories: ["Feed", "Feed"] } } };
    await render({ values: { secrets, existingConfigMap: "theirs", ...twice } });
  });

  it("[MR-29] refuses credentials beside existingSecret, and repeats none", async () => {
    const words = await refused({ existingSecret: "their-secret" });
    assert.match(words, /secrets\.jmap_token and existingSecret are both set: choose one/);
    for (const value of Object.values(secrets)) assert.ok(!words.includes(value));
  });

  const wrong: [title: string, values: object, words: RegExp][] = [
    ["[MR-39] setup.apply as text", { setup: { apply: "yes" } }, /\/setup\/apply.*got string, want boolean/],
    ["[MR-31] three copies", { replicaCount: 3 }, /\/replicaCount.*maximum.*1/],
    [
      "[MR-22] a category without a name",
      { config: { triage: { categories: ["Feed", { parent: "Feed" }] } } },
      /\/categories\/1.*[\s\S]*missing property 'name'/,
    ],
    [
      "[MR-22] an unknown contact_type",
      { config: { triage: { categories: [{ name: "A", contact_type: "robot" }] } } },
      /'company', 'person'/,
    ],
    ["[MR-21] an empty screener_mailbox", { config: { triage: { screener_mailbox: "" } } }, /\/screener_mailbox/],
    ["[MR-21] an interval of 0", { config: { polling: { interval: 0 } } }, /\/polling\/interval.*minimum.*1/],
    [
      "[MR-21] an interval in words",
      { config: { polling: { interval: "often" } } },
      /\/polling\/interval.*want integer/,
    ],
    [
      "[MR-21] an unknown level",
      { config: { logging: { level: "verbose" } } },
      /\/logging\/level.*'debug', 'info', 'warning', 'error'/,
    ],
    [
      "[MR-32] a quantity with the wrong unit",
      { resources: { limits: { memory: "128mb" } } },
      /\/resources\/limits\/memory/,
    ],
    ["[MR-09] an unknown key", { replicas: 1 }, /'replicas' not allowed/],
    ["[MR-30] a malformed digest", { image: { digest: `sha256:${"0".repeat(63)}` } }, /\/image\/digest/],
    ["[MR-33] root", { image: { runAsUser: 0 } }, /\/image\/runAsUser.*minimum.*1/],
    ["[MR-33] a user by name", { image: { runAsUser: "app" } }, /\/image\/runAsUser.*want integer/],
    [
      "[MR-15] a lower Pod Security level",
      { namespace: { podSecurity: { level: "baseline" } } },
      /\/namespace\/podSecurity\/level.*'restricted'/,
    ],
    [
      "[MR-34] a weaker security context",
      { securityContext: { allowPrivilegeEscalation: true } },
      /'securityContext' not allowed/,
    ],
  ];
  for (const [title, values, words] of wrong)
    it(`${title} is refused by name`, async () => assert.match(await refused(values), words));

  it("[MR-27] a credential that is a number is refused, not rounded", async () => {
    const words = await refused({}, ["--set", "secrets.jmap_token=12345678901234"]);
    assert.match(words, /\/secrets\/jmap_token.*want string/);
    assert.ok(!words.includes("12345678901234"));
  });
});
