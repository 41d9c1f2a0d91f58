/** Gatekeeper's gator: Kubernetes objects against constraint templates, without a cluster. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { peer } from "../peers";
import { yamlOf } from "../workloads";
import { libraryTemplates } from "./gatekeeper-library";
import { ownTemplates } from "./gator-templates";
import type { Judge, Level, MakeJudge } from "./judge";

interface Result {
  readonly violatingObject: { readonly metadata: { readonly name: string } };
}

function judge(name: string, folder: string, level: Level, policies: readonly object[]): Judge {
  const templates = join(folder, `${name.replace(/\W+/g, "-")}-${level}.yaml`);
  writeFileSync(templates, yamlOf(policies));
  const args = (file: string): string[] => ["test", `--filename=${templates}`, `--filename=${file}`];
  return {
    name,
    command: peer("gator"),
    args,
    details: (file) => [...args(file), "--output=json"],
    answer: (output) => ({
      denied: new Set((JSON.parse(output) as Result[]).map(({ violatingObject }) => violatingObject.metadata.name)),
    }),
  };
}

const isNewest = (version: string): boolean => ["latest", "v1.37"].includes(version);

/** With the templates written for this comparison. */
export const gator: MakeJudge = async (folder, level, version) =>
  isNewest(version) ? judge("gator", folder, level, ownTemplates(level)) : undefined;

/** With the templates of a checkout of gatekeeper-library. */
export const gatorLibrary =
  (checkout: string): MakeJudge =>
  async (folder, level, version) =>
    isNewest(version)
      ? judge("gator, Gatekeeper's library", folder, level, libraryTemplates(checkout, level))
      : undefined;
