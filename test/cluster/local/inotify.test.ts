import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkInotify } from "../../../cluster/local/inotify";
import { instanceOf } from "../../../cluster/local/names";
import { UserError } from "../../../process/user-error";

describe("inotify instances for a local cluster", () => {
  const instance = instanceOf("fifth");
  let proc: string;
  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), "proc-"));
    mkdirSync(join(proc, "sys/fs/inotify"), { recursive: true });
    limit(128);
  });
  afterEach(() => rmSync(proc, { recursive: true }));

  const limit = (instances: number): void =>
    writeFileSync(join(proc, "sys/fs/inotify/max_user_instances"), `${instances}\n`);
  const runs = (pid: number, instances: number, cgroup = "hardened/first/daemons"): void => {
    const folder = join(proc, String(pid));
    mkdirSync(join(folder, "fd"), { recursive: true });
    writeFileSync(join(folder, "cgroup"), `9:name=systemd:/${cgroup}\n`);
    symlinkSync("/dev/null", join(folder, "fd/0"));
    symlinkSync("anon_inode:[eventpoll]", join(folder, "fd/1"));
    for (let n = 0; n < instances; n++) symlinkSync("anon_inode:inotify", join(folder, `fd/${n + 3}`));
  };

  it("enough are free", () => {
    for (let pid = 1; pid <= 14; pid++) runs(pid, 7);
    mkdirSync(join(proc, "99"));
    checkInotify(instance, proc);
  });

  it("too few are free: one line with the numbers and the fix", () => {
    for (let pid = 1; pid <= 14; pid++) runs(pid, 7);
    runs(20, 1);
    assert.throws(() => checkInotify(instance, proc), {
      name: UserError.name,
      message:
        "cluster fifth needs 30 more inotify instances, and 99 of this user's 128 are in use (each local cluster takes 30); raise the limit with: sudo sysctl fs.inotify.max_user_instances=1024, or delete a cluster that is not needed",
    });
    limit(129);
    checkInotify(instance, proc);
  });

  it("a cluster that is up needs no more; one that lost a program needs its share", () => {
    for (let pid = 1; pid <= 14; pid++) runs(pid, 7);
    runs(20, 30, "hardened/fifth/daemons");
    checkInotify(instance, proc);
    runs(21, 1);
    limit(129);
    checkInotify(instance, proc);
    rmSync(join(proc, "20"), { recursive: true });
    runs(20, 25, "hardened/fifth/daemons");
    runs(22, 1);
    assert.throws(() => checkInotify(instance, proc), /needs 5 more inotify instances, and 125 of this user's 129 /);
  });

  it("reads this machine's", () => {
    try {
      checkInotify(instance);
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
    }
  });
});
