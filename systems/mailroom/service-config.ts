import { z } from "zod";
import { flag, text, wholeNumber } from "../schema";

/** The service's own configuration file: its type, and validation across its keys. */

const contactTypes = ["company", "person"];

const category = z.strictObject({
  name: text("the category's name").describe("Name of the category and of its contact group."),
  destination_mailbox: text("a mailbox").optional().describe("Mailbox for its mail; default: the name."),
  parent: text("a category's name").optional().describe("Category whose mailbox is the parent of this one."),
  contact_type: z.string().meta({ enum: contactTypes }).optional().describe("Type of its contacts; default: company."),
});
type CategoryObject = z.output<typeof category>;
type Category = CategoryObject | string;

const asObject = (entry: Category): CategoryObject => (typeof entry === "string" ? { name: entry } : entry);

const categories = z
  .array(z.union([text("a category's name"), category], "expected a category: a name, or an object with a name"))
  .min(1, "expected at least one category")
  .superRefine((list, context) => {
    for (const { index, key, problem } of categoryProblems(list)) {
      context.addIssue({ code: "custom", path: key ? [index, key] : [index], message: problem });
    }
  });

/** An error that involves several categories; the text names the category. */
interface CategoryProblem {
  readonly index: number;
  readonly key?: "parent" | "contact_type";
  readonly problem: string;
}

function categoryProblems(list: readonly Category[]): CategoryProblem[] {
  const all = list.map(asObject);
  const parents = new Map(all.map(({ name, parent }) => [name, parent]));
  return all.flatMap(({ name, parent, contact_type }, index): CategoryProblem[] => {
    const problems: CategoryProblem[] = [];
    const first = all.findIndex((other) => other.name.toLowerCase() === name.toLowerCase());
    if (first < index) problems.push({ index, problem: `category "${name}" has the same name as entry [${first}]` });
    if (contact_type && !contactTypes.includes(contact_type)) {
      problems.push({
        index,
        key: "contact_type",
        problem: `category "${name}": expected ${contactTypes.join(" or ")}`,
      });
    }
    if (parent !== undefined && !parents.has(parent)) {
      const known = [...parents.keys()].filter((other) => other !== name).join(", ");
      problems.push({
        index,
        key: "parent",
        problem: `category "${name}" has the unknown parent "${parent}"; categories: ${known}`,
      });
    } else if (leadsBack(name, parents)) {
      problems.push({ index, key: "parent", problem: `category "${name}" is its own ancestor` });
    }
    return problems;
  });
}

function leadsBack(name: string, parents: ReadonlyMap<string, string | undefined>): boolean {
  const seen = new Set<string>();
  for (let at = parents.get(name); at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (at === name) return true;
    seen.add(at);
  }
  return false;
}

const polling = z
  .strictObject({
    interval: wholeNumber(1, 86_400, "of seconds from 1 to 86400").default(60).describe("Seconds between two polls."),
    debounce_seconds: wholeNumber(0, 86_400, "of seconds from 0 to polling.interval")
      .default(3)
      .describe("Seconds to wait after a message arrives before it is sorted; at most the interval."),
  })
  .refine(({ interval, debounce_seconds }) => debounce_seconds <= interval, {
    path: ["debounce_seconds"],
    message: "expected a whole number of seconds from 0 to polling.interval",
  });

const defaultCategories: Category[] = [
  { name: "Imbox", destination_mailbox: "Inbox" },
  "Feed",
  "Paper Trail",
  "Jail",
  { name: "Person", parent: "Imbox", contact_type: "person" },
];

const triage = z
  .strictObject({
    screener_mailbox: text("a mailbox").default("Screener").describe("Mailbox whose mail is sorted."),
    categories: categories
      .default(defaultCategories)
      .describe("Categories that mail is sorted into: names, or objects with a name."),
  })
  .superRefine(({ screener_mailbox, categories }, context) => {
    for (const [index, entry] of categories.entries()) {
      const { name, parent, destination_mailbox = name } = asObject(entry);
      if (parent !== undefined || destination_mailbox !== screener_mailbox) continue;
      context.addIssue({
        code: "custom",
        path: ["categories", index],
        message: `category "${name}" sorts into the screener mailbox itself`,
      });
    }
  });

const labels = z.strictObject({
  mailroom_error: text("a mailbox")
    .default("@MailroomError")
    .describe("Mailbox added to a message that cannot be sorted."),
  mailroom_warning: text("a mailbox")
    .default("@MailroomWarning")
    .describe("Mailbox added to a message with an uncertain result."),
  warnings_enabled: flag().default(true).describe("Whether the warning mailbox is used."),
});

const levels = ["debug", "info", "warning", "error"] as const;
const logging = z.strictObject({
  level: z
    .enum(levels, `expected one of ${levels.join(", ")}`)
    .default("info")
    .describe("Minimum log level."),
});

const url = (what: string) => z.url({ protocol: /^https?$/, error: `expected the http or https address of ${what}` });
const fastmail = z
  .strictObject({
    jmap_url: url("the JMAP session resource")
      .optional()
      .describe("Endpoint of the JMAP session resource (RFC 8620); default: Fastmail's."),
    carddav_url: url("the CardDAV server")
      .optional()
      .describe("Endpoint for CardDAV discovery (RFC 6764); default: Fastmail's."),
  })
  .describe("Server endpoints, if not Fastmail's.");

/** The service's own configuration file, in its own spelling. */
export const settings = z.strictObject({
  polling: polling.prefault({}),
  triage: triage.prefault({}),
  labels: labels.prefault({}),
  logging: logging.prefault({}),
  fastmail: fastmail.optional(),
});
export type Settings = z.output<typeof settings>;
