import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import type { JsonObject } from "../../policy/contract";
import { read, text } from "../../policy/manifest/read";
import { readManifests } from "../../policy/render/read-files";
import { UserError } from "../../process/user-error";

/** A program that no image contains: the container cannot start, without another image or further permissions. */
const missingProgram = "/hardened-drill/no-such-program";

/** The same objects with the Deployment's first container unable to start. Throws a UserError when the release has no such Deployment. */
export async function breakDeployment(manifest: string, deployment: string): Promise<JsonObject[]> {
  const objects = (await readManifests(manifest)).manifests.map(({ object }) => structuredClone(object));
  const found = objects.find((one) => one.kind === "Deployment" && text(one, "metadata", "name") === deployment);
  const container = read(found, "spec", "template", "spec", "containers", 0) as JsonObject | undefined;
  if (container === undefined)
    throw new UserError(`the release holds no Deployment ${deployment}: its bad revision cannot be made`, 2);
  container.command = [missingProgram];
  return objects;
}

/**
 * Writes a chart that installs these objects as they are: Helm evaluates nothing in them, so the bad revision differs from the good one
 * in that one field. Hooks of the release do not run.
 * @returns its folder, below `folder`
 */
export function writeChart(
  folder: string,
  chart: { name: string; version: string },
  objects: readonly JsonObject[],
): string {
  const path = join(folder, "chart");
  mkdirSync(join(path, "templates"), { recursive: true, mode: 0o700 });
  writeFileSync(join(path, "Chart.yaml"), dump({ apiVersion: "v2", ...chart }));
  writeFileSync(join(path, "objects.yaml"), objects.map((one) => `---\n${dump(one, { noRefs: true })}`).join(""));
  writeFileSync(join(path, "templates", "objects.yaml"), '{{ .Files.Get "objects.yaml" }}\n');
  return path;
}
