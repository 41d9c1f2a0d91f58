import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeImageLock } from "../../../cluster/local/image-lock";

describe("image lock of the local cluster", () => {
  let folder: string;
  const file = (): string => join(folder, "below", "images.json");
  const written = (): unknown => JSON.parse(readFileSync(file(), "utf8"));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "image-lock-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("keeps the digests of images that were not published this time", async () => {
    await writeImageLock(file(), { "registry/b": "sha256:1", "registry/a": "sha256:2" });
    await writeImageLock(file(), { "registry/b": "sha256:3" });
    assert.deepEqual(written(), { "registry/a": "sha256:2", "registry/b": "sha256:3" });
    assert.match(readFileSync(file(), "utf8"), /^\{\n {2}"registry\/a": "sha256:2",\n/);
  });

  it("is rewritten when it cannot be read", async () => {
    await writeImageLock(file(), { "registry/a": "sha256:1" });
    writeFileSync(file(), "{");
    await writeImageLock(file(), { "registry/b": "sha256:2" });
    assert.deepEqual(written(), { "registry/b": "sha256:2" });
  });

  it("loses nothing when several write it at once, and leaves nothing beside it", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `registry/${index}`);
    await Promise.all(names.map((name) => writeImageLock(file(), { [name]: "sha256:1" })));
    assert.deepEqual(written(), Object.fromEntries(names.map((name) => [name, "sha256:1"])));
    assert.deepEqual(readdirSync(join(folder, "below")), ["images.json"]);
  });
});
