import { generateValues } from "../../../operations/floe/generate-values";

/** Folder of the test stack `floe`: Pulumi.floe.yaml, its values as the generator writes them, and its image lock. */
export const floeRoot = __dirname;

/** What `floe helm generate` writes for it. */
export const generatedFor = async (chart: "floe-platform" | "floe-jobs"): Promise<string> => {
  const { text } = await generateValues({
    artifact: "systems/floe/generator/sample/compiled_artifacts.json",
    env: "dev",
    chart,
    values: [],
    set: [],
    allowConflict: [],
    timeout: 1,
  });
  return text;
};
