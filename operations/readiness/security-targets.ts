import { join } from "node:path";
import { z } from "zod";
import { projectRoot } from "../../config/project";
import { readDocument } from "../validation/read-document";
import { shown } from "./evidence";

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "expected a day such as 2027-01-31");
const dayOrNone = z.union([day, z.literal("")]);
const approval = z.strictObject({ name: z.string(), date: dayOrNone });
const review = z.strictObject({ name: z.string(), date: dayOrNone, version: z.string() });

const item = z.string().regex(/^\d+(\.\d+)+$/, 'expected an item such as "4.2.9"');
const reason = z.string().min(1);

const shape = z.strictObject({
  benchmark: z.strictObject({
    id: z.string().min(1),
    name: z.string().min(1),
    version: z.string().min(1),
    scope: z.array(z.string().regex(/^\d$/)).min(1),
    notApplicable: z.array(
      z.union([
        z.strictObject({ section: z.string().regex(/^\d$/), reason }),
        z.strictObject({ items: z.array(item).min(1), reason }),
      ]),
    ),
    waivers: z.array(
      z.strictObject({
        id: item,
        reason,
        owner: z.string().min(1),
        expires: day,
      }),
    ),
  }),
  podSecurity: z.strictObject({
    level: z.enum(["baseline", "restricted"]),
    version: z.string().regex(/^v1\.\d{1,2}$/, 'expected a version such as "v1.36"'),
  }),
  approvals: z.strictObject({ sre: approval, security: approval }),
  reviews: z.strictObject({ sre: review, security: review }),
});

/** The targets that SRE and Security agreed on. */
export type SecurityTargets = z.output<typeof shape>;

/** The file of the targets, unless the command line names another. */
export const targetsFile = (given?: string): string => given ?? join(projectRoot, "docs", "compliance", "targets.yaml");

/** Reads the targets. Throws a UserError with every mistake in the file. */
export function readTargets(given?: string): SecurityTargets {
  const file = targetsFile(given);
  const at = shown(file);
  const missing = `there is no ${at}: it names the benchmark and the level that are agreed`;
  return readDocument(file, shape, { kind: "list of security targets", at, missing });
}
