import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Daemon,
  daemonCgroup,
  daemonNames,
  ensureDaemon,
  isCurrent,
  logFile,
  runningPid,
  startDaemon,
  stopDaemon,
  waitFor,
} from "../../../cluster/local/processes";
import { identityOf, isRunning } from "../../../process/identity";
import { scratchInstance } from "../../support/cluster/scratch-instance";
import { eventually } from "../../support/run";

describe("daemons of a local cluster", function () {
  this.timeout(60_000);
  let instance: ReturnType<typeof scratchInstance>;
  const at = (name: string): string => join(instance.top, name);
  const text = (name: string): string => readFileSync(at(name), "utf8").trim();

  /** Stands in for nsenter, which only root may start: notes where it should go, and executes. */
  const nsenter = (): string => `#!/bin/sh\necho "$1" > '${at("entered")}'\nshift\nexec "$@"\n`;
  const daemon = (script: string, more: Partial<Daemon> = {}): Daemon => ({
    name: "program",
    command: ["sh", "-c", script],
    network: at("net"),
    environment: { PATH: `${at("bin")}:/usr/bin:/bin` },
    ...more,
  });
  /** Says that it runs, and notes that it was asked to end. */
  const polite = (): string => `trap 'echo asked > ${at("asked")}; exit' TERM; ${runs()}`;
  const stubborn = (): string => `trap 'echo asked > ${at("asked")}' TERM; ${runs()}`;
  const runs = (): string => `echo up > ${at("up")}; while :; do sleep 0.05; done`;
  async function started(one: Daemon): Promise<number> {
    rmSync(at("up"), { force: true });
    await ensureDaemon(instance, one);
    await eventually("it runs", async () => existsSync(at("up")));
    return runningPid(instance, one.name) as number;
  }

  beforeEach(() => {
    instance = scratchInstance();
    mkdirSync(at("bin"));
    writeFileSync(at("bin/nsenter"), nsenter(), { mode: 0o755 });
    writeFileSync(at("net"), "");
    mkdirSync(at("cgroups/one/daemons"), { recursive: true });
  });
  afterEach(async () => {
    for (const name of daemonNames(instance)) await stopDaemon(instance, name, 0);
    instance.remove();
  });

  it("run in the instance's cgroup and network, without the caller's environment, and log for their owner alone", async () => {
    process.env.HARDENED_UNIT = "of the caller";
    const pid = await started(daemon(`env > ${at("env")}; ${runs()}`)).finally(() => delete process.env.HARDENED_UNIT);
    assert.equal(text("cgroups/one/daemons/cgroup.procs"), String(pid));
    assert.equal(text("entered"), `--net=${at("net")}`);
    assert.ok(text("env").includes(`HOME=${instance.state}`));
    assert.ok(!text("env").includes("of the caller"));
    assert.equal(statSync(logFile(instance, "program")).mode & 0o777, 0o600);
  });

  it("do not run outside of the cgroup, where a teardown would not find them", async () => {
    rmSync(at("cgroups/one/daemons"), { recursive: true });
    const child = startDaemon(instance, daemon(runs()));
    await once(child, "exit");
    assert.equal(child.exitCode, 1);
    assert.match(readFileSync(logFile(instance, "program"), "utf8"), /^cannot join .*cgroup\.procs$/m);
    assert.ok(!existsSync(at("up")));
  });

  it("are left alone while their definition stays, and restarted when a part of it changes", async () => {
    let pid = await started(daemon(polite()));
    await ensureDaemon(instance, daemon(polite()));
    assert.equal(runningPid(instance, "program"), pid);
    for (const change of [
      { settings: ["a file's text"] },
      { environment: { PATH: `${at("bin")}:/usr/bin:/bin`, MORE: "1" } },
      { command: ["sh", "-c", `:; ${polite()}`] },
    ]) {
      const next = await started(daemon(polite(), change));
      assert.ok(next !== pid && !isRunning(pid), JSON.stringify(change));
      pid = next;
    }
    const last = daemon(polite());
    await started(last);
    writeFileSync(at("net.new"), "");
    renameSync(at("net.new"), at("net"));
    assert.ok(!isCurrent(instance, last), "it is in a network that is no longer the instance's");
  });

  it("keep the log of the one before, which says why it ended", async () => {
    await started(daemon(`echo first; ${polite()}`));
    await started(daemon(`echo second; ${polite()}`));
    const log = logFile(instance, "program");
    assert.deepEqual(
      [log, `${log}.previous`].map((file) => readFileSync(file, "utf8")),
      ["second\n", "first\n"],
    );
  });

  it("are asked to end, and killed when they do not, or at once", async () => {
    await started(daemon(polite()));
    await stopDaemon(instance, "program");
    assert.equal(text("asked"), "asked");
    assert.deepEqual(daemonNames(instance), []);
    rmSync(at("asked"));
    const stays = await started(daemon(stubborn()));
    await stopDaemon(instance, "program", 1000);
    assert.equal(text("asked"), "asked");
    assert.ok(!isRunning(stays));
    rmSync(at("asked"));
    const killed = await started(daemon(polite()));
    await stopDaemon(instance, "program", 0);
    assert.ok(!isRunning(killed) && !existsSync(at("asked")));
  });

  it("are dead when another process has their pid, which is not signalled", async () => {
    const stranger = spawn("sleep", ["60"]);
    const pid = stranger.pid as number;
    try {
      const record = { ...identityOf(pid), startTime: "1", made: "" };
      mkdirSync(join(instance.state, "processes"), { recursive: true });
      writeFileSync(join(instance.state, "processes/program.json"), JSON.stringify(record));
      assert.equal(runningPid(instance, "program"), undefined);
      await stopDaemon(instance, "program");
      assert.deepEqual(daemonNames(instance), []);
      assert.ok(stranger.exitCode === null && stranger.signalCode === null && isRunning(pid));
    } finally {
      stranger.kill("SIGKILL");
      await once(stranger, "exit");
    }
    assert.equal(stranger.signalCode, "SIGKILL");
  });

  it("that end are told of at once, with the last lines of their log", async () => {
    await once(startDaemon(instance, daemon("seq 1 9; echo why >&2; exit 1")), "exit");
    await assert.rejects(
      waitFor(instance, "the API", ["program"], () => false),
      {
        name: "UserError",
        message: `the API: program ended\n${logFile(instance, "program")}:\n3\n4\n5\n6\n7\n8\n9\nwhy`,
      },
    );
  });

  it("that run and do not answer in time are told of with the last reason", async () => {
    await started(daemon(`echo still starting; ${polite()}`));
    const refused = (): never => {
      throw new Error("connection refused");
    };
    await assert.rejects(waitFor(instance, "the API", ["program"], refused, 0.2), {
      name: "UserError",
      message: `the API: nothing after 0.2 s: connection refused\n${logFile(instance, "program")}:\nstill starting`,
    });
    let asked = 0;
    const later = (): boolean => ++asked > 1 || refused();
    await waitFor(instance, "the API", ["program"], later);
    assert.equal(asked, 2);
  });

  it("have a cgroup of their own beside those of the nodes' pods", () =>
    assert.equal(daemonCgroup(instance), join(instance.cgroup, "daemons")));
});
