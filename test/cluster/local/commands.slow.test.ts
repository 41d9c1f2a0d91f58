import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fill } from "../../../cluster/local/addons";

const command = join(__dirname, "../../../bin/hardened");
const cluster = (args: readonly string[], options: object = {}) =>
  spawnSync(command, ["cluster", ...args], { encoding: "utf8", ...options });

describe("cluster commands", function () {
  this.timeout(30_000);

  it("shows its help and changes nothing", () => {
    const { status, stdout } = cluster(["up", "--help"]);
    assert.equal(status, 0);
    assert.match(stdout, /--name/);
  });

  for (const [args, message] of [
    [["sideways"], /^error: unknown command 'sideways'\n\(see --help\)\n$/],
    [["up", "down"], /^error: too many arguments for 'up'\. Expected 0 arguments but got 1/],
    [["up", "--name", "Not_A_Name"], /^cluster name must be [^\n]*got "Not_A_Name"\n$/],
    [["up", "--nmae=x"], /^error: unknown option '--nmae=x'\n\(Did you mean --name\?\)\n\(see --help\)\n$/],
  ] as const) {
    it(`fails for "${args.join(" ")}" with one line that says what is right`, () => {
      const { status, stderr, stdout } = cluster(args);
      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(stderr, message);
    });
  }

  it("says of a cluster that was never up that it is stopped, for machines too, with exit code 1", () => {
    const env = { ...process.env, XDG_STATE_HOME: "/nowhere" };
    const { status, stdout } = cluster(["status", "--json", "--name", "never"], { env });
    assert.equal(status, 1);
    const { state, programs, nodes, api, dns, policies } = JSON.parse(stdout);
    assert.deepEqual(
      { state, programs, nodes, api, dns, policies },
      { state: "stopped", programs: {}, nodes: [], api: false, dns: false, policies: false },
    );
  });

  it("tells someone who is not root what to do instead", () => {
    const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const { status, stderr } = cluster(["up", "--name", "never"], {
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
