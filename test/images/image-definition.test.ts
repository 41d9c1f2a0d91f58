import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageDefinitions, imagesOf } from "../../images/build/image-definition";
import { enabledSystemNames } from "../../operations/stack/stack-file";

describe("images: definitions", () => {
  let folder: string;
  const define = (name: string, more: object): void => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "image.json"), JSON.stringify({ from: "go", description: "An image.", ...more }));
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "images-"));
    define("node", {});
    define("api", { system: "shop" });
    define("database", { system: ["shop", "post"] });
    mkdirSync(join(folder, "build"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("a system gets the images that name it, and nobody gets those that name none", () => {
    assert.deepEqual(imagesOf(["shop"], folder), ["api", "database"]);
    assert.deepEqual(imagesOf(["post"], folder), ["database"]);
    assert.deepEqual(imagesOf(["post", "shop"], folder), ["api", "database"]);
    assert.deepEqual(imagesOf([], folder), []);
    assert.deepEqual(imagesOf(["other"], folder), []);
  });

  it("a field that nobody reads is refused with the file's name", () => {
    define("wrong", { systems: "shop" });
    assert.throws(() => imageDefinitions(folder), /wrong\/image\.json: .*systems/s);
  });

  it("npm start builds the images of the systems that the stack dev enables, and no others", () =>
    assert.deepEqual(imagesOf(enabledSystemNames("dev")), [
      "mail-server",
      "mailroom",
      "postgres",
      "redis",
      "service",
      "trevor",
    ]));
});
