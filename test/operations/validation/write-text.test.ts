import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeText } from "../../../operations/validation/files";
import { root } from "../../support/tree";

const code = `const { writeText } = require(${JSON.stringify(join(root, "operations/validation/files"))});
try { writeText(process.argv[1], process.argv[2]) } catch (error) { console.error(error.message) }`;
const program = ["--no-warnings", "-r", join(root, "bin/register.js"), "-e", code];

describe("a report that is written to a file", function () {
  this.timeout(60_000);
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(at(name), "utf8");
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "write-text-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is whole, or the one of before where the disk is full, and nothing else is left", () => {
    // A disk of two blocks; it is gone with its mount namespace.
    const script = [
      'mount -t tmpfs -o size=8k,mode=700 none "$FOLDER"',
      'printf old > "$FOLDER/report"',
      '"$@" "$FOLDER/report" "$(head -c 9000 /dev/zero | tr "\\0" x)"',
      '"$@" "$FOLDER/new" "$(head -c 9000 /dev/zero | tr "\\0" x)"',
      'ls "$FOLDER"',
      'cat "$FOLDER/report"',
    ].join(" && ");
    const args = ["--mount", "--map-root-user", "sh", "-c", script, "sh", process.execPath, ...program];
    const { stdout, stderr } = spawnSync("unshare", args, {
      env: { ...process.env, FOLDER: folder },
      encoding: "utf8",
    });
    assert.equal(stdout, "report\nold");
    assert.deepEqual(stderr.trim().split("\n"), [
      `${at("report")} cannot be written: the disk is full`,
      `${at("new")} cannot be written: the disk is full`,
    ]);
  });

  it("keeps the permissions of a file that is there, and the links to it and from it", () => {
    writeFileSync(at("file"), "old");
    chmodSync(at("file"), 0o664);
    symlinkSync("file", at("link"));
    symlinkSync(at("later"), at("ahead"));
    writeText(at("link"), "new");
    assert.deepEqual([read("file"), statSync(at("file")).mode & 0o777], ["new", 0o664]);
    assert.ok(lstatSync(at("link")).isSymbolicLink());
    linkSync(at("file"), at("other name"));
    writeText(at("file"), "newer");
    assert.equal(read("other name"), "newer");
    writeText(at("ahead"), "first");
    assert.equal(read("later"), "first");
    symlinkSync("round", at("round"));
    assert.throws(() => writeText(at("round"), ""), {
      name: "UserError",
      message: /its links lead in a circle/,
      exitCode: 2,
    });
    assert.deepEqual(readdirSync(folder).sort(), ["ahead", "file", "later", "link", "other name", "round"]);
  });

  it("goes to standard output, be it a pipe or a file that somebody else writes to as well, and into pipes and devices", () => {
    const write = (path: string, log: number) =>
      spawnSync(process.execPath, [...program, path, "text\n"], { stdio: ["ignore", log, "inherit"] });
    const throughPipe = ["-c", '"$@" | cat', "sh", process.execPath, ...program, "/dev/stdout", "text"];
    assert.equal(execFileSync("sh", throughPipe, { encoding: "utf8" }), "text");
    symlinkSync("/dev/stdout", at("out"));
    writeFileSync(at("log"), "");
    const log = openSync(at("log"), "a");
    const { ino } = statSync(at("log"));
    for (const path of ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", at("out")]) {
      write(path, log);
      assert.equal(statSync(at("log")).ino, ino, `${path}: another file in its place`);
      assert.equal(read("log"), "text\n", path);
    }
    execFileSync("mkfifo", [at("pipe")]);
    const piped = execFileSync("sh", [
      "-c",
      'cat "$0" & "$@"; wait',
      at("pipe"),
      process.execPath,
      ...program,
      at("pipe"),
      "text",
    ]);
    assert.equal(piped.toString(), "text");
    writeText("/dev/null", "text");
    assert.ok(statSync("/dev/null").isCharacterDevice());
  });

  it("goes into a file that is a mount of its own, as a container's may be", () => {
    const script = 'touch "$1" && mount --bind "$1" "$1" && shift && "$@"';
    const args = ["--mount", "--map-root-user", "sh", "-c", script, "sh", at("file"), process.execPath, ...program];
    const { stderr } = spawnSync("unshare", [...args, at("file"), "text"], { encoding: "utf8" });
    assert.deepEqual([stderr, read("file"), readdirSync(folder)], ["", "text", ["file"]]);
  });
});
