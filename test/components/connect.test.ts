import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { Cluster } from "../../cluster/cluster";
import { connect } from "../../components/connect";
import type { StackConfig } from "../../config/stack-schema";
import { terminalHost } from "../../operations/stack/hosts";
import { repairStack } from "../../operations/stack/repair";
import { isRunning, runningProcesses } from "../../process/identity";
import { runMark } from "../../process/orphans";

/** On a backend that is no folder the program itself puts right what a killed run left, and a person has to read of it. */
describe("connect: after a killed run, on a backend that is no folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "connect-"));
  const given = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG, [runMark]: process.env[runMark] };
  const cluster = { context: "here" };
  let provider: ChildProcess;

  before(async () => {
    for (const name of ["kubectl", "pulumi"]) writeFileSync(join(folder, name), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    writeFileSync(join(folder, "config"), JSON.stringify({ contexts: [{ name: "elsewhere" }] }));
    Object.assign(process.env, { PATH: `${folder}:${given.PATH}`, KUBECONFIG: join(folder, "config") });
    delete process.env[runMark];
    pulumi.runtime.setMocks(
      { newResource: () => assert.fail("nothing is registered"), call: () => ({}) },
      "hardened",
      "dev",
      false,
      "organization",
    );
    // What a killed engine leaves: a provider in this folder, whose engine does not answer.
    provider = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "127.0.0.1:1"], {
      argv0: "pulumi-resource-kubernetes",
    });
    const seen = (): boolean =>
      runningProcesses().some(
        ({ pid, command }) => pid === provider.pid && command[0] === "pulumi-resource-kubernetes",
      );
    while (!seen()) await new Promise((next) => setTimeout(next, 10));
  });
  after(() => {
    provider?.kill("SIGKILL");
    for (const [name, value] of Object.entries(given))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(folder, { recursive: true, force: true });
  });

  it("the program ends what still runs, and the terminal says so", async () => {
    const lines: string[] = [];
    const host = terminalHost((line) => void lines.push(line));
    const stack = { name: "dev", workspace: { workDir: folder }, exportStack: async () => ({}) } as unknown as Stack;
    await repairStack(stack, { cluster: new Cluster("here"), places: [], backend: "s3://bucket", next: "up", host });
    assert.deepEqual([lines, process.env[runMark]], [[], undefined], "left to the program");
    const config = { cluster, delivery: { with: "release" }, podSecurityVersion: "latest" } as unknown as StackConfig;
    await assert.rejects(connect(config, "hardened/dev", [], host), /made for the kubeconfig context "here"/);
    assert.deepEqual(lines, [`ended what a killed run had left running: process ${provider.pid}`]);
    assert.ok(!isRunning(provider.pid ?? 0));
  });
});
