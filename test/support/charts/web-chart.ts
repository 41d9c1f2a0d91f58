import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Charts named web that a test writes, each in a folder of its own. */
export class WebCharts {
  readonly root = mkdtempSync(join(tmpdir(), "hardened-charts-"));
  private count = 0;

  /** Folder of a chart of these files. */
  chart(files: Readonly<Record<string, string>>): string {
    this.count += 1;
    const folder = join(this.root, String(this.count), "web");
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    return folder;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
