import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeImageLock } from "../../../cluster/local/image-lock";
import { identityOf } from "../../../process/identity";

describe("image lock of the local cluster", () => {
  let folder: string;
  const file = (): string => join(folder, "below", "images.json");
  let told: string[];
  const log = (line: string): void => void told.push(line);
  const written = (): unknown => JSON.parse(readFileSync(file(), "utf8"));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "image-lock-"));
    told = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("keeps the digests of images that were not published this time", async () => {
    await writeImageLock(file(), { "registry/b": "sha256:1", "registry/a": "sha256:2" }, log);
    await writeImageLock(file(), { "registry/b": "sha256:3" }, log);
    assert.deepEqual(written(), { "registry/a": "sha256:2", "registry/b": "sha256:3" });
    assert.match(readFileSync(file(), "utf8"), /^\{\n {2}"registry\/a": "sha256:2",\n/);
  });

  it("is rewritten when it cannot be read", async () => {
    await writeImageLock(file(), { "registry/a": "sha256:1" }, log);
    writeFileSync(file(), "{");
    await writeImageLock(file(), { "registry/b": "sha256:2" }, log);
    assert.deepEqual(written(), { "registry/b": "sha256:2" });
  });

  it("loses nothing when several write it at once, and leaves nothing beside it", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `registry/${index}`);
    await Promise.all(names.map((name) => writeImageLock(file(), { [name]: "sha256:1" }, log)));
    assert.deepEqual(written(), Object.fromEntries(names.map((name) => [name, "sha256:1"])));
    assert.deepEqual(readdirSync(join(folder, "below")), ["images.json"]);
  });

  it("says who holds it, and what to check when that cannot be seen from here, and goes on when it is let go", async () => {
    await writeImageLock(file(), { "registry/a": "sha256:1" }, log);
    const lock = `${file()}.lock`;
    writeFileSync(
      lock,
      JSON.stringify({ ...identityOf(process.pid), host: "elsewhere", since: new Date().toISOString() }),
    );
    const waiting = writeImageLock(file(), { "registry/b": "sha256:2" }, log);
    while (told.length === 0) await sleep(20);
    assert.match(
      told[0] ?? "",
      /images\.json is being written by process \d+ on elsewhere .*; waiting for it\. .* remove \S+\.lock$/,
    );
    rmSync(lock);
    await waiting;
    assert.deepEqual(written(), { "registry/a": "sha256:1", "registry/b": "sha256:2" });
    assert.equal(told.length, 1);
  });
});
