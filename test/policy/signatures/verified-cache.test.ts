import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, knownSigner, rememberSigner } from "../../../policy/signatures/verified-cache";
import { sha256 } from "../../support/registry/cosign";

const digest = sha256("an image");

describe("verified digests on disk", () => {
  let base: string;
  let folder: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "verified-"));
    folder = join(base, "deep", "signatures");
  });
  afterEach(() => rmSync(base, { recursive: true }));
  const only = (): string => join(folder, String(readdirSync(folder)[0]));

  it("are found again for the same digest and policy, and for no other", () => {
    assert.equal(knownSigner(folder, digest, "p"), undefined);
    rememberSigner(folder, digest, "p", "key sha256:1");
    assert.equal(knownSigner(folder, digest, "p"), "key sha256:1");
    assert.equal(knownSigner(folder, digest, "q"), undefined);
    assert.equal(knownSigner(folder, sha256("other"), "p"), undefined);
  });

  it("are one file each, readable by their owner only, and leave no other", () => {
    rememberSigner(folder, digest, "p", "a");
    rememberSigner(folder, digest, "p", "b");
    assert.equal(readdirSync(folder).length, 1);
    assert.equal(statSync(only()).mode & 0o777, 0o600);
    assert.equal(knownSigner(folder, digest, "p"), "b");
  });

  it("do not count when an entry is cut short, changed, or another's", () => {
    rememberSigner(folder, digest, "p", "key sha256:1");
    const text = readFileSync(only(), "utf8");
    for (const damaged of [
      text.replace("sha256:1", "sha256:2"),
      "{}",
      "null",
      "[",
      text.replace(/"checksum":"./, '"checksum":"'),
    ]) {
      writeFileSync(only(), damaged);
      assert.equal(knownSigner(folder, digest, "p"), undefined, damaged);
    }
    writeFileSync(only(), text);
    for (let length = text.length - 1; length >= 0; length -= 1) {
      truncateSync(only(), length);
      assert.equal(knownSigner(folder, digest, "p"), undefined);
    }
  });

  it("do without a folder that cannot be made", () => {
    writeFileSync(join(base, "file"), "");
    rememberSigner(join(base, "file", "signatures"), digest, "p", "a");
    assert.equal(knownSigner(join(base, "file", "signatures"), digest, "p"), undefined);
  });

  it("stand where the project keeps what it can make again", () => {
    assert.equal(cacheFolder({ HARDENED_CACHE: "/c", XDG_CACHE_HOME: "/x" }), "/c/signatures");
    assert.equal(cacheFolder({ XDG_CACHE_HOME: "/x" }), "/x/hardened/signatures");
    assert.equal(cacheFolder({ HOME: "/h" }), "/h/.cache/hardened/signatures");
  });
});
