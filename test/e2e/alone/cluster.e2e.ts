import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodes } from "../../../cluster/local/addresses";
import { kubectl } from "../../../cluster/local/api";
import { processesIn, removeCgroup } from "../../../cluster/local/cgroups";
import { clusterDown } from "../../../cluster/local/down";
import { hostPortOf } from "../../../cluster/local/host-ports";
import { packSystemTool } from "../../../cluster/local/images";
import { unmountBelow } from "../../../cluster/local/mounts";
import { instanceOf } from "../../../cluster/local/names";
import { clusterStatus, describeStatus } from "../../../cluster/local/status";
import { clusterUp } from "../../../cluster/local/up";
import { toolPath } from "../../../process/toolchain/locate";
import { pushVisitor, visitorManifest } from "../../support/network/visitor";
import { checkedLicences } from "../../support/registry/image-licences";
import { eventually } from "../../support/run";
import { processesWith, traces } from "./cluster-traces";

const names = ["e2e-1", "e2e-2"] as const;
/** A state folder as deep as that of a long account name in a long home: no socket may be in there, whose path is at most 107 characters long. */
const deep = join(tmpdir(), "hardened-deep", "d".repeat(100));
const usual = process.env.XDG_STATE_HOME;
function setStateHome(folder: string | undefined): void {
  if (folder === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = folder;
}
setStateHome(deep);
const [instance, second] = names.map((name) => instanceOf(name)) as [
  ReturnType<typeof instanceOf>,
  ReturnType<typeof instanceOf>,
];
setStateHome(usual);
const ours = names.flatMap((name) => [`/clusters/${name}/`, `hardened/${name}/`]);
const lines: string[] = [];
const log = (line: string): void => void lines.push(line);

const up = (name: string): Promise<string> => clusterUp({ name, systems: ["companyos"], log });
const k = (...args: string[]): Promise<string> => kubectl(instance, args);
const visit = async (path = "/"): Promise<string> =>
  (await fetch(`http://127.0.0.1:${hostPortOf(30080, "e2e-1")}${path}`)).text();
const podOn = async (node: string): Promise<string> =>
  (
    await k("-n", "visit", "get", "pods", "-l", "app=visitor", `--field-selector=spec.nodeName=${node}`, "-o", "name")
  ).trim();
/** What the program in a node's pod answers. */
const ask = async (node: string, ...words: string[]): Promise<string> =>
  k("-n", "visit", "exec", await podOn(node), "--", "visitor", ...words);
const visitorsReady = (): Promise<string> =>
  k("-n", "visit", "rollout", "status", "daemonset/visitor", "--timeout=90s");

/** Ends every process of the instance at once, shims and pods included. */
async function killEverything(): Promise<void> {
  for (const pid of processesIn(instance.cgroup)) process.kill(pid, "SIGKILL");
  while (processesIn(instance.cgroup).length > 0) await sleep(50);
}

async function answers(check: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await check().catch(() => false)) return true;
    await sleep(200);
  }
  return false;
}

describe("local cluster", function () {
  this.timeout(300_000);
  let untouched: ReturnType<typeof traces>;

  before(async () => {
    setStateHome(deep);
    for (const name of names) await clusterDown({ name, log });
    untouched = traces(names);
    await up("e2e-1");
    await kubectl(instance, ["apply", "-f", "-"], visitorManifest(await pushVisitor(instance)));
    await k("-n", "visit", "rollout", "status", "daemonset/visitor", "--timeout=90s");
  });

  after(async () => {
    for (const name of names) await clusterDown({ name, log });
    setStateHome(usual);
    rmSync(dirname(deep), { recursive: true, force: true });
  });

  it("has two Ready nodes in two zones, and a kubeconfig for its owner alone", async () => {
    const status = await clusterStatus({ name: "e2e-1" });
    assert.equal(status.state, "running");
    assert.deepEqual(
      status.nodes.map(({ name, zone, ready }) => [name, zone, ready]),
      nodes.map(({ name, zone }) => [name, zone, true]),
    );
    assert.equal(statSync(instance.kubeconfig).mode & 0o777, 0o600);
    assert.equal((await k("config", "current-context")).trim(), "hardened-e2e-1");
  });

  it("answers names of the cluster from a pod on each node, and says that others do not exist", async () => {
    for (const node of nodes) {
      const address = await ask(node.name, "lookup", "kube-dns.kube-system.svc.cluster.local");
      assert.equal(address.trim(), "10.202.0.10");
      const unknown = ask(node.name, "lookup", "example.com");
      await assert.rejects(unknown, /no such host/);
    }
  });

  it("spreads a Service's traffic over both nodes, from a pod on either", async () => {
    for (const node of nodes) {
      const visited = await ask(node.name, "get", "http://visitor.visit");
      assert.deepEqual([...new Set(visited.trim().split("\n"))].sort(), ["node-1", "node-2"]);
    }
  });

  it("lets the host reach a node port, and carries large answers whole", async () => {
    assert.match(await visit(), /^node-[12]\n$/);
    assert.equal((await visit("/large")).length, 16 << 20);
  });

  it("serves logs and port-forward of pods on each node", async () => {
    for (const node of nodes) {
      const pod = await podOn(node.name);
      assert.match(await k("-n", "visit", "logs", pod), /^serving\n/);
      const forward = spawn(toolPath("kubectl"), [
        `--kubeconfig=${instance.kubeconfig}`,
        "-n",
        "visit",
        "port-forward",
        pod,
        ":8080",
      ]);
      const port = await new Promise<string>((resolve) => {
        forward.stdout.on("data", (data) => resolve(/127.0.0.1:(\d+)/.exec(String(data))?.[1] ?? ""));
      });
      assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), `${node.name}\n`);
      forward.kill();
    }
  });

  it("refuses a pod that restricted forbids", async () => {
    const pod = k("-n", "visit", "run", "root", "--image=registry.hardened.test/visitor:test", "--restart=Never");
    await assert.rejects(pod, /violates PodSecurity "restricted:latest"/);
  });

  it("serves resource metrics of both nodes", async () => {
    assert.deepEqual(
      (await k("top", "node", "--no-headers"))
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[0])
        .sort(),
      ["node-1", "node-2"],
    );
  });

  it("runs tools in images that carry the licences of what is in them", async () => {
    for (const tool of ["coredns", "metrics-server"] as const) {
      const image = await packSystemTool(tool);
      const running = await k(
        "-n",
        "kube-system",
        "get",
        "pods",
        "-o",
        "jsonpath={.items[*].spec.containers[*].image}",
      );
      assert.ok(running.includes(image.digest), running);
      assert.ok(checkedLicences(image).length > 50, tool);
    }
  });

  it("changes nothing when it is brought up again", async () => {
    const programs = (await clusterStatus({ name: "e2e-1" })).programs;
    await up("e2e-1");
    assert.deepEqual((await clusterStatus({ name: "e2e-1" })).programs, programs);
  });

  it("is left alone by commands that look for its state elsewhere", async () => {
    setStateHome(usual);
    try {
      for (const command of [() => up("e2e-1"), () => clusterDown({ name: "e2e-1", log })])
        await assert.rejects(command, {
          name: "UserError",
          message: /^cluster name e2e-1 is in use with state folder/,
        });
    } finally {
      setStateHome(deep);
    }
    assert.equal((await clusterStatus({ name: "e2e-1" })).state, "running");
  });

  it("runs beside a second instance, which leaves it alone when it goes", async () => {
    const programs = (await clusterStatus({ name: "e2e-1" })).programs;
    await up("e2e-2");
    const state = async (name: string): Promise<string> => (await clusterStatus({ name })).state;
    assert.deepEqual([await state("e2e-1"), await state("e2e-2")], ["running", "running"]);
    await assert.rejects(kubectl(second, ["get", "namespace", "visit"]), /not found/);
    await clusterDown({ name: "e2e-2", log });
    assert.deepEqual(processesWith(["clusters/e2e-2/", "hardened/e2e-2/"]), []);
    assert.deepEqual((await clusterStatus({ name: "e2e-1" })).programs, programs);
    assert.match(await visit(), /^node-[12]\n$/);
  });

  it("heals a single program that was killed", async () => {
    for (const program of ["forwarder", "kube-apiserver", "containerd-node-1"]) {
      const pid = (await clusterStatus({ name: "e2e-1" })).programs[program];
      process.kill(pid as number, "SIGKILL");
      while ((await clusterStatus({ name: "e2e-1" })).programs[program] !== null) await sleep(50);
      await up("e2e-1");
      assert.equal((await clusterStatus({ name: "e2e-1" })).state, "running");
    }
    assert.match(await visit(), /^node-[12]\n$/);
  });

  it("tells of a dead kube-router: its rules stay, no pod starts without rules of its own, and `up` heals it", async () => {
    const spec = { podSelector: {}, policyTypes: ["Ingress"] };
    const closed = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "closed" }, spec };
    const apply = (object: object): Promise<string> =>
      kubectl(instance, ["-n", "visit", "apply", "-f", "-"], JSON.stringify(object));
    const isRefused = (node: string): Promise<boolean> =>
      ask(node, "get", "http://visitor.visit").then(
        () => false,
        (error: Error) => /refused|Timeout/.test(error.message),
      );
    const isRunning = async (name: string): Promise<boolean> =>
      (await k("-n", "visit", "get", "pod", name, "-o", "jsonpath={.status.phase}")) === "Running";
    await apply(closed);
    assert.ok(await answers(() => isRefused("node-1")));
    process.kill((await clusterStatus({ name: "e2e-1" })).programs["kube-router-node-1"] as number, "SIGKILL");
    assert.ok(await answers(async () => (await clusterStatus({ name: "e2e-1" })).state === "degraded"));
    const text = describeStatus(await clusterStatus({ name: "e2e-1" }));
    assert.match(text, /NetworkPolicies {2}not enforced on every node\n {2}dead: kube-router-node-1\n/);
    for (const { name: node } of nodes) {
      assert.ok(await isRefused(node));
      const pod = JSON.parse(await k("-n", "visit", "get", await podOn(node), "-o", "json"));
      const { containers, securityContext } = pod.spec;
      await apply({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: `late-${node}` },
        spec: { nodeName: node, automountServiceAccountToken: false, containers, securityContext },
      });
    }
    assert.ok(await answers(() => isRunning("late-node-2")));
    const told = async (): Promise<boolean> =>
      /NetworkPolicies: .*kube-router\.sock/.test(await k("-n", "visit", "events", "--for", "pod/late-node-1"));
    await eventually("the pod's events name the agent", told);
    assert.ok(!(await isRunning("late-node-1")));
    await k("-n", "visit", "delete", "networkpolicy", "closed");
    await up("e2e-1");
    assert.equal((await clusterStatus({ name: "e2e-1" })).state, "running");
    await eventually("the pod runs", () => isRunning("late-node-1"));
    assert.ok(await answers(async () => !(await isRefused("node-1"))));
  });

  it("heals after everything was killed at once, with what was in it", async () => {
    await killEverything();
    assert.equal((await clusterStatus({ name: "e2e-1" })).state, "stopped");
    await up("e2e-1");
    await visitorsReady();
    assert.ok(await answers(async () => /^node-[12]\n$/.test(await visit())));
  });

  it("heals after what a reboot leaves: files without processes, mounts, namespaces and cgroups", async () => {
    await killEverything();
    for (const folder of [instance.state, instance.run]) unmountBelow(folder);
    removeCgroup(instance.cgroup);
    // /run is in memory on most hosts.
    rmSync(instance.run, { recursive: true });
    await up("e2e-1");
    await visitorsReady();
    assert.ok(await answers(async () => /^node-[12]\n$/.test(await visit())));
  });

  it("finishes a teardown that was killed on its way, and starts again", async () => {
    const down = spawn(join(__dirname, "../../../bin/hardened"), ["cluster", "down", "--name", "e2e-1"]);
    down.stdout.on("data", (data) => /unmounting/.test(String(data)) && down.kill("SIGKILL"));
    await once(down, "exit");
    assert.equal(down.signalCode, "SIGKILL");
    await up("e2e-1");
    assert.equal((await clusterStatus({ name: "e2e-1" })).state, "running");
    await assert.rejects(k("get", "namespace", "visit"), /not found/);
  });

  it("leaves no trace when it is taken down, and may be taken down twice", async () => {
    await clusterDown({ name: "e2e-1", log });
    assert.deepEqual(traces(names), untouched);
    assert.deepEqual(processesWith(ours), []);
    await clusterDown({ name: "e2e-1", log });
    assert.equal(lines.at(-1), "cluster e2e-1 does not exist");
  });
});
