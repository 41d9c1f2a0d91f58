import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hierarchies, processesIn, removeCgroup } from "../../../cluster/local/cgroups";
import { scratchInstance } from "../../support/cluster/scratch-instance";

describe("cgroups of a local cluster", () => {
  let instance: ReturnType<typeof scratchInstance>;
  const folder = (path: string): string => join(instance.top, "cgroups", path);
  const holds = (path: string, ...pids: number[]): void => {
    mkdirSync(folder(path), { recursive: true });
    writeFileSync(join(folder(path), "cgroup.procs"), pids.map((pid) => `${pid}\n`).join(""));
  };
  beforeEach(() => {
    instance = scratchInstance();
  });
  afterEach(() => instance.remove());

  it("are looked for where this machine has its hierarchies", () => {
    const found = hierarchies();
    assert.ok(found.length > 0 && found.every((one) => existsSync(one)), found.join());
    assert.equal(new Set(found).size, found.length);
  });

  it("hold the processes of every level, each once; 0, one of another container, would be the own process group", () => {
    holds("one", 11);
    holds("one/daemons", 12, 13);
    holds("one/node-1/pod/container", 14, 0, 12);
    holds("two/daemons", 15);
    assert.deepEqual(processesIn(instance.cgroup).sort(), [11, 12, 13, 14]);
    assert.deepEqual(processesIn(join(dirname(instance.cgroup), "none")), []);
  });

  it("go with all that is below, the common one with the last instance", () => {
    for (const path of ["one/daemons", "one/node-1/pod", "two/daemons"]) mkdirSync(folder(path), { recursive: true });
    removeCgroup(instance.cgroup);
    assert.deepEqual([existsSync(folder("one")), existsSync(folder("two/daemons"))], [false, true]);
    removeCgroup(join(dirname(instance.cgroup), "two"));
    assert.ok(!existsSync(folder("")));
    removeCgroup(instance.cgroup);
  });
});
