import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Empty attributes beside Pulumi's files (`<stack>.json.attrs`): a file backend makes that file first and fills it in
 * a second step, so a kill between leaves a stack that every pulumi command refuses with "failed to load checkpoint: EOF"
 * (gocloud.dev, blob/fileblob/attrs.go, setAttrs).
 * @param root folder of the backend
 */
export function emptyAttributes(root: string): string[] {
  const state = join(root, ".pulumi");
  if (!existsSync(state)) return [];
  return readdirSync(state, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".attrs"))
    .map((name) => join(state, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.size === 0);
}

/** Removes them. Pulumi reads the stack without the file; the next write recreates it. */
export function removeEmptyAttributes(root: string): void {
  for (const file of emptyAttributes(root)) rmSync(file, { force: true });
}
