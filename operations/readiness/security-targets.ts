import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CORE_SCHEMA, load, YAMLException } from "js-yaml";
import { z } from "zod";
import { projectRoot } from "../../config/project";
import { explainConfig } from "../../policy/config/explain-config";
import { decodeText } from "../../policy/manifest/decode-text";
import { UserError } from "../../process/user-error";
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

/** What SRE and Security agreed to measure the platform by (COS-40). */
export type SecurityTargets = z.output<typeof shape>;

/** The file of the targets, unless a person names another. */
export const targetsFile = (given?: string): string => given ?? join(projectRoot, "docs", "compliance", "targets.yaml");

/** Reads the targets. Throws a UserError with every mistake in the file. */
export function readTargets(given?: string): SecurityTargets {
  const file = targetsFile(given);
  if (!existsSync(file))
    throw new UserError(`there is no ${shown(file)}: it names the benchmark and the level that are agreed`, 2);
  let document: unknown;
  try {
    document = load(decodeText(readFileSync(file)), { schema: CORE_SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new UserError(`${shown(file)}:${(error.mark?.line ?? 0) + 1}: not valid YAML: ${error.reason}`, 2);
  }
  const { success, data, error } = shape.safeParse(document);
  if (success) return data;
  const mistakes = explainConfig(error, shape, shown(file)).map((line) => `  ${line}`);
  throw new UserError(`${shown(file)} is not what it should be:\n${mistakes.join("\n")}`, 2);
}
