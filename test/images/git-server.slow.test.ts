import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, run } from "../support/run";
import { freePort, type UnpackedImage, unpackedImage } from "./unpacked-image";

/** The git server out of the image's own layer, as the image's user, with nothing but /tmp to write to. */
describe("images: git-server", function () {
  this.timeout(120_000);
  let image: UnpackedImage;
  let server: ChildProcess;
  let address = "";
  const work = mkdtempSync(join(tmpdir(), "git-server-"));

  before(async () => {
    image = await unpackedImage("git-server");
    chmodSync(join(image.root, "tmp"), 0o777);
    // every container has these devices; git opens them
    mkdirSync(join(image.root, "dev"));
    for (const [name, content] of [
      ["null", ""],
      ["urandom", randomBytes(4096)],
    ] as const)
      writeFileSync(join(image.root, "dev", name), content, { mode: 0o666 });
    chmodSync(join(image.root, "dev/null"), 0o666);
    const port = await freePort();
    address = `127.0.0.1:${port}`;
    const [command, ...rest] = image.within;
    const env = {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      GIT_SERVER_USERNAME: "agent",
      GIT_SERVER_PASSWORD: "right",
      GIT_SERVER_ADDRESS: address,
      GIT_SERVER_ADMIN_ADDRESS: `127.0.0.1:${await freePort()}`,
    };
    server = spawn(command, [...rest, "/usr/local/bin/git-server"], { env, stdio: "ignore" });
    await eventually("the server answers", async () =>
      fetch(`http://${address}/repository.git/HEAD`).then(
        ({ status }) => status === 401,
        () => false,
      ),
    );
  });
  after(() => {
    server?.kill("SIGKILL");
    image?.remove();
    rmSync(work, { recursive: true, force: true });
  });

  const git = (...args: readonly string[]) =>
    run("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      env: { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_GLOBAL: "/dev/null", GIT_ASKPASS: "true" },
    });

  it("[ZN-05] a real git clones main, pushes a branch, and another clone has its commit", async () => {
    const url = `http://agent:right@${address}/repository.git`;
    const first = join(work, "first");
    const steps = [
      ["clone", "-q", "-b", "main", url, first],
      ["-C", first, "commit", "-q", "--allow-empty", "-m", "change"],
      ["-C", first, "push", "-q", "origin", "HEAD:refs/heads/change"],
      ["clone", "-q", "-b", "change", url, join(work, "second")],
    ];
    for (const step of steps) assert.equal((await git(...step)).text, "", step.join(" "));
    assert.match((await git("-C", join(work, "second"), "log", "--oneline")).stdout, / change\n.* First commit\n$/);
    assert.ok(existsSync(join(work, "second/README.md")));
  });

  it("a wrong password reads nothing", async () => {
    const { code, stderr } = await git("ls-remote", `http://agent:wrong@${address}/repository.git`);
    assert.equal(code, 128);
    assert.match(stderr, /Authentication failed/);
  });
});
