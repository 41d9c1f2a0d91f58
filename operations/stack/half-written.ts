import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Removes empty attributes beside Pulumi's files (`<stack>.json.attrs`): a file backend makes that file first and fills it in
 * a second step, so a kill between leaves a stack that every pulumi command refuses with "failed to load checkpoint: EOF"
 * (gocloud.dev, blob/fileblob/attrs.go, setAttrs). Without the file the stack is read as it is; the next write recreates it.
 * @param root folder of the backend
 */
export function removeHalfWritten(root: string): void {
  const state = join(root, ".pulumi");
  if (!existsSync(state)) return;
  for (const name of readdirSync(state, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".attrs")) continue;
    const file = join(state, name);
    if (statSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file, { force: true });
  }
}
