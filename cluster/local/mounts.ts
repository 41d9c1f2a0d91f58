import { readFileSync } from "node:fs";
import { run } from "./commands";

/** One line of /proc/self/mountinfo. */
export interface Mount {
  readonly point: string;
  readonly type: string;
}

/** The kernel writes space, tab, newline and backslash as octal. */
const decode = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Parses /proc/self/mountinfo, in the kernel's order: the topmost mount comes last. */
export function parseMounts(text: string): Mount[] {
  return text
    .split("\n")
    .filter((line) => line.includes(" - "))
    .map((line) => {
      const [before = "", after = ""] = line.split(" - ");
      const [type = ""] = after.split(" ");
      return { point: decode(before.split(" ")[4] ?? ""), type };
    });
}

export const mounts = (): Mount[] => parseMounts(readFileSync("/proc/self/mountinfo", "utf8"));

/** Mount points below a folder, topmost first: the order in which they are unmounted. */
export const mountsBelow = (folder: string, all: readonly Mount[] = mounts()): string[] =>
  all
    .map((mount) => mount.point)
    .filter((point) => point.startsWith(`${folder}/`))
    .reverse();

/**
 * Bind-mounts a folder at another path, unless it is already. Mounts below that path do not propagate to the folder: each is unmounted once, and nothing that
 * empties the folder reaches into it.
 */
export function bindOnce(folder: string, path: string): void {
  if (mounts().some(({ point }) => point === path)) return;
  run("mount", "--bind", "--", folder, path);
  run("mount", "--make-private", "--", path);
}

/** Unmounts every mount below a folder. A busy one is detached lazily. */
export function unmountBelow(folder: string): void {
  for (let points = mountsBelow(folder); points.length > 0; points = mountsBelow(folder)) {
    for (const point of points) {
      try {
        run("umount", "--", point);
      } catch {
        run("umount", "--lazy", "--", point);
      }
    }
  }
}
