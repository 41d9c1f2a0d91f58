import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImages } from "../../images/build/build";
import type { Image, ImageContents } from "../../images/build/image";
import { blobFile, manifestDescriptor, readManifest, verifiedDigest } from "../../images/build/oci";
import { packBinary } from "../../images/build/pack-binary";
import { type TarEntry, tar } from "../../images/build/tar";
import { checkedLicences } from "../support/registry/image-licences";
import { quickGoImages } from "./go-images";

const sources = join(__dirname, "../../images");

describe("images: build and layout", function () {
  this.timeout(600_000); // builds from an empty cache, beside the large ones of other files
  let work: string;
  const given = process.env.HARDENED_CACHE;
  const useCache = (name: string): void => {
    process.env.HARDENED_CACHE = join(work, name);
  };

  before(() => {
    work = mkdtempSync(join(tmpdir(), "images-oci-"));
  });
  beforeEach(() => useCache("cache"));
  after(() => {
    if (given === undefined) delete process.env.HARDENED_CACHE;
    else process.env.HARDENED_CACHE = given;
    rmSync(work, { recursive: true, force: true });
  });

  const lines: string[] = [];
  const build = async (from = sources): Promise<Image[]> => {
    lines.length = 0;
    return buildImages(quickGoImages, { log: (line) => lines.push(line), sources: from });
  };
  const digests = (images: readonly Image[]): string[] => images.map(({ digest }) => digest);
  const file = (name: string, content: string): string => {
    writeFileSync(join(work, name), content);
    return join(work, name);
  };
  const contents = (from: string): ImageContents => ({
    name: "tool",
    description: "A tool.",
    files: [{ path: "/opt/deep/tool", from, mode: 0o755 }],
    user: "65532:65532",
    entrypoint: ["/opt/deep/tool"],
    env: ["A=b"],
  });

  it("two checkouts with the same sources give the same digests", async () => {
    const first = await build();
    assert.equal(lines.length, quickGoImages.length);
    useCache("other-cache");
    const copy = join(work, "another", "checkout");
    for (const name of quickGoImages) cpSync(join(sources, name), join(copy, name), { recursive: true });
    assert.deepEqual(digests(await build(copy)), digests(first));
    assert.equal(lines.length, quickGoImages.length);
  });

  it("what is in the cache is not built again, what was damaged is", async () => {
    const first = await build();
    await build();
    assert.deepEqual(lines, []);
    const [image] = first;
    assert.ok(image);
    const [layer] = readManifest(image.layoutDir, manifestDescriptor(image.layoutDir)).layers;
    assert.ok(layer);
    writeFileSync(blobFile(image.layoutDir, layer.digest), "damaged");
    assert.equal(verifiedDigest(image.layoutDir), undefined);
    assert.deepEqual(digests(await build()), digests(first));
    assert.deepEqual(lines, [`building image ${image.name}`]);
  });

  it("a source that does not compile is the user's to fix, without a stack", async () => {
    const broken = join(work, "broken");
    cpSync(join(sources, "pause"), join(broken, "pause"), { recursive: true });
    writeFileSync(join(broken, "pause", "more.go"), "package main\n\nvar x int = true\n");
    await assert.rejects(buildImages(["pause"], { log: () => {}, sources: broken }), {
      name: "UserError",
      message: /^go build failed in .*more\.go:3:13: cannot use true/s,
    });
  });

  it("[MR-37] an image runs as a number, and owns none of its files", async () => {
    for (const { layoutDir } of await build()) {
      const { config, layers } = readManifest(layoutDir, manifestDescriptor(layoutDir));
      const { config: run } = JSON.parse(readFileSync(blobFile(layoutDir, config.digest), "utf8"));
      assert.equal(run.User, "10001:10001");
      assert.match(run.Env.join(), /^PATH=.*\/usr\/local\/bin/);
      assert.ok(layers[0]);
      const listing = execFileSync("tar", ["--numeric-owner", "-tvf", blobFile(layoutDir, layers[0].digest)], {
        encoding: "utf8",
        env: { ...process.env, TZ: "UTC" },
      });
      const entries = listing.trimEnd().split("\n");
      assert.deepEqual(
        entries
          .filter((line) => !line.includes(" licenses/"))
          .map((line) => line.replace(/\s+\d+ 1970-01-01 00:00 /, " "))
          .toSorted(),
        [
          "drwxrwxrwt 0/0 tmp/",
          "drwxr-xr-x 0/0 usr/",
          "drwxr-xr-x 0/0 usr/local/",
          "drwxr-xr-x 0/0 usr/local/bin/",
          `-rwxr-xr-x 0/0 usr/local/bin/${run.Entrypoint[0]}`,
        ].toSorted(),
      );
    }
  });

  it("an image carries the licence and the notices of Go and of every module in it, and of no other", async () => {
    const carried = Object.fromEntries((await build()).map((image) => [image.name, checkedLicences(image)]));
    assert.deepEqual([carried.pause, carried.mailroom], [[], ["gopkg.in/yaml.v3/LICENSE", "gopkg.in/yaml.v3/NOTICE"]]);
  });

  it("packs files that are there already: the same files, the same digest", async () => {
    const one = await packBinary(contents(file("one", "content")));
    const same = await packBinary(contents(file("two", "content")));
    const other = await packBinary(contents(file("two", "other content")));
    const otherUser = await packBinary({ ...contents(file("one", "content")), user: "1:1" });
    assert.equal(one.digest, same.digest);
    assert.equal(new Set(digests([one, other, otherUser])).size, 3);
    assert.ok(statSync(one.layoutDir).isDirectory());
  });

  const packed = (...entries: readonly TarEntry[]): Buffer => Buffer.concat([...tar(entries)]);

  it("archives do not depend on the order of entries, keep long paths, and refuse what does not fit", () => {
    const long = `/${"folder/".repeat(20)}${"x".repeat(90)}`;
    const entries: TarEntry[] = [
      { path: "/b", mode: 0o644, content: () => Buffer.alloc(512, "b") },
      { path: long, mode: 0o644, content: () => Buffer.from("long") },
      { path: "/a", mode: 0o755 },
    ];
    assert.deepEqual(packed(...entries), packed(...entries.toReversed()));
    const link: TarEntry = { path: "/c", mode: 0o777, target: "b" };
    const listed = execFileSync("tar", ["-tvf", "-"], { input: packed(...entries, link), encoding: "utf8" });
    assert.match(listed, /^l\S+ .* c -> b$/m);
    assert.match(listed, new RegExp(`^-rw-r--r-- 0/0 +4 .* ${long.slice(1)}$`, "m"));
    const read = execFileSync("tar", ["-xOf", "-", long.slice(1), "b"], {
      input: packed(...entries),
      encoding: "utf8",
    });
    assert.equal(read, `${"b".repeat(512)}long`);
    for (const path of [`/${"x".repeat(101)}`, `/${"y".repeat(156)}/x`, `${long.repeat(2)}`])
      assert.throws(() => packed({ path, mode: 0o644, content: () => Buffer.alloc(0) }), /too long for an archive/);
    for (const path of ["/a/../b", "/a//b", "/./a"])
      assert.throws(() => packed({ path, mode: 0o644, content: () => Buffer.alloc(0) }), /no plain path/);
    assert.throws(() => packed({ path: "/l", mode: 0o777, target: "x".repeat(101) }), /longer than 100/);
  });
});
