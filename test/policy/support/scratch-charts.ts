import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chart } from "./helm";

/** A folder for the charts of one test, anew before each test of the suite that calls this. */
export interface ScratchCharts {
  readonly folder: string;
  /** Path of a copy of the empty chart with more files. */
  written(files: Readonly<Record<string, string>>): string;
}

export function scratchCharts(): ScratchCharts {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "scratch-charts-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return {
    get folder() {
      return folder;
    },
    written: (files) => {
      const path = join(folder, "empty");
      cpSync(chart("empty"), path, { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(join(path, name, ".."), { recursive: true });
        writeFileSync(join(path, name), text);
      }
      return path;
    },
  };
}
