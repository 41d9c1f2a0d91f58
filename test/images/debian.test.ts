import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImages } from "../../images/build/build";
import type { Image } from "../../images/build/image";
import { imageDefinitions } from "../../images/build/image-definition";
import { blobFile, manifestDescriptor, readManifest } from "../../images/build/oci";
import { interpreter } from "../../images/build/shared-libraries";

const debianImageNames = imageDefinitions().flatMap(({ name, from }) => (from === "packages" ? [name] : []));

/** The servers taken from Debian's packages, run out of their own layers with their own loader and libraries. */
describe("images: servers from Debian packages", function () {
  this.timeout(120_000);
  const work = mkdtempSync(join(tmpdir(), "images-debian-"));
  const images: Record<string, Image> = {};
  const root = (name: string): string => join(work, name);

  before(async () => {
    for (const image of await buildImages(debianImageNames, { log: () => {} })) {
      images[image.name] = image;
      const [layer] = readManifest(image.layoutDir, manifestDescriptor(image.layoutDir)).layers;
      assert.ok(layer);
      execFileSync("mkdir", [root(image.name)]);
      execFileSync("tar", ["-xf", blobFile(image.layoutDir, layer.digest), "-C", root(image.name)]);
    }
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  /** Runs a program of an image with nothing of this machine. */
  function inside(name: string, program: string, ...args: string[]): string {
    const machine = readdirSync(join(root(name), "usr/lib")).find((folder) => folder.endsWith("-linux-gnu")) ?? "";
    const libraries = ["lib", "usr/lib"].map((folder) => join(root(name), folder, machine)).join(":");
    const loader = join(root(name), interpreter().path);
    return execFileSync(loader, ["--inhibit-cache", "--library-path", libraries, join(root(name), program), ...args], {
      encoding: "utf8",
      env: {},
    });
  }

  it("PostgreSQL and its tools find all their libraries in the image", () => {
    const home = join(root("postgres"), "usr/lib/postgresql");
    const bin = `usr/lib/postgresql/${readdirSync(home)[0]}/bin`;
    const programs = ["initdb", "pg_basebackup", "pg_controldata", "pg_ctl", "pg_isready", "pg_rewind", "postgres"];
    assert.deepEqual(readdirSync(join(root("postgres"), bin)).sort(), programs);
    for (const name of programs) {
      assert.match(inside("postgres", `${bin}/${name}`, "--version"), /PostgreSQL\) \d+\./);
      // An operator asks for them by name alone.
      assert.equal(readlinkSync(join(root("postgres"), "usr/local/bin", name)), `/${bin}/${name}`);
    }
  });

  it("Redis and its client do too", () => {
    assert.match(inside("redis", "usr/bin/redis-server", "--version"), /Redis server v=\d+\./);
    assert.match(inside("redis", "usr/bin/redis-cli", "--version"), /redis-cli \d+\./);
  });

  it("git does too, and its server is a program of its own", () => {
    assert.match(inside("git-server", "usr/bin/git", "--version"), /^git version \d+\./);
    const help = execFileSync(join(root("git-server"), "usr/local/bin/git-server"), ["--help"], { encoding: "utf8" });
    assert.match(help, /GIT_SERVER_PASSWORD {2,}that user's password; required/);
  });

  it("each starts with its script or program, as a numeric user that has a name, and PostgreSQL ends by its fast signal", () => {
    for (const name of debianImageNames) {
      const start = name === "git-server" ? name : "start";
      assert.equal(statSync(join(root(name), "usr/local/bin", start)).mode & 0o777, 0o755);
      assert.match(readFileSync(join(root(name), "etc/passwd"), "utf8"), new RegExp(`^${name}:x:10001:10001:`));
      assert.match(inside(name, "bin/sh", "-c", "echo started"), /^started$/m);
    }
    const { layoutDir } = images.postgres as Image;
    const { config } = readManifest(layoutDir, manifestDescriptor(layoutDir));
    const { config: run } = JSON.parse(readFileSync(blobFile(layoutDir, config.digest), "utf8"));
    assert.deepEqual([run.User, run.StopSignal, run.Entrypoint], ["10001:10001", "SIGINT", ["/usr/local/bin/start"]]);
  });

  it("the copyright file of every package that is in the image comes along, and the licences it refers to", () => {
    for (const name of debianImageNames) {
      const documents = execFileSync("find", [join(root(name), "usr/share/doc"), "-type", "f", "-size", "+0"]);
      const files = documents.toString().trimEnd().split("\n");
      const packages = files.map((file) => /\/usr\/share\/doc\/([^/]+)\/copyright$/.exec(file)?.[1] ?? file).sort();
      const libraries = packages.filter((one) => one.startsWith("lib"));
      const others = packages.filter((one) => !libraries.includes(one)).map((one) => one.replace(/\d+/, "N"));
      const expected: Record<string, string[]> = {
        "git-server": ["dash", "git", "zlibNg"],
        postgres: ["coreutils", "dash", "postgresql-N", "postgresql-client-N", "tzdata", "zlibNg"],
        redis: ["dash", "redis-server", "redis-tools"],
      };
      assert.deepEqual(others, expected[name]);
      for (const one of ["libc6", "libgcc-s1"]) assert.ok(libraries.includes(one), `${name}: ${one}`);
      for (const file of files)
        for (const [path] of readFileSync(file, "utf8").matchAll(/\/usr\/share\/common-licenses\/[A-Z][\w.-]*\w/g))
          assert.ok(existsSync(join(root(name), path)), `${file}: ${path}`);
    }
  });

  it("nothing else of a package's documentation, and none of its scripts or other programs", () => {
    const listed = execFileSync("find", [work, "-type", "f", "-printf", "%P\n"], { encoding: "utf8" }).split("\n");
    assert.deepEqual(
      listed.filter((file) => /\/(doc|man|locale|systemd|init\.d)\//.test(file) && !file.endsWith("/copyright")),
      [],
    );
    const programs = listed.filter((file) => file.startsWith("redis/") && /\/s?bin\//.test(file));
    assert.deepEqual(programs.map((file) => file.replace(/^.*\//, "")).sort(), [
      "dash",
      "redis-check-rdb",
      "redis-cli",
      "start",
    ]);
  });

  it("the same packages give the same image", async () => {
    const again = await buildImages(debianImageNames, { log: (line) => assert.fail(line) });
    assert.deepEqual(
      again.map(({ digest }) => digest),
      debianImageNames.map((name) => images[name]?.digest),
    );
  });
});
