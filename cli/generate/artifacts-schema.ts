import { z } from "zod";
import { compiledArtifacts } from "../../systems/floe/generator/artifacts";

/** docs/reference/compiled-artifacts.schema.json: the format of floe's artifacts, for compilers and editors. */
export function artifactsSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(compiledArtifacts, { target: "draft-7", io: "input" });
  return `${JSON.stringify({ $schema, title: "CompiledArtifacts of floe", ...schema }, null, 2)}\n`;
}
