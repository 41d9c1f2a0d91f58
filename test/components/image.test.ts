import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinned, readImageLock } from "../../components/image";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const lock = { "registry.example/web": digest("a") };

describe("image", () => {
  it("takes the digest of its repository from the lock", () =>
    assert.deepEqual(pinned({ repository: "registry.example/web", tag: "dev" }, lock), {
      repository: "registry.example/web",
      tag: "dev",
      digest: digest("a"),
    }));

  it("keeps a digest of its own", () =>
    assert.equal(pinned({ repository: "registry.example/web", digest: digest("b") }, lock).digest, digest("b")));

  it("takes an empty digest as none", () =>
    assert.equal(pinned({ repository: "registry.example/web", digest: "" }, lock).digest, digest("a")));

  it("leaves an image that the lock does not know as it is, all its keys included", () => {
    const image = { repository: "registry.example/other", tag: "1", pullPolicy: "Always" };
    assert.deepEqual(pinned(image, lock), image);
  });

  describe("image lock", () => {
    const folder = mkdtempSync(join(tmpdir(), "lock-"));
    after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "images.json");

    it("without the file is empty", () => assert.deepEqual(readImageLock(join(folder, "none.json")), {}));

    it("is what the file says", () => {
      writeFileSync(file, JSON.stringify(lock));
      assert.deepEqual(readImageLock(file), lock);
    });

    it("half written is refused, with the file and the command that writes it", () => {
      writeFileSync(file, JSON.stringify(lock).slice(0, 20));
      assert.throws(
        () => readImageLock(file),
        /image lock .*images\.json cannot be read .*npm run cluster:up writes it/,
      );
    });
  });
});
