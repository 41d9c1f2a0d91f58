import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { Cluster } from "../../../cluster/cluster";
import { interruptedCreates } from "../../../cluster/orphaned-objects";
import type { Deployment } from "../../../cluster/stack-state";
import { terminalHost } from "../../../operations/stack/hosts";
import { repairStack, toUninstall } from "../../../operations/stack/repair";
import { identityOf, isRunning } from "../../../process/identity";
import { endOrphans, markOf, orphansOf, runMark } from "../../../process/orphans";

const nobody = 2 ** 22 + 1; // above the largest pid there can be

describe("processes that a killed run left", () => {
  const children: ChildProcess[] = [];
  const marked = (mark: string): number => {
    const child = spawn("sleep", ["60"], { env: { ...process.env, [runMark]: mark } });
    children.push(child);
    return child.pid ?? 0;
  };
  const dead = { ...identityOf(process.pid), pid: nobody };
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  it("are told by stack, backend and run: neither a living run's, nor another stack's, nor another backend's are touched", async () => {
    const ours = marked(markOf("hardened/dev", "file:///here", dead));
    const others = [
      marked(markOf("hardened/dev", "file:///here")), // its owner lives: this process
      marked(markOf("hardened/dev", "file:///elsewhere", dead)),
      marked(markOf("hardened/dev-2", "file:///here", dead)),
      marked(markOf("hardened/dev", "file:///here", { ...dead, host: "elsewhere" })),
    ];
    while (orphansOf("hardened/dev", "file:///here").length === 0) await new Promise((next) => setTimeout(next, 10));
    const ended = await endOrphans("hardened/dev", "file:///here");
    assert.ok(!isRunning(ours));
    for (const pid of others) assert.ok(isRunning(pid));
    assert.deepEqual(ended, [ours]);
  });

  it("the mark shows no part of the backend's address, which may hold a password", () => {
    assert.ok(!markOf("hardened/dev", "postgres://me:secret@host/db").includes("secret"));
  });
});

describe("a backend whose state is not repaired", () => {
  const repaired = async (deployment: object | undefined): Promise<string[]> => {
    const lines: string[] = [];
    const host = terminalHost((line) => void lines.push(stripVTControlCharacters(line)));
    const stack = { name: "dev", workspace: { workDir: "/" }, exportStack: async () => ({ deployment }) };
    const cluster = new Cluster("nowhere");
    await repairStack(stack as unknown as Stack, { cluster, places: [], backend: "s3://bucket", next: "up", host });
    host.notify({ code: "run.summary", data: { action: "up", changes: {} } });
    return lines;
  };

  it("is told of what an interrupted run left, with the commands that repair it", async () => {
    const resource = { urn: "urn:a", type: "kubernetes:core/v1:Secret" };
    assert.deepEqual(await repaired({ pending_operations: [{ type: "creating", resource }] }), [
      "! warning a run of stack dev was interrupted with 1 operation unfinished, and the state in this backend is not repaired automatically. If no other run is active and the stack is locked: pulumi cancel --stack dev. After an interrupted destroy: pulumi refresh --stack dev",
      "nothing changes",
    ]);
  });

  it("is told of nothing where nothing is left", async () => {
    for (const deployment of [undefined, {}, { pending_operations: [] }, { resources: [] }])
      assert.deepEqual(await repaired(deployment), ["nothing changes"]);
  });
});

describe("objects that a killed run had begun to make", () => {
  const entry = (type: string, kind: string, name: string, namespace?: string) => ({
    urn: `urn:${type}::${name}`,
    type: `kubernetes:${type}:${kind}`,
    inputs: { apiVersion: type.replace("core/", ""), kind, metadata: { name, ...(namespace ? { namespace } : {}) } },
  });
  const release = { urn: "urn:r", type: "kubernetes:helm.sh/v3:Release", inputs: { name: "app", namespace: "ns" } };
  const names = (deployment: Deployment): string[] =>
    interruptedCreates(deployment).map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);

  it("are what its interrupted creations name", () => {
    const pending = [entry("core/v1", "Secret", "s-1", "ns"), entry("core/v1", "Namespace", "ns"), release];
    const deployment = { pending_operations: pending.map((resource) => ({ type: "creating" as const, resource })) };
    assert.deepEqual(names(deployment), ["Secret ns/s-1", "Namespace /ns", "Release ns/app"]);
  });

  it("are never what the state holds as made, whatever its resource is called there", () => {
    const made = { ...entry("core/v1", "Namespace", "ns"), urn: "urn:other" };
    const pending = [entry("core/v1", "Namespace", "ns"), release].map((resource) => ({
      type: "creating" as const,
      resource,
    }));
    assert.deepEqual(names({ resources: [made, release], pending_operations: pending }), []);
  });

  it("are not what it was changing or deleting, nor what is no object of the cluster", () => {
    const job = entry("batch/v1", "Job", "j-1", "ns");
    const password = { urn: "urn:p", type: "random:index/randomPassword:RandomPassword", inputs: {} };
    const operations = [
      { type: "updating" as const, resource: job },
      { type: "deleting" as const, resource: job },
      { type: "creating" as const, resource: password },
    ];
    assert.deepEqual(names({ pending_operations: operations }), []);
  });
});

describe("releases that a run will uninstall", () => {
  const release = (namespace: string, name: string) => ({
    urn: `urn:${namespace}/${name}`,
    type: "kubernetes:helm.sh/v3:Release",
    inputs: { name, namespace },
  });
  const namespace = {
    urn: "urn:ns",
    type: "kubernetes:core/v1:Namespace",
    inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } },
  };
  const state: Deployment = { resources: [namespace, release("web", "web"), release("old", "web")] };
  const places = [{ system: "web", namespace: "web", release: "web" }];

  it("are all of the state's in a destroy, and in an up those the stack no longer has", () => {
    const [kept, old] = [
      { namespace: "web", name: "web" },
      { namespace: "old", name: "web" },
    ];
    assert.deepEqual(toUninstall(state, { next: "destroy", places }), [kept, old]);
    assert.deepEqual(toUninstall(state, { next: "up", places }), [old]);
  });
});
