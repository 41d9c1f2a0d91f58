import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { Cluster } from "../../cluster/cluster";
import type { Evidence } from "../../cluster/interrupted-release";
import { namespaceClashes, preflight } from "../../cluster/preflight";
import type { Deployment } from "../../cluster/stack-state";
import { lineOf } from "../../process/run-events";

/** What kubectl says is written down here: a namespace of the stack's own, with one record of Helm's. */
describe("preflight: a release that is there before the stack makes it", () => {
  const folder = mkdtempSync(join(tmpdir(), "preflight-"));
  const owner = "hardened/dev";
  const given = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG };
  const resource = { urn: "urn:web", type: "kubernetes:helm.sh/v3:Release", inputs: { name: "web", namespace: "ns" } };

  const answer = (name: string, content: object): void => writeFileSync(join(folder, name), JSON.stringify(content));
  const record = (writer: string, status = "deployed"): void => {
    const release = gzipSync(JSON.stringify({ info: { description: "Install complete" } })).toString("base64");
    const metadata = {
      name: "sh.helm.release.v1.web.v1",
      labels: { status, version: "1" },
      creationTimestamp: "2026-01-02T03:04:05Z",
      managedFields: [{ manager: writer }],
    };
    answer("secrets", { items: [{ metadata, data: { release: Buffer.from(release).toString("base64") } }] });
  };
  /** A Deployment with one pod, which reads a Secret. */
  const workload = (startedAt: string): void => {
    const spec = { containers: [{ name: "web", envFrom: [{ secretRef: { name: "token" } }] }] };
    const status = { containerStatuses: [{ name: "web", state: { running: { startedAt } } }] };
    answer("deployments,pods", {
      items: [
        { kind: "Deployment", metadata: { name: "web" }, spec: { selector: { matchLabels: {} }, template: { spec } } },
        { kind: "Pod", metadata: { name: "web-1" }, spec, status },
      ],
    });
    writeFileSync(join(folder, "secret"), "2026-01-02T03:04:05Z\n"); // when it was made, and no managed fields
  };
  const books = (state: Deployment): Evidence => ({ state, runs: async () => [] });
  const look = (evidence: Evidence | undefined, dryRun: boolean, names: readonly string[] = ["web"]) =>
    preflight({
      owner,
      cluster: new Cluster("here"),
      identity: {},
      podSecurityVersion: "latest",
      dryRun,
      releases: names.map((release) => ({ system: "web", namespace: "ns", release })),
      evidence: async () => evidence,
    });

  before(() => {
    const script = `#!/bin/sh\nfor word; do case "$word" in namespace|secrets|secret|pods|deployments,pods) exec cat "${folder}/$word";; esac; done\necho "not expected: $*" >&2; exit 1\n`;
    writeFileSync(join(folder, "kubectl"), script, { mode: 0o755 });
    answer("config", { contexts: [{ name: "here" }] });
    answer("pods", { items: [] });
    answer("namespace", { metadata: { annotations: { "hardened.pulumi/stack": owner } } });
    Object.assign(process.env, {
      PATH: [folder, given.PATH].join(delimiter),
      KUBECONFIG: join(folder, "config"),
    });
    workload("2026-01-02T03:05:00Z");
  });
  after(() => {
    for (const [name, value] of Object.entries(given))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(folder, { recursive: true, force: true });
  });

  for (const dryRun of [true, false])
    it(`a kubeconfig that cannot be read is an error with its path and line ${dryRun ? "at a preview" : "at a run"}`, async () => {
      writeFileSync(join(folder, "broken"), "kind: Config\ncontexts: {a: b}\n");
      process.env.KUBECONFIG = join(folder, "broken");
      const { mistakes } = await look(undefined, dryRun);
      process.env.KUBECONFIG = join(folder, "config");
      assert.deepEqual(mistakes, [`kubeconfig ${join(folder, "broken")}:2: contexts: expected a list, got a map`]);
    });

  for (const dryRun of [true, false]) {
    const when = dryRun ? "at a preview" : "at a run";
    for (const status of ["deployed", "failed"])
      it(`is refused ${when} when a person installed it (${status}), with both ways out, and nothing of it is changed`, async () => {
        record("Helm", status);
        const { mistakes, observed } = await look(books({ resources: [] }), dryRun);
        assert.equal(mistakes.length, 1);
        assert.match(
          mistakes[0] ?? "",
          /^release ns\/web was installed by Helm and not by this stack, .*helm uninstall web -n ns.*kubectl delete secret -n ns -l owner=helm,name=web$/,
        );
        assert.equal(observed.releases["ns/web"], undefined);
      });

    it(`is taken on ${when} when the stack holds it, though a person changed it last, or had begun it, or when nobody knows`, async () => {
      record("Helm");
      for (const evidence of [
        books({ resources: [resource] }),
        books({ pending_operations: [{ type: "creating", resource }] }),
        undefined,
      ])
        assert.deepEqual((await look(evidence, dryRun)).mistakes, []);
      record("pulumi-resource-kubernetes");
      const { mistakes, observed } = await look(books({}), dryRun);
      assert.deepEqual([mistakes, observed.releases["ns/web"]?.state?.status], [[], "deployed"]);
    });
  }

  it("[COS-19] is looked at for pods that are older than a Secret they read", async () => {
    record("pulumi-kubernetes");
    const changes = async () => (await look(undefined, true)).observed.releases["ns/web"]?.secretChanges;
    assert.deepEqual(await changes(), {});
    workload("2026-01-02T03:04:00Z");
    assert.deepEqual(await changes(), { web: "2026-01-02T03:04:05Z" });
  });

  it("is looked at beside others of its namespace, each by itself", async () => {
    record("pulumi-kubernetes");
    const { observed, notes } = await look(undefined, true, ["web", "jobs"]);
    assert.deepEqual(Object.keys(observed.releases), ["ns/web", "ns/jobs"]);
    assert.deepEqual(Object.keys(observed.namespaces), ["ns"]);
    assert.deepEqual(
      notes.map(({ code }) => code),
      ["namespace.drift"],
    );
    assert.match(notes.map(lineOf).join(), /^namespace ns: puts back pod-security/);
    record("Helm", "pending-upgrade");
    const { mistakes } = await look(undefined, true, ["web", "jobs"]);
    assert.deepEqual(
      mistakes.map((line) => line.replace(/ is pending-upgrade.*/, "")),
      ["release ns/web", "release ns/jobs"],
    );
  });

  it("has a name of its own, and its namespace one system", () => {
    const one = { system: "web", namespace: "ns", release: "web" };
    assert.deepEqual(namespaceClashes([one, { ...one, release: "jobs" }, { ...one, namespace: "other" }]), []);
    assert.deepEqual(namespaceClashes([one, one]), [
      "release ns/web is declared twice; give each release a name of its own",
    ]);
    assert.deepEqual(namespaceClashes([one, { system: "shop", namespace: "ns", release: "shop" }]), [
      "namespace ns is used by web and by shop, and each of them creates it; give one of them another namespace",
    ]);
  });
});
