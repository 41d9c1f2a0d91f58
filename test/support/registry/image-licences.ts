import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Image } from "../../../images/build/image";
import { blobFile, manifestDescriptor, readManifest } from "../../../images/build/oci";

/**
 * Fails unless an image of one Go program carries the licence of Go and of every module that the program says it is made of, and of no other.
 * Returns the files below `/licenses` but Go's own.
 */
export function checkedLicences({ name, layoutDir }: Image): string[] {
  const { layers } = readManifest(layoutDir, manifestDescriptor(layoutDir));
  const layer = blobFile(layoutDir, layers[0]?.digest ?? "");
  const listing = execFileSync("tar", ["-tvf", layer], { encoding: "utf8", maxBuffer: 2 ** 26 });
  const files = [...listing.matchAll(/^-rw-r--r-- 0\/0 +[1-9].* licenses\/(\S+)$/gm)].map(([, file]) => file as string);
  const carried = files.filter((file) => !["std/LICENSE", "std/PATENTS"].includes(file));
  assert.equal(files.length - carried.length, 2, `${name}: Go's own`);
  const work = mkdtempSync(join(tmpdir(), "licences-"));
  try {
    execFileSync("tar", ["-xf", layer, "-C", work, `usr/local/bin/${name}`]);
    const modules = execFileSync("go", ["version", "-m", join(work, "usr/local/bin", name)], { encoding: "utf8" });
    // The main package of a tool is in a module with a version too, that of an own program in none.
    const built = [...modules.matchAll(/^\t(?:dep|mod)\t(\S+)\tv/gm)].map(([, module]) => module as string);
    for (const module of built)
      assert.ok(
        files.some((one) => one.startsWith(`${module}/`)),
        `${name}: none of ${module}`,
      );
    for (const one of carried)
      assert.ok(
        built.some((module) => one.startsWith(`${module}/`)),
        `${name}: ${one} is of no module in it`,
      );
  } finally {
    rmSync(work, { recursive: true });
  }
  return carried;
}
