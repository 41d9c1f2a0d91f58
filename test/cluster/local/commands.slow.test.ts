import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fill } from "../../../cluster/local/addons";

const root = join(__dirname, "../../..");
const main = (args: string[], options: object = {}) =>
  spawnSync(
    process.execPath,
    ["--no-warnings", "-r", "ts-node/register/transpile-only", "cluster/local/main.ts", ...args],
    {
      cwd: root,
      encoding: "utf8",
      ...options,
    },
  );

describe("cluster commands", function () {
  this.timeout(30_000);

  it("shows its help and changes nothing", () => {
    const { status, stdout } = main(["up", "--help"]);
    assert.equal(status, 0);
    assert.match(stdout, /--name/);
  });

  for (const [args, message] of [
    [["sideways"], "command must be up, status or down, got sideways; see --help\n"],
    [[], "command must be up, status or down, got none; see --help\n"],
    [["up", "down"], "expected one command, got up down; see --help\n"],
    [["up", "--name", "Not_A_Name"], /^cluster name must be [^\n]*got "Not_A_Name"\n$/],
    [["up", "--nmae=x"], /^Unknown option '--nmae'[^\n]*see --help\n$/],
  ] as const) {
    it(`fails for "${args.join(" ")}" with one line that says what is right`, () => {
      const { status, stderr, stdout } = main([...args]);
      assert.deepEqual([status, stdout], [1, ""]);
      if (typeof message === "string") assert.equal(stderr, message);
      else assert.match(stderr, message);
    });
  }

  it("says of a cluster that was never up that it is stopped, for machines too, with exit code 1", () => {
    const env = { ...process.env, XDG_STATE_HOME: "/nowhere" };
    const { status, stdout } = main(["status", "--json", "--name", "never"], { env });
    assert.equal(status, 1);
    const { state, programs, nodes, api, dns } = JSON.parse(stdout);
    assert.deepEqual(
      { state, programs, nodes, api, dns },
      { state: "stopped", programs: {}, nodes: [], api: false, dns: false },
    );
  });

  it("tells someone who is not root what to do instead", () => {
    const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const { status, stderr } = main(["up", "--name", "never"], {
      ...asNobody,
      env: { ...process.env, HOME: "/nowhere" },
    });
    assert.equal(status, 1);
    assert.equal(
      stderr,
      "the local cluster needs root; run it with sudo -E, or use any cluster you have: point KUBECONFIG at it (README.md shows kind)\n",
    );
  });

  it("fails for a place in an add-on's manifest that nothing fills", () => {
    assert.equal(fill("a: <b>", { b: "c" }), "a: c");
    assert.throws(() => fill("a: <b>", {}), { message: "no value for <b>" });
  });
});
