import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whileLocked } from "../../../cluster/local/instance-lock";
import { type Instance, instanceOf } from "../../../cluster/local/names";
import { identityOf } from "../../../process/identity";
import { eventually } from "../../support/run";

describe("lock of a local cluster", () => {
  const usual = process.env.XDG_STATE_HOME;
  let home: string;
  let instance: Instance;
  const told: string[] = [];
  const locked = (one: Instance, work: () => Promise<void>): Promise<void> =>
    whileLocked(one, (line) => void told.push(line), work);
  const lock = (): string => `${instance.state}.lock`;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "instance-lock-"));
    process.env.XDG_STATE_HOME = home;
    instance = instanceOf("unit");
    told.length = 0;
  });
  afterEach(() => {
    if (usual === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = usual;
    rmSync(home, { recursive: true });
  });

  it("is held to the end of a teardown, which removes the state folder, and no longer", async () => {
    mkdirSync(instance.state, { recursive: true });
    await locked(instance, async () => {
      rmSync(instance.state, { recursive: true });
      assert.ok(existsSync(lock()));
    });
    assert.ok(!existsSync(lock()));
    assert.deepEqual(told, []);
  });

  it("lets another instance be changed meanwhile", async () => {
    let inner = false;
    await locked(instance, () =>
      locked(instanceOf("other"), async () => {
        inner = true;
      }),
    );
    assert.ok(inner);
  });

  it("is waited for, saying whom for, and what to check where that cannot be seen from here", async () => {
    mkdirSync(join(instance.state, ".."), { recursive: true });
    const holder = { ...identityOf(process.pid), host: "elsewhere", since: new Date().toISOString() };
    writeFileSync(lock(), JSON.stringify(holder));
    let worked = false;
    const waits = locked(instance, async () => {
      worked = true;
    });
    await eventually("it says so", async () => told.length > 0);
    assert.match(
      told[0] ?? "",
      /^cluster unit is being changed by process \d+ on elsewhere .*; waiting for it\. .* remove \S+\/unit\.lock$/,
    );
    assert.ok(!worked);
    rmSync(lock());
    await waits;
    assert.ok(worked);
  });
});
