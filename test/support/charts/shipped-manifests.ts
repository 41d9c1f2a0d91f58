import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { charts, helm } from "../../charts/support/helm";
import { root } from "../tree";

/** Rendered objects, as a cluster gets them. */
export interface Manifest {
  /** A golden file, such as `dev/mailroom-dev_mailroom.yaml`, or an overlay: `floe-platform/values-prod.yaml`. */
  readonly name: string;
  /** YAML documents. */
  readonly text: string;
}

const golden = join(root, "test/golden");

/** Golden files with objects: what the stacks and the program put onto a cluster. */
const goldens = (): Manifest[] =>
  readdirSync(golden, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml") && !file.endsWith("resources.yaml")) // requests to the engine, no objects
    .sort()
    .map((name) => ({ name, text: readFileSync(join(golden, name), "utf8") }));

/** Values files of environments beside a chart, as `<chart>/<file>`; and the chart that no stack has, with its own values. */
const overlays = (): string[] => [
  ...readdirSync(charts)
    .filter((chart) => existsSync(join(charts, chart, "Chart.yaml")))
    .flatMap((chart) => readdirSync(join(charts, chart)).map((file) => `${chart}/${file}`))
    .filter((file) => /\/values-.*\.yaml$/.test(file)),
  "monitoring/values.yaml",
];

/** Everything the project renders: of every stack, and of every overlay of a chart. */
export async function shippedManifests(): Promise<Manifest[]> {
  const rendered = overlays().map(async (name) => {
    const [chart = ""] = name.split("/");
    const { code, stdout, stderr } = await helm([
      ...["template", "trial", join(charts, chart), "-f", join(charts, name)],
      ...["--api-versions", "postgresql.cnpg.io/v1"], // an overlay may ask for it, and no cluster is asked
    ]);
    assert.equal(code, 0, stderr);
    return { name, text: stdout };
  });
  return [...goldens(), ...(await Promise.all(rendered))];
}

/** The objects of a manifest. */
export const objectsOf = <T extends object>({ text }: Manifest): T[] =>
  (loadAll(text) as (T | null)[]).filter((object) => object !== null);
