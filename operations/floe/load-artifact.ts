import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { textOrReason } from "../../process/read-text";
import { UserError } from "../../process/user-error";
import { type CompiledArtifacts, largestArtifact, readArtifacts } from "../../systems/floe/generator/artifacts";
import { duplicateKey } from "../validation/duplicate-key";
import { isOciReference, pullArtifact } from "./oci-artifact";

/** An artifact, and the digest of the text it was read from. */
interface LoadedArtifact {
  readonly artifacts: CompiledArtifacts;
  readonly digest: string;
}

/** Reads an artifact from a file or a registry. Throws a UserError with every error in it, by JSON pointer; the message contains no values. */
export async function loadArtifact(source: string, timeoutMs: number): Promise<LoadedArtifact> {
  const json = isOciReference(source) ? await pullArtifact(source, timeoutMs) : textOfFile(source);
  const refuse = (lines: readonly string[]): UserError =>
    new UserError(lines.map((line) => `${source}: ${line}`).join("\n"));
  const result = readArtifacts(json);
  if ("mistakes" in result) throw refuse(result.mistakes);
  const twice = duplicateKey(json, JSON.parse(json));
  if (twice !== undefined) throw refuse([`the key ${JSON.stringify(twice)} is twice in one object; remove one`]);
  return { artifacts: result.artifacts, digest: createHash("sha256").update(json).digest("hex") };
}

function textOfFile(path: string): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > largestArtifact) throw new UserError(`${path}: ${size} bytes; an artifact has at most ${largestArtifact}`);
  const read = textOrReason(path);
  if ("reason" in read) throw new UserError(`${path} cannot be read: ${read.reason}`);
  return read.text;
}
