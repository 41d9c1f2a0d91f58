import { strict as assert } from "node:assert";
import {
  type Arrow,
  floorsOf,
  importsOfFiles,
  importsOfFolders,
  sourceFolders,
  withoutImplied,
} from "../../../cli/generate/import-diagram";
import { filesBelow } from "../../support/tree";

describe("imports between folders", function () {
  this.timeout(60_000);
  let imports: readonly Arrow[] = [];
  before(() => {
    imports = importsOfFiles();
  });

  it("sees types and lazy imports too", () => {
    const has = (from: string, to: string) => imports.some(([a, b]) => a === from && b === to);
    assert.ok(has("policy/rules/rule.ts", "policy/settings/settings-schema.ts"), "a type");
    assert.ok(has("policy/report/report.ts", "policy/evaluate/catalogue.ts"), "a lazy import");
  });

  it("run one way among the folders of the project and among those of the pack, every one of which has its floor", () => {
    const inPack = filesBelow(["policy"], [".ts"]).flatMap((file) => file.split("/").slice(1, -1).slice(0, 1));
    for (const [room, folders] of [
      ["", sourceFolders],
      ["policy/", [...new Set(inPack)]],
      ["policy/pod-security/", ["checks", "contract"]],
    ] as const)
      assert.deepEqual([...floorsOf(importsOfFolders(imports, room)).keys()].toSorted(), folders.toSorted());
  });

  it("names the folders of a circle", () => {
    const circle: Arrow[] = importsOfFolders(
      [
        ["policy/pods/a.ts", "policy/rules/b.ts"],
        ["policy/rules/c.ts", "policy/checks/d/e.ts"],
        ["policy/checks/d/f.ts", "policy/pods/g.ts"],
      ],
      "policy/",
    );
    assert.throws(() => floorsOf(circle), /^Error: folders in a circle: pods → rules → checks → pods$/);
  });

  it("are drawn without those that a way over a third folder says", () => {
    const arrows: Arrow[] = [
      ["evaluate", "rules"],
      ["evaluate", "pods"],
      ["evaluate", "manifest"],
      ["rules", "pods"],
      ["pods", "manifest"],
      ["report", "rules"],
    ];
    assert.deepEqual(withoutImplied(arrows), [
      ["evaluate", "rules"],
      ["rules", "pods"],
      ["pods", "manifest"],
      ["report", "rules"],
    ]);
  });
});
