import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkOwner, claimRunFolder } from "../../../cluster/local/preflight";
import { teardown } from "../../../cluster/local/teardown";
import { scratchInstance } from "../../support/cluster/scratch-instance";

describe("run folder of a local cluster", () => {
  let instance: ReturnType<typeof scratchInstance>;
  const owner = (): string => join(instance.run, "owner.json");
  const socket = (): string => join(instance.run, "containerd.sock");
  beforeEach(() => {
    instance = scratchInstance();
    claimRunFolder(instance);
    writeFileSync(socket(), "");
  });
  afterEach(() => instance.remove());

  it("is claimed by name of the state folder, and others may not look into it", () => {
    assert.equal(JSON.parse(readFileSync(owner(), "utf8")).state, instance.state);
    assert.equal(statSync(instance.run).mode & 0o066, 0);
  });

  it("stays as it is when the same instance claims it again", () => {
    checkOwner(instance);
    claimRunFolder(instance);
    assert.ok(existsSync(socket()));
  });

  it("is refused to an instance of the same name that keeps its state elsewhere, which may not take it down either", async () => {
    const state = join(instance.top, "elsewhere");
    const other = { ...instance, state };
    const refused = {
      name: "UserError",
      message: `cluster name unit is in use with state folder ${instance.state}, got ${state}; choose another with --name, or set XDG_STATE_HOME as it was`,
    };
    assert.throws(() => claimRunFolder(other), refused);
    await assert.rejects(teardown(other, assert.fail), refused);
    assert.ok(existsSync(socket()) && !existsSync(`${state}.going`));
  });

  it("of an earlier boot is emptied, whosever it was: its sockets lead nowhere", () => {
    writeFileSync(owner(), JSON.stringify({ state: "/elsewhere/unit", boot: "earlier" }));
    checkOwner(instance);
    claimRunFolder(instance);
    assert.ok(!existsSync(socket()));
    assert.equal(JSON.parse(readFileSync(owner(), "utf8")).state, instance.state);
  });
});
