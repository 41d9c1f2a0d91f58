import { strict as assert } from "node:assert";
import { hkdfSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiServiceAddress, controlAddress, dnsServiceAddress, nodes } from "../../cluster/local/addresses";
import { found } from "../support/canaries";
import { apply, type KubeObject, kubectl, object, objects } from "../support/e2e-cluster";
import { processesOf } from "../support/interruption/find-processes";
import { connectionsFrom, podAddress } from "../support/network/connections-from";
import { forward } from "../support/network/forward";
import { eventually, run } from "../support/run";
import { type Remediation, type ZenAgents, zenAgents } from "../support/zen/zen-agents";

/** Agents with two replicas and mutual TLS, and a SaaS outside of the cluster: from an observation to the result of its remediation. */

interface Quota extends KubeObject {
  readonly spec: { readonly hard: Readonly<Record<string, string>> };
}

describe("zen-agent and the SaaS", () => {
  let zen: ZenAgents;
  const quota = (name: string, hard: object) => ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name, namespace: zen.targets },
    spec: { hard },
  });
  const change = (name: string, hard: object, more: object = {}) => ({
    executionMode: "ssa-immediate",
    target: { apiVersion: "v1", kind: "ResourceQuota", namespace: zen.targets, name },
    patch: JSON.stringify({ spec: { hard } }),
    ...more,
  });
  const live = (name: string): Promise<Quota> =>
    object<Quota>("resourcequota", name, "-n", zen.targets, "--show-managed-fields");
  const resultOf = (name: string) =>
    eventually(`the SaaS has the result of ${name}`, async () =>
      (await zen.state()).results.find((one) => one.name === name),
    );

  before(async function () {
    this.timeout(900_000); // the first time its images are built
    zen = await zenAgents("zen-agent");
  });
  after(() => zen?.remove());

  it("[ZN-03] [ZN-26] an event is mapped, filtered, sent; its remediation is applied as field manager zen-agent, and the SaaS has the result", async () => {
    await apply([
      quota("web", { configmaps: "100" }),
      {
        apiVersion: "zen.kube-zen.io/v1",
        kind: "ObservationMapping",
        metadata: { name: "events", namespace: zen.namespace },
        spec: {
          sourceName: "events",
          version: "v1",
          resource: "events",
          where: [{ path: "involvedObject.name", in: ["web"] }],
          category: { default: "security" },
          severity: { path: "reason", values: { Open: "high" }, default: "info" },
          eventType: { path: "reason" },
          message: { path: "message" },
          subject: { path: "involvedObject" },
        },
      },
      {
        apiVersion: "zen.kube-zen.io/v1",
        kind: "ObservationFilter",
        metadata: { name: "loud", namespace: zen.namespace },
        spec: { targetSource: "events", minSeverity: "medium" },
      },
    ]);
    await eventually("mapping and filter are in effect", async () => {
      const path = "jsonpath={.items[*].status.conditions[0].reason}";
      return (
        (await kubectl(["get", "obsm/events", "obsf/loud", "-n", zen.namespace, "-o", path])) === "Watching InEffect"
      );
    });
    const event = (reason: string) => ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `web-${reason.toLowerCase()}`, namespace: zen.targets },
      involvedObject: { apiVersion: "v1", kind: "ResourceQuota", namespace: zen.targets, name: "web" },
      type: "Warning",
      reason,
      message: `${reason}: said by a test`,
    });
    await apply([event("Quiet"), event("Open")]);
    const seen = await eventually("the SaaS has the Observation", async () =>
      (await zen.state()).observations.find(({ spec }) => spec.eventType === "Open"),
    );
    assert.equal(seen.spec.severity, "high");
    await zen.approve("close-web", change("web", { "services.nodeports": "0" }, { observations: [seen.name] }));
    const { metadata, status } = await zen.ended("close-web");
    assert.deepEqual([status?.phase, status?.approvedBy], ["Succeeded", "ada@example.com"], status?.message);
    const { spec, metadata: now } = await live("web");
    assert.deepEqual(spec.hard, { configmaps: "100", "services.nodeports": "0" });
    const managers = (now as unknown as { managedFields: { manager: string; operation: string; fieldsV1: object }[] })
      .managedFields;
    const own = managers.find(({ manager }) => manager === "zen-agent");
    assert.equal(own?.operation, "Apply");
    assert.deepEqual(own?.fieldsV1, { "f:spec": { "f:hard": { "f:services.nodeports": {} } } });
    const result = await resultOf("close-web");
    assert.deepEqual([result.uid, result.phase, result.duplicates], [metadata.uid, "Succeeded", 0]);
    const { observations } = await zen.state();
    assert.deepEqual(
      observations.map(({ spec: { eventType } }) => eventType),
      ["Open"],
      "the quiet one was left out",
    );
  });

  it("[ZN-03] a field that someone else manages is a conflict: reported with who it is, and not forced", async () => {
    await apply([quota("team", { pods: "5" })], "--server-side", "--field-manager=team");
    await zen.approve("more-pods", change("team", { pods: "9" }));
    const { status } = await zen.ended("more-pods");
    assert.equal(status?.phase, "Conflict");
    assert.match(status?.message ?? "", /"team"/);
    assert.deepEqual((await live("team")).spec.hard, { pods: "5" });
    const { phase, message } = await resultOf("more-pods");
    assert.deepEqual([phase, message], ["Conflict", status?.message]);
  });

  it("[ZN-04] a scheduled remediation is made at its time without the SaaS, and reported once when that is back", async () => {
    await apply([quota("later", { configmaps: "100" })]);
    const at = new Date(Date.now() + 25_000);
    const schedule = at.toISOString().replace(/\.\d+Z$/, "Z");
    const scheduled = { executionMode: "ssa-scheduled", schedule };
    await zen.approve("at-its-time", change("later", { "services.nodeports": "0" }, scheduled));
    await eventually("the agent has it", async () => {
      const { status } = await object<Remediation>("zar", "at-its-time", "-n", zen.namespace).catch(() => ({
        status: undefined,
      }));
      return status?.phase === "Approved";
    });
    const scale = (replicas: number) =>
      kubectl(["scale", "deployment/zen-saas", "-n", zen.saas, `--replicas=${replicas}`]);
    await scale(0);
    await kubectl([
      "wait",
      "-n",
      zen.saas,
      "--for=delete",
      "pod",
      "-l",
      "app.kubernetes.io/component=saas",
      "--timeout=60s",
    ]);
    assert.ok(Date.now() < at.getTime(), "the SaaS was gone before its time");
    const { metadata, status } = await zen.ended("at-its-time");
    assert.equal(status?.phase, "Succeeded", status?.message);
    const { startedAt = "" } = status ?? {};
    assert.ok(Math.abs(Date.parse(startedAt) - at.getTime()) < 10_000, `${startedAt} instead of ${schedule}`);
    assert.equal((await live("later")).spec.hard["services.nodeports"], "0");
    await scale(1);
    const result = await resultOf("at-its-time");
    assert.deepEqual([result.uid, result.phase], [metadata.uid, "Succeeded"]);
    // another replica takes over: it does not report again
    await kubectl(["delete", "pod", await zen.leader(), "-n", zen.namespace, "--wait=false"]);
    const { requests } = await zen.state();
    await eventually("it is asked on", async () => (await zen.state()).requests.accepted > requests.accepted + 5);
    const again = (await zen.state()).results.filter(({ name }) => name === "at-its-time");
    assert.deepEqual(
      again.map(({ duplicates }) => duplicates),
      [0],
    );
  });

  it("[ZN-05] [ZN-46] a remediation by GitOps is a commit in a real repository, on a branch of its own, and over when the object carries it", async () => {
    await apply([quota("synced", { configmaps: "100" })]);
    const { username, password } = zen.git;
    const gitops = { repository: `https://git.${zen.saas}/repository.git`, path: "shop/synced.yaml" };
    const there = await forward(zen.saas, "zen-saas-git", 8443);
    const folder = mkdtempSync(join(tmpdir(), "clone-"));
    try {
      const url = there.url.replace("http://", `https://${username}:${password}@`);
      // its certificate is for the name that pods use
      const git = async (...args: string[]): Promise<string> => {
        const env = { ...process.env, GIT_TERMINAL_PROMPT: "0" };
        const { code, stdout, stderr } = await run("git", ["-c", "http.sslVerify=false", ...args], { env });
        assert.equal(code, 0, stderr);
        return stdout;
      };
      const here = (...args: string[]): Promise<string> => git("-C", folder, ...args);
      await git("clone", "-q", `${url}/repository.git`, folder);
      mkdirSync(join(folder, "shop"));
      writeFileSync(join(folder, gitops.path), JSON.stringify(quota("synced", { configmaps: "100" })));
      await here("add", ".");
      await here("-c", "user.name=ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "quota");
      await here("push", "-q", "origin", "HEAD:main");
      const main = await here("rev-parse", "HEAD");
      await zen.approve(
        "by-commit",
        change("synced", { configmaps: "50" }, { executionMode: "gitops-immediate", gitops }),
      );
      const log = await eventually("the commit is in the repository", async () => {
        await here("fetch", "-q", "origin");
        const branches = await here("branch", "-r", "--list", "origin/zen/by-commit");
        return branches !== "" && here("log", "-1", "--format=%an%n%B", "origin/zen/by-commit");
      });
      assert.ok(String(log).startsWith("zen-agent\n"), String(log));
      assert.match(String(log), /by-commit/);
      assert.equal(await here("rev-parse", "origin/main"), main, "main changes by a review alone");
      const phase = async () => (await object<Remediation>("zar", "by-commit", "-n", zen.namespace)).status?.phase;
      assert.equal(await phase(), "Running", "the object does not carry it yet");
      // a person merges it, and Flux or Argo CD applies it
      await here("merge", "-q", "--ff-only", "origin/zen/by-commit");
      const manager = ["--server-side", "--force-conflicts", "--field-manager=flux"];
      await kubectl(["apply", "-n", zen.targets, ...manager, "-f", join(folder, gitops.path)]);
      const { status } = await zen.ended("by-commit");
      assert.equal(status?.phase, "Succeeded", status?.message);
      assert.equal((await resultOf("by-commit")).phase, "Succeeded");
    } finally {
      there.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("[ZN-06] [ZN-07] the token is in its Secrets alone, and the derived key nowhere", async () => {
    const key = Buffer.from(hkdfSync("sha256", zen.token, `${zen.tenant}/${zen.cluster}`, "zen hmac v1", 32));
    const keys = [key.toString("hex"), key.toString("base64"), key.toString("latin1")];
    const namespaces = [zen.namespace, zen.saas];
    const secrets = (await Promise.all(namespaces.map((one) => objects("secrets", "-n", one)))).flat();
    assert.deepEqual(
      secrets.filter((one) => found([zen.token], JSON.stringify(one)).length > 0).map(({ metadata }) => metadata.name),
      ["bootstrap", "bootstrap"],
      "the search finds it where it is",
    );
    const kinds = "configmaps,pods,deployments,replicasets,events,leases,serviceaccounts";
    const own = "zenagentremediations,observations";
    const others = await Promise.all([
      ...namespaces.flatMap((one) => [kubectl(["get", kinds, "-n", one, "-o", "yaml"])]),
      kubectl(["get", own, "-n", zen.namespace, "-o", "yaml"]),
      zen.logs(new Date(0)),
      kubectl(["logs", "-n", zen.saas, "deploy/zen-saas"]),
      JSON.stringify(await zen.state()),
    ]);
    const text = others.join("\n");
    assert.ok(text.length > 50_000, `${text.length} bytes were read`);
    assert.deepEqual(
      found(
        [zen.token, ...keys],
        `${text}\n${JSON.stringify(secrets.filter(({ metadata }) => metadata.name !== "bootstrap"))}`,
      ),
      [],
    );
    const seen = processesOf(["zen-agent", "zen-saas"]);
    assert.ok(seen.length >= 3, `${seen.length} processes`);
    for (const { args, env } of seen) {
      assert.deepEqual(found([zen.token, ...keys], args), []);
      assert.deepEqual(found(keys, env), []);
      assert.match(env, /(ZEN_AGENT_BOOTSTRAP_TOKEN|ZEN_SAAS_TOKEN)=/, "the environment was read");
    }
  });

  it("[ZN-22] from the agent's pod the SaaS, the repository, the API server and DNS are reached, and nothing else", async () => {
    const { labels } =
      (await objects("pods", "-n", zen.namespace, "-l", "app.kubernetes.io/component=agent"))[0]?.metadata ?? {};
    const { "pod-template-hash": _, ...own } = labels ?? {};
    const reached = await connectionsFrom(zen.namespace, own, [
      ["SaaS", zen.addresses.saas, 443],
      ["repository", zen.addresses.git, 443],
      ["API server", controlAddress, 6443],
      ["API server's Service", apiServiceAddress, 443],
      ["DNS", dnsServiceAddress, 53],
      ["SaaS, another port", zen.addresses.saas, 80],
      ["the registry beside the API server", controlAddress, 5000],
      ["a neighbour of the SaaS", "198.51.100.1", 443],
      ["the SaaS's pod", await podAddress(zen.saas, "saas"), 8443],
      ["the SaaS's admin port", await podAddress(zen.saas, "saas"), 8081],
      ["the watcher", await podAddress(zen.namespace, "watcher"), 8080],
      ["a node", nodes[0]?.address ?? "", 10_250],
    ]);
    assert.deepEqual(reached, ["SaaS", "repository", "API server", "API server's Service", "DNS"]);
    const free = await connectionsFrom(zen.targets, {}, [
      ["the SaaS's admin port", await podAddress(zen.saas, "saas"), 8081],
    ]);
    // the SaaS has no policy of its own here, as its API is called from outside; what that refuses is in zen-demo
    assert.deepEqual(free, ["the SaaS's admin port"], "another pod reaches it: it is the agent's policy that refuses");
  });
});
