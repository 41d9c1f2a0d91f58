import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryUrl } from "../../../cluster/local/host-ports";
import { buildGoBinary } from "../../../images/build/go-binary";
import { imageUser } from "../../../images/build/image";
import { packBinary } from "../../../images/build/pack-binary";
import { pushImage } from "../../../images/build/registry-client";
import { instance } from "../e2e-cluster";

/** Pushes mailroom once more with another label, and returns the new digest: a new image of the same program. */
export async function relabelledImage(description: string, tag: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "hardened-e2e-image-"));
  try {
    const from = join(folder, "mailroom");
    await buildGoBinary(join(__dirname, "../../../images/mailroom"), from);
    const image = await packBinary({
      name: "mailroom",
      description,
      files: [{ path: "/usr/local/bin/mailroom", from, mode: 0o755 }],
      user: imageUser,
      entrypoint: ["mailroom"],
      env: [],
    });
    await pushImage(image.layoutDir, registryUrl(instance), "mailroom", tag);
    return image.digest;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
