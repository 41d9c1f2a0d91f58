import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryUrl } from "../../local/cluster/host-ports";
import { buildGoBinary } from "../../local/images/go-binary";
import { imageUser } from "../../local/images/image";
import { packBinary } from "../../local/images/pack-binary";
import { pushImage } from "../../local/images/registry-client";
import { instance } from "./e2e-cluster";

/** Pushes mailroom once more with another label, and gives the new digest: a new image of the same program. */
export async function relabelledImage(description: string, tag: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "hardened-e2e-image-"));
  try {
    const from = join(folder, "mailroom");
    await buildGoBinary(join(__dirname, "../../local/images/mailroom"), from);
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
