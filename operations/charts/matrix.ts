import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { JsonObject } from "../../policy/contract";
import { profiles } from "../../policy/evaluate/profiles";
import { overlay } from "../../policy/manifest/overlay";
import { UserError } from "../../process/user-error";
import { readValues } from "../validation/check-targets";
import { readDocument } from "../validation/read-document";

const tree = z.record(z.string(), z.unknown());
const words = z.array(z.string().min(1));

const apiVersions = words
  .default([])
  .describe("What the cluster serves beside Kubernetes' own, e.g. monitoring.coreos.com/v1.");

const base = z.strictObject({
  files: words.default([]).describe("Values files, from the folder of the matrix; the last one takes precedence."),
  values: tree.default({}).describe("Values over the files: what each user has to say."),
  profile: z.enum(profiles).describe("How strictly the policy pack evaluates its renders."),
  images: words.describe("Repositories its images may come from, as in policy.images."),
  apiVersions,
});

const variation = z.strictObject({
  values: tree.describe("Values over those of the base."),
  only: words.optional().describe("Bases it is for; default: all of them."),
  apiVersions,
});

const chart = z.strictObject({
  chart: z.string().min(1).describe("Chart folder, from the folder of the matrix."),
  release: z.string().min(1).describe("Name of the release."),
  namespace: z.string().min(1).describe("Namespace of the release."),
  bases: z.record(z.string(), base).describe("Values a user begins with, by name."),
  variations: z.record(z.string(), variation).default({}).describe("One change of a base each, by name."),
});

const shape = z.strictObject({ charts: z.array(chart).min(1) });

/** One render of a matrix: a chart with a base's values, and one change of them or none. */
export interface Combination {
  /** "zen-agent, aws, replicas-3". */
  readonly name: string;
  /** Absolute path of the chart. */
  readonly chart: string;
  readonly release: string;
  readonly namespace: string;
  readonly values: JsonObject;
  readonly apiVersions: readonly string[];
  readonly profile: (typeof profiles)[number];
  readonly images: readonly string[];
}

/** Every combination of a matrix file: each base unchanged, and with each change that applies to it. Throws a UserError with every error in the file. */
export async function readMatrix(file: string): Promise<Combination[]> {
  const { charts } = readDocument(file, shape, { kind: "matrix of values" });
  const folder = dirname(file);
  const mistakes = charts.flatMap((one) =>
    Object.entries(one.variations).flatMap(([name, { only = [] }]) =>
      only
        .filter((wanted) => !Object.hasOwn(one.bases, wanted))
        .map((wanted) => `${file}: ${one.chart}, ${name}: there is no base "${wanted}"`),
    ),
  );
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"), 2);
  const found: Combination[] = [];
  for (const { chart, release, namespace, bases, variations } of charts)
    for (const [baseName, { files, values, profile, images, apiVersions }] of Object.entries(bases)) {
      const own = overlay(await readValues(files.map((one) => resolve(folder, one))), values as JsonObject);
      const common = { chart: resolve(folder, chart), release, namespace, profile, images };
      found.push({ ...common, name: `${release}, ${baseName}`, values: own, apiVersions });
      for (const [name, one] of Object.entries(variations))
        if (one.only?.includes(baseName) ?? true)
          found.push({
            ...common,
            name: `${release}, ${baseName}, ${name}`,
            values: overlay(own, one.values as JsonObject),
            apiVersions: [...apiVersions, ...one.apiVersions],
          });
    }
  return found;
}
