import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { run } from "../support/run";
import { root } from "../support/tree";

interface Index {
  readonly entries: Readonly<Record<string, readonly { readonly version: string; readonly urls: readonly string[] }[]>>;
}

describe("[FL-101] .ci/release-charts", function () {
  this.timeout(120_000);

  it("--dry-run packs every chart and writes the index of all, and pushes nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hardened-release-"));
    try {
      const args = ["--dry-run", "oci://registry.invalid/charts", folder, "https://charts.example"];
      const { code, text, stdout } = await run(join(root, ".ci/release-charts"), args, { cwd: root });
      assert.equal(code, 0, text);
      const charts = readdirSync(join(root, "charts")).filter((name) =>
        existsSync(join(root, "charts", name, "Chart.yaml")),
      );
      const { entries } = load(readFileSync(join(folder, "index.yaml"), "utf8")) as Index;
      assert.deepEqual(Object.keys(entries).sort(), charts.sort());
      for (const [name, [one]] of Object.entries(entries)) {
        assert.deepEqual(one?.urls, [`https://charts.example/${name}-${one?.version}.tgz`]);
        assert.ok(existsSync(join(folder, `${name}-${one?.version}.tgz`)));
        assert.match(stdout, new RegExp(`^${name} +${one?.version} +\\d+\\.\\d\\d MiB`, "m"), "with its size (FL-114)");
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
