import { strict as assert } from "node:assert";
import fc from "fast-check";
import { explainConfig } from "../../../policy/config/explain-config";
import { settings } from "../../../systems/mailroom/service-config";

function mistakes(given: unknown): string[] {
  const { error } = settings.safeParse(given);
  return error ? explainConfig(error, settings, "config") : assert.fail("accepted");
}
const categories = (...list: unknown[]) => ({ triage: { categories: list } });

describe("systems/mailroom: the service's own configuration", () => {
  it("[MR-22] takes categories as names and as objects, in their order", () => {
    const list = [
      "Feed",
      { name: "Imbox", destination_mailbox: "Inbox" },
      { name: "Person", parent: "Imbox", contact_type: "person" },
    ];
    assert.deepEqual(settings.parse(categories(...list)).triage.categories, list);
  });

  it("[MR-21] takes every number of seconds in range, and a debounce up to the interval", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10, max: 90_000 }),
        fc.integer({ min: -10, max: 90_000 }),
        (interval, debounce_seconds) => {
          const fits = interval >= 1 && interval <= 86_400 && debounce_seconds >= 0 && debounce_seconds <= interval;
          assert.equal(settings.safeParse({ polling: { interval, debounce_seconds } }).success, fits);
        },
      ),
    );
  });

  it("[MR-22] takes exactly the categories that have distinct names and lead to no circle", () => {
    const names = ["A", "B", "C", "D"];
    const list = fc.array(
      fc.record({ name: fc.constantFrom(...names), parent: fc.constantFrom(undefined, ...names) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(list, (given) => {
        const distinct = new Set(given.map(({ name }) => name)).size === given.length;
        const known = given.every(({ parent }) => parent === undefined || given.some(({ name }) => name === parent));
        const rooted = (name: string | undefined, steps: number): boolean =>
          name === undefined || (steps > 0 && rooted(given.find((one) => one.name === name)?.parent, steps - 1));
        const fits = distinct && known && given.every(({ name }) => rooted(name, given.length + 1));
        assert.equal(settings.safeParse(categories(...given)).success, fits);
      }),
    );
  });

  const refused: [title: string, given: object, lines: string[]][] = [
    [
      "an interval of 0",
      { polling: { interval: 0, debounce_seconds: 0 } },
      ["config.polling.interval: expected a whole number of seconds from 1 to 86400"],
    ],
    [
      "a negative interval",
      { polling: { interval: -5 } },
      ["config.polling.interval: expected a whole number of seconds from 1 to 86400"],
    ],
    [
      "an interval in words",
      { polling: { interval: "often" } },
      ["config.polling.interval: expected a whole number of seconds from 1 to 86400"],
    ],
    [
      "a debounce above the interval",
      { polling: { interval: 10, debounce_seconds: 11 } },
      ["config.polling.debounce_seconds: expected a whole number of seconds from 0 to polling.interval"],
    ],
    [
      "an unknown level",
      { logging: { level: "verbose" } },
      ["config.logging.level: expected one of debug, info, warning, error"],
    ],
    [
      "an empty screener mailbox",
      { triage: { screener_mailbox: " " } },
      ["config.triage.screener_mailbox: expected a mailbox, not an empty text"],
    ],
    ["no category", categories(), ["config.triage.categories: expected at least one category"]],
    [
      "a number as category",
      categories("Feed", 7),
      ["config.triage.categories[1]: expected a category: a name, or an object with a name"],
    ],
    [
      "a category without a name",
      categories("Feed", { parent: "Feed" }),
      ["config.triage.categories[1].name: expected the category's name"],
    ],
    [
      "a mistyped key of a category",
      categories({ name: "Imbox", destination: "Inbox" }),
      ['config.triage.categories[0].destination: unknown key; did you mean "destination_mailbox"?'],
    ],
    [
      "the same name twice",
      categories("Feed", "Jail", { name: "feed" }),
      ['config.triage.categories[2]: category "feed" has the same name as entry [0]'],
    ],
    [
      "an unknown parent",
      categories("Imbox", { name: "Person", parent: "Inbox" }),
      ['config.triage.categories[1].parent: category "Person" has the unknown parent "Inbox"; categories: Imbox'],
    ],
    [
      "parents in a circle",
      categories({ name: "A", parent: "B" }, { name: "B", parent: "A" }),
      [
        'config.triage.categories[0].parent: category "A" is its own ancestor',
        'config.triage.categories[1].parent: category "B" is its own ancestor',
      ],
    ],
    [
      "an unknown contact_type",
      categories("Feed", { name: "Person", contact_type: "robot" }),
      ['config.triage.categories[1].contact_type: category "Person": expected company or person'],
    ],
    [
      "a category that sorts into the screener",
      categories("Feed", { name: "Loop", destination_mailbox: "Screener" }),
      ['config.triage.categories[1]: category "Loop" sorts into the screener mailbox itself'],
    ],
    [
      "another server without a scheme",
      { fastmail: { jmap_url: "mail.example" } },
      ["config.fastmail.jmap_url: expected the http or https address of the JMAP session resource"],
    ],
  ];
  for (const [title, given, lines] of refused) {
    it(`[MR-21] [MR-22] ${title} is refused, with key and category`, () => assert.deepEqual(mistakes(given), lines));
  }
});
