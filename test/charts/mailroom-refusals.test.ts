import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { charts, refusal, secrets } from "./helm";

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
      assert.match(words, new RegExp(`^secrets\\.${key} is still the example placeholder`, "m"));
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
