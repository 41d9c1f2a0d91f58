import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { chartDigest } from "../../components/chart-digest";
import { root } from "../support/tree";

/** A folder with these files, gone after `work`. */
function withFiles<T>(files: Readonly<Record<string, string>>, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "chart-"));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const files = { "Chart.yaml": "name: web", "values.yaml": "a: 1", "templates/pod.yaml": "kind: Pod" };
const digest = (given: Readonly<Record<string, string>>): string => withFiles(given, chartDigest);

describe("chart-digest", () => {
  it("is 16 hexadecimal digits, and the same for the same content", () => {
    assert.match(digest(files), /^[0-9a-f]{16}$/);
    assert.equal(digest(files), digest(files));
  });

  it("does not know where the chart is, nor when it was written", () =>
    withFiles(files, (folder) => {
      const before = chartDigest(folder);
      utimesSync(join(folder, "values.yaml"), 1, 1);
      assert.equal(chartDigest(folder), before);
      assert.equal(chartDigest(`${folder}/`), before);
    }));

  it("changes with an edit, a new file, a removed one, a renamed one and a moved one", () => {
    const { "values.yaml": values, ...without } = files;
    const variants = [
      files,
      { ...files, "templates/pod.yaml": "kind: Pod " },
      { ...files, "templates/empty.yaml": "" },
      without,
      { ...without, "values2.yaml": values },
      { ...without, "templates/values.yaml": values },
    ];
    assert.equal(new Set(variants.map(digest)).size, variants.length);
  });

  it("tells a boundary between files from their content", () =>
    assert.notEqual(digest({ a: "1", b: "2" }), digest({ a: "1\0/b\x002" })));

  it("does not depend on the order files were made in", () =>
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(files), { minLength: 3 }), (entries) =>
        assert.equal(digest(Object.fromEntries(entries)), digest(files)),
      ),
      { numRuns: 6 },
    ));

  it("follows a link to the library chart, and sees an edit in it", () =>
    withFiles({ "library/templates/_pod.tpl": "one", "web/Chart.yaml": "name: web" }, (folder) => {
      mkdirSync(join(folder, "web/charts"));
      symlinkSync("../../library", join(folder, "web/charts/library"));
      const before = chartDigest(join(folder, "web"));
      writeFileSync(join(folder, "library/templates/_pod.tpl"), "two");
      assert.notEqual(chartDigest(join(folder, "web")), before);
      rmSync(join(folder, "web/charts/library"));
      cpSync(join(folder, "library"), join(folder, "web/charts/library"), { recursive: true });
      writeFileSync(join(folder, "web/charts/library/templates/_pod.tpl"), "one");
      assert.equal(chartDigest(join(folder, "web")), before, "a copy is as good as a link");
    }));

  it("[MR-52] leaves out documentation, and the file with secrets", () => {
    const more = { ...files, "README.md": "text", "secrets-values.yaml": "token: x" };
    assert.equal(digest(more), digest(files));
  });

  it("fails for a chart that is not there, by its name", () =>
    assert.throws(() => chartDigest(join(root, "charts/none")), /ENOENT.*charts\/none/));

  it("gives a different digest to each of this project's charts, whatever the folder it is asked from", () => {
    const before = process.cwd();
    const first = chartDigest(join(root, "charts/mailroom"));
    process.chdir(root);
    try {
      assert.equal(chartDigest("./charts/mailroom"), first);
    } finally {
      process.chdir(before);
    }
    assert.notEqual(chartDigest(join(root, "charts/mail-server")), first);
  });

  it("a renamed folder is a change", () =>
    withFiles(files, (folder) => {
      const before = chartDigest(folder);
      renameSync(join(folder, "templates"), join(folder, "template"));
      assert.notEqual(chartDigest(folder), before);
    }));
});
