import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { homedir } from "node:os";
import { filesBelow, root, textOf } from "../support/tree";

/** Lines of files that match, as `file:line`. */
function lines(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    textOf(file)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

const written = filesBelow([""], [".ts", ".mts", ".js", ".go", ".md", ".yaml", ".tpl", ".txt", ".json", ".sh"]).filter(
  (file) => file !== "package-lock.json" && file !== "test/structure/boundaries.test.ts",
);

describe("boundaries", () => {
  it("generic folders name no system", () => {
    const generic = filesBelow(["components", "charts/hardened", "cluster", "config", "policy", "process"]).filter(
      (file) => !file.startsWith("config/supply-chain/"), // examples of the shipped stacks
    );
    assert.deepEqual(lines(generic, /\b(?:mailroom|companyos|trevor|floe|zen-(?:agent|watcher))\b/i), []);
  });

  it("there are at most 14 top-level folders", () => {
    const listed = execFileSync("git", ["ls-tree", "-d", "--name-only", "HEAD"], { cwd: root, encoding: "utf8" });
    const folders = listed.split("\n").filter((folder) => folder !== "" && !folder.startsWith("."));
    assert.ok(folders.length <= 14, folders.join(", "));
  });

  it("only one type is named Place", () =>
    assert.deepEqual(
      lines(
        written.filter((file) => /^(?!test\/|bench\/).*\.ts$/.test(file)),
        /^(?:export )?(?:interface|type) Place\b/,
      ),
      ["policy/manifest/place.ts:6: export interface Place {"],
    ));

  it("no file contains an absolute path of the machine it was written on", () => {
    assert.deepEqual(lines(written, /\/(?:Users|home)\/\w+\//), []);
    assert.deepEqual(
      written.filter((file) => textOf(file).includes(`${root}/`) || textOf(file).includes(`${homedir()}/`)),
      [],
    );
  });

  it("no source has a TODO, FIXME, XXX, HACK or WIP", () =>
    assert.deepEqual(
      lines(
        written.filter((file) => !file.startsWith("test/")),
        /\b(?:TODO|FIXME|XXX|HACK|WIP)\b/,
      ),
      [],
    ));

  it("code imports no file by its extension and keeps no debugger", () => {
    const code = written.filter((file) => /\.m?ts$/.test(file));
    assert.deepEqual(lines(code, /from "\.[^"]*\.ts"|^\s*debugger\b|@ts-ignore|@ts-nocheck/), []);
  });
});
