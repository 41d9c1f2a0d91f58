import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { hostname } from "node:os";
import type { Cluster } from "../../../cluster/cluster";
import { cordon, healCordons } from "../../../operations/drills/cordon";
import { deadOwner, drillMark } from "../../../operations/drills/drill-mark";
import { identityOf } from "../../../process/identity";

const since = "2026-01-01T00:00:00Z";
const dead = { ...identityOf(process.pid), pid: 2 ** 22 + 1, since }; // above the largest pid there can be
const owner = (mark: object | string): number =>
  deadOwner(typeof mark === "string" ? mark : JSON.stringify(mark), "node a is cordoned", "kubectl uncordon a");

describe("the mark of a drill", () => {
  it("of a dead process gives its pid: there is no such process, or a later one has its pid", () => {
    assert.equal(owner(dead), dead.pid);
    assert.equal(owner({ ...dead, pid: process.pid, startTime: "1" }), process.pid);
  });

  it("of one that runs on this machine is left alone, though another user's lock does not show it", () => {
    const child = spawn("sleep", ["60"]);
    try {
      const pid = child.pid ?? 0;
      assert.throws(() => owner({ ...identityOf(pid), since }), {
        name: "UserError",
        exitCode: 2,
        message: `node a is cordoned by a drill that runs on this machine (process ${pid}, since ${since}); wait until it has ended`,
      });
    } finally {
      child.kill("SIGKILL");
    }
    assert.throws(() => owner(drillMark()), /by a drill that runs on this machine/);
  });

  it("of another host or container is left alone, with the command for who knows that it is dead", () => {
    const says = (more: object): RegExp | object => ({
      message: new RegExp(
        `^node a is cordoned by a drill of host ${"host" in more ? "elsewhere" : `${hostname()}, another container or machine of this name`} \\(process ${dead.pid}, since ${since}\\); wait until it has ended, or if you are sure that it is dead: kubectl uncordon a$`,
      ),
    });
    for (const more of [{ host: "elsewhere" }, { pidNamespace: "pid:[1]" }])
      assert.throws(() => owner({ ...dead, ...more }), says(more));
  });

  it("that cannot be read is left alone", () => {
    for (const mark of ["", "{", "null", "{}", '{"pid":"1","host":"a"}', "me"])
      assert.throws(() => owner(mark), /^UserError: node a is cordoned by a drill whose mark cannot be read; if/);
  });
});

describe("nodes that a drill cordoned", () => {
  const asked: string[][] = [];
  let nodes: object[] = [];
  const cluster = {
    list: async () => nodes,
    kubectl: async (args: readonly string[]) => {
      asked.push([...args]);
      return "";
    },
  } as unknown as Cluster;
  const node = (name: string, mark?: string): object => ({
    metadata: { name, ...(mark !== undefined && { annotations: { "hardened.pulumi/cordoned-by": mark } }) },
    spec: { unschedulable: true },
  });
  const lines: string[] = [];
  const heal = (...all: object[]): Promise<void> => {
    nodes = all;
    return healCordons(cluster, (line) => lines.push(line));
  };
  beforeEach(() => {
    asked.splice(0);
    lines.splice(0);
  });

  it("are uncordoned when the drill is dead; those that a person cordoned stay", async () => {
    await heal(node("a"), node("b", JSON.stringify(dead)));
    assert.deepEqual(
      asked.map((args) => args.slice(0, 3)),
      [["patch", "node", "b"]],
    );
    assert.deepEqual(JSON.parse(asked[0]?.at(-1) ?? ""), {
      metadata: { annotations: { "hardened.pulumi/cordoned-by": null } },
      spec: { unschedulable: null },
    });
    assert.deepEqual(lines, [`node b was left cordoned by a drill that was killed (process ${dead.pid}): uncordoned`]);
  });

  it("stay cordoned while the drill runs, by the mark that it writes", async () => {
    await cordon(cluster, "c");
    const { metadata, spec } = JSON.parse(asked.splice(0)[0]?.at(-1) ?? "");
    assert.deepEqual(spec, { unschedulable: true });
    await assert.rejects(
      heal(node("c", metadata.annotations["hardened.pulumi/cordoned-by"])),
      /^UserError: node c is cordoned/,
    );
    assert.deepEqual(asked, []);
  });
});
