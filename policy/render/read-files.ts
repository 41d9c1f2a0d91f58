/** Reads files as the cluster and Helm read them, by helm-render: manifests as `kubectl apply`, values files as `helm install`. */
import type { JsonObject, TextSlip } from "../contract";
import { type Document, manifestsOf, type ReadText } from "../manifest/documents";
import { RenderError } from "./render-error";
import { askRenderer } from "./render-server";

/** A file's objects and the documents they stand in. */
export interface ReadFile extends ReadText {
  readonly documents: readonly Document[];
}

/** The objects in a text, lists opened. `file` names it where no `# Source:` line does. Throws a ManifestError with all problems at once, and a
 *  RenderError where the text cannot be read at all. */
export async function readManifests(text: string, file?: string): Promise<ReadFile> {
  const [documents = []] = await ask<Document[]>("manifests", [text]);
  return { ...manifestsOf(documents ?? [], file), documents: documents ?? [] };
}

/** A values file: what Helm makes of it. */
export interface ReadValues {
  readonly tree?: JsonObject;
  readonly slips?: readonly Omit<TextSlip, "file">[];
  readonly problem?: string;
  readonly problemLine?: number;
}

/** Values files, in order: only the first document of each counts. Throws a RenderError where they cannot be read at all. */
export const readValuesFiles = (texts: readonly string[]): Promise<readonly ReadValues[]> =>
  ask<ReadValues>("values", texts);

async function ask<T>(op: "manifests" | "values", texts: readonly string[]): Promise<readonly T[]> {
  const said = await askRenderer<T[]>({ op, texts });
  if ("refusal" in said) throw new RenderError({ kind: "helm", message: said.refusal });
  return said.answer;
}
