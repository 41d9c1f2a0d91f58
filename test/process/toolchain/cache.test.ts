import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cacheFolder,
  dropOldEntries,
  filesOf,
  groupFolder,
  groupKey,
  isBuilt,
  seal,
} from "../../../process/toolchain/cache";
import { type ToolGroup, toolGroups } from "../../../process/toolchain/groups";

/** A group with the files of a real one and two small binaries. */
const group: ToolGroup = { ...(toolGroups[0] as ToolGroup), binaries: { one: "example/one", two: "example/two" } };
const named = (name: string): ToolGroup => toolGroups.find((one) => one.name === name) as ToolGroup;

describe("toolchain: cache", () => {
  const before = { HARDENED_CACHE: process.env.HARDENED_CACHE, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME };
  let folder: string;
  const file = (name: string): string => join(groupFolder(group), name);
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "cache-"));
    process.env.HARDENED_CACHE = folder;
    mkdirSync(groupFolder(group), { recursive: true });
    for (const name of ["one", "two"]) writeFileSync(file(name), `binary ${name}`, { mode: 0o755 });
    await seal(groupFolder(group), ["one", "two"]);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const [key, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
  });

  it("is where $HARDENED_CACHE says, else $XDG_CACHE_HOME", () => {
    assert.equal(cacheFolder(), join(folder, "toolchain"));
    delete process.env.HARDENED_CACHE;
    process.env.XDG_CACHE_HOME = "/somewhere";
    assert.equal(cacheFolder(), "/somewhere/hardened/toolchain");
  });

  it("takes a sealed group as built", async () => assert.equal(await isBuilt(group), true));

  it("takes a touched binary as built: its content is the same", async () => {
    utimesSync(file("one"), 1, 1);
    assert.equal(await isBuilt(group), true);
  });

  it("notices a binary that is cut short", async () => {
    truncateSync(file("one"), 5);
    assert.equal(await isBuilt(group), false);
  });

  it("notices a single changed bit", async () => {
    const bytes = readFileSync(file("two"));
    bytes[3] = (bytes[3] as number) ^ 1;
    writeFileSync(file("two"), bytes);
    utimesSync(file("two"), 2, 2);
    assert.equal(await isBuilt(group), false);
  });

  it("notices a binary that is gone, or may not run", async () => {
    chmodSync(file("one"), 0o644);
    assert.equal(await isBuilt(group), false);
    rmSync(file("one"));
    assert.equal(await isBuilt(group), false);
  });

  it("notices a file beside the binaries that is changed, or not there", async () => {
    const reads: ToolGroup = { ...group, data: { module: "example", files: ["cfg/rules.yaml"] } };
    const rules = join(groupFolder(reads), "cfg/rules.yaml");
    mkdirSync(join(groupFolder(reads), "cfg"), { recursive: true });
    writeFileSync(rules, "strict");
    for (const name of ["one", "two"]) writeFileSync(join(groupFolder(reads), name), name, { mode: 0o755 });
    await seal(groupFolder(reads), filesOf(reads));
    assert.equal(await isBuilt(reads), true);
    writeFileSync(rules, "looser");
    utimesSync(rules, 2, 2);
    assert.equal(await isBuilt(reads), false);
    rmSync(rules);
    assert.equal(await isBuilt(reads), false);
  });

  it("without its seal, or with half of it, is not built", async () => {
    const text = readFileSync(file("seal.json"), "utf8");
    writeFileSync(file("seal.json"), text.slice(0, 20));
    assert.equal(await isBuilt(group), false);
    writeFileSync(file("seal.json"), "{}");
    assert.equal(await isBuilt(group), false);
    rmSync(file("seal.json"));
    assert.equal(await isBuilt(group), false);
  });

  it("a changed recipe is another entry, which is not there yet", async () => {
    for (const change of [{ tags: "x" }, { stamps: { a: "b" } }, { binaries: { one: "example/other" } }]) {
      assert.notEqual(groupKey({ ...group, ...change }), groupKey(group));
      assert.equal(await isBuilt({ ...group, ...change }), false);
    }
  });

  it("old entries of a group go, its own and those of other groups stay", () => {
    const old = join(cacheFolder(), `pulumi-${"0".repeat(16)}`);
    const others = [
      groupFolder(named("pulumi")),
      groupFolder(named("pulumi-kubernetes")),
      join(cacheFolder(), `pulumi-kubernetes-${"0".repeat(16)}`),
      join(cacheFolder(), "pulumi-notes"),
    ];
    for (const one of [old, ...others]) mkdirSync(one, { recursive: true });
    dropOldEntries(named("pulumi"));
    assert.ok(!existsSync(old));
    for (const one of others) assert.ok(existsSync(one), one);
  });
});
