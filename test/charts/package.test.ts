import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHelm } from "../../cluster/run-helm";
import { packChart } from "../../policy/render/chart-package";
import { root } from "../support/tree";

const charts = readdirSync(join(root, "charts")).filter((name) => existsSync(join(root, "charts", name, "Chart.yaml")));

/** Paths and contents of an archive as tar unpacks it, but Chart.yaml, which helm package writes again. */
function unpacked(archive: string, scratch: string): string {
  const folder = mkdtempSync(join(scratch, "unpacked-"));
  execFileSync("tar", ["-mxzf", archive, "-C", folder]);
  const script = `cd "$1" && find . -type f ! -name Chart.yaml -exec sha256sum {} + | sort -k2`;
  return execFileSync("sh", ["-c", script, "sh", folder], { encoding: "utf8" });
}

describe("[FL-93] packages hold what helm package packs", () => {
  let scratch: string;
  before(() => {
    scratch = mkdtempSync(join(tmpdir(), "hardened-package-"));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  for (const name of charts)
    it(name, async () => {
      const folder = join(root, "charts", name);
      const { version, archive } = packChart(folder);
      const own = join(scratch, `${name}.tgz`);
      writeFileSync(own, archive);
      utimesSync(own, 0, 0);
      const { code, stderr } = await runHelm(["package", folder, "-d", scratch], "");
      assert.equal(code, 0, stderr);
      assert.equal(unpacked(own, scratch), unpacked(join(scratch, `${name}-${version}.tgz`), scratch));
      const shown = await runHelm(["show", "chart", own], "");
      assert.match(shown.stdout, new RegExp(`^name: ${name}$`, "m"));
    });
});
