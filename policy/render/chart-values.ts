/** The values files that are committed with a chart: its own and its subcharts'. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { load, YAMLException } from "js-yaml";
import type { ObjectRef } from "../contract";
import { kubernetesSchema } from "../manifest/manifest-schema";
import { plainJson } from "../manifest/plain-json";
import type { ValuesSource } from "../rules/rule";
import { RenderError } from "./render-error";

/** Every values.yaml among the chart's `files`, subcharts included; none for an archive.
 *  Throws a RenderError for one that is no YAML: Helm would refuse it, with less to go by. */
export function committedValues(chart: string, files: readonly string[], object: ObjectRef): ValuesSource[] {
  const own = files.filter((file) => /^(?:charts\/[^/]+\/)*values\.yaml$/.test(file));
  return own.map((file) => {
    const text = readFileSync(join(chart, file), "utf8");
    const name = `${basename(chart)}/${file}`;
    return { name, object, tree: parse(text, name), text };
  });
}

function parse(text: string, file: string): unknown {
  try {
    return plainJson(load(text, { schema: kubernetesSchema }) ?? null);
  } catch (error) {
    if (error instanceof TypeError)
      throw new RenderError({ kind: "template", message: `${file}: ${error.message}`, file });
    if (!(error instanceof YAMLException)) throw error;
    throw new RenderError({ kind: "template", message: `${file}: ${error.reason}`, file, line: error.mark.line + 1 });
  }
}
