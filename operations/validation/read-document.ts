import { existsSync } from "node:fs";
import { CORE_SCHEMA, load, YAMLException } from "js-yaml";
import type { z } from "zod";
import { explainConfig } from "../../policy/config/explain-config";
import { textOrReason } from "../../process/read-text";
import { UserError } from "../../process/user-error";

/** How messages name a document. */
export interface DocumentWords {
  /** Kind of document, for messages, e.g. `scenario`. */
  readonly kind: string;
  /** The file, as it is shown. @default its path */
  readonly at?: string;
  /** Message for a missing file. @default there is no <kind> <file> */
  readonly missing?: string;
}

/** Reads a user's YAML file and validates it by a type. Throws a UserError (exit code 2) with the reason why it cannot be read, the line of a syntax error,
 *  or every error in it by its key. */
export function readDocument<T extends z.ZodObject>(file: string, type: T, words: DocumentWords): z.output<T> {
  const { kind, at = file, missing = `there is no ${kind} ${at}` } = words;
  if (!existsSync(file)) throw new UserError(missing, 2);
  const read = textOrReason(file);
  if ("reason" in read) throw new UserError(`${at} cannot be read: ${read.reason}`, 2);
  const { success, data, error } = type.safeParse(parsed(read.text, at));
  if (success) return data;
  const mistakes = explainConfig(error, type, at).map((line) => `  ${line}`);
  throw new UserError(`${at} is no ${kind}:\n${mistakes.join("\n")}`, 2);
}

function parsed(text: string, at: string): unknown {
  try {
    return load(text, { schema: CORE_SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new UserError(`${at}:${(error.mark?.line ?? 0) + 1}: not valid YAML: ${error.reason}`, 2);
  }
}
