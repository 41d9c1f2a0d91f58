import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { charts, render } from "./helm";

/**
 * What a chart tells after an install, for some values: release `prod` in namespace `post`. `helm template` leaves the notes out and
 * `helm install` wants a cluster, so a copy of the chart renders them as an object; it goes after the tests of the `describe` this is called in.
 */
export function notesOf(name: string): (values?: object, args?: readonly string[]) => Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "notes-"));
  const chart = join(folder, name);
  before(() => {
    cpSync(charts, folder, { recursive: true, verbatimSymlinks: true });
    renameSync(join(chart, "templates/NOTES.txt"), join(chart, "notes"));
    writeFileSync(join(chart, "templates/notes.yaml"), 'notes: {{ tpl (.Files.Get "notes") . | toJson }}\n');
  });
  after(() => rmSync(folder, { recursive: true }));
  return async (values = {}, args = []) => {
    const objects = await render({ chart, release: "prod", namespace: "post", values, args });
    const [found] = objects.filter((object) => "notes" in object) as unknown as { notes: string }[];
    return found?.notes ?? assert.fail("no notes");
  };
}
