import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { podSecurityLabels } from "../../cluster/pod-security-labels";
import type { ReleaseRequirements } from "../../cluster/preflight";
import { connect } from "../../components/connect";
import type { StackConfig } from "../../config/stack-schema";
import { runMark } from "../../process/orphans";
import { lineOf, type RunEvent } from "../../process/run-events";
import { helmRecord } from "../support/doubles/helm-record";
import type { Stored } from "../support/doubles/memory-cluster";
import { registered, registrationOf } from "../support/doubles/registered-resources";
import { writtenCluster } from "../support/doubles/scripted-cluster";

/** What kubectl and pulumi say is written down here: a namespace of the stack's own, with records of Helm's. */
describe("connect: a look at the stack's cluster before anything is registered", () => {
  const { folder, write, asked, served, start, stop } = writtenCluster();
  const owner = "hardened/dev";
  const uid = "3f1c2a5e-7b1d-4c53-9c1e-0d9a6a2f4b10";
  const namespace = (labels: object = {}): Stored => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "ns", labels: { ...labels }, annotations: { "hardened.pulumi/stack": owner } },
  });
  const records = (...statuses: string[]): void =>
    write("secrets", { items: statuses.map((one, at) => helmRecord("ns", "web", at + 1, one, "pulumi-kubernetes")) });
  const release: ReleaseRequirements = { system: "web", namespace: "ns", release: "web", notes: ["a note"] };
  const stack = (more: object = {}): StackConfig =>
    ({
      cluster: { context: "here", uid },
      delivery: { with: "release" },
      podSecurityVersion: "latest",
      ...more,
    }) as never;

  interface Options {
    readonly isPreview?: boolean;
    readonly config?: StackConfig;
    readonly releases?: readonly ReleaseRequirements[];
  }
  const look = async ({ isPreview = false, config = stack(), releases = [release] }: Options = {}) => {
    const events: RunEvent[] = [];
    let found: Awaited<ReturnType<typeof connect>> | undefined;
    const all = await registered(async () => {
      found = await connect(config, owner, releases, { notify: (event) => void events.push(event) });
    }, isPreview);
    return { all, events, found: found ?? assert.fail("not connected") };
  };

  before(start);
  after(stop);
  beforeEach(() => {
    write("uid", uid);
    write("namespace", namespace());
    write("replace", "replaced");
    write("export", { deployment: {} });
    write("history", []);
    write("asked", "");
    records("deployed");
    process.env[runMark] = "repaired";
  });

  it("the provider is that of the stack's own cluster, and what was seen is handed on, notes to the host", async () => {
    const { all, events, found } = await look();
    assert.deepEqual(registrationOf(all, "pulumi:providers:kubernetes cluster").inputs, {
      context: "here",
      kubeconfig: join(folder, "config"),
      upsertExistingObjects: "true",
    });
    assert.ok(pulumi.ProviderResource.isInstance(found.provider));
    assert.equal(found.observed.releases["ns/web"]?.state?.status, "deployed");
    assert.deepEqual(
      events.map(({ code }) => code),
      ["note", "namespace.drift"],
    );
    assert.ok(!asked().some((command) => / (replace|export|proxy) /.test(command)));
  });

  it("labels of the stack's Pod Security version are no drift", async () => {
    write("namespace", namespace(podSecurityLabels("latest")));
    const { events } = await look();
    assert.deepEqual(
      events.map(({ code }) => code),
      ["note"],
    );
  });

  it("a preview leaves a release that a run left behind to the run, which the stack's own books tell of", async () => {
    records("deployed", "uninstalling");
    await look({ isPreview: true });
    await assert.rejects(look(), /is being uninstalled/);
    records("deployed", "pending-upgrade");
    await assert.rejects(look({ isPreview: true }), /is pending-upgrade at revision 2/);
    const run = { kind: "update", result: "failed" };
    write("history", [{ ...run, startTime: "2026-01-02T03:04:00Z", endTime: "2026-01-02T03:05:00Z" }]);
    await look({ isPreview: true });
    await assert.rejects(look(), /is pending-upgrade at revision 2/);
  });

  it("its transformation marks objects as this stack's, and asks its state of those without marks", async () => {
    const { found } = await look({ isPreview: true });
    const metadata = { name: "x" };
    const opts = {};
    const own = found.own({ type: "kubernetes:core/v1:Namespace", name: "x", props: { metadata }, opts } as never);
    assert.deepEqual(own?.props.metadata.annotations, { "hardened.pulumi/stack": owner });
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "x", namespace: "ns" } };
    await served([secret], async () => {
      const props = { metadata: secret.metadata };
      const waitsFor = () =>
        found.own({ type: "kubernetes:core/v1:Secret", name: "x", props, opts } as never)?.opts.dependsOn;
      await assert.rejects(async () => waitsFor(), /^Error: Secret ns\/x exists and was not made by this stack/);
      write("export", {
        deployment: { resources: [{ urn: "urn:x", type: "kubernetes:core/v1:Secret", inputs: secret }] },
      });
      assert.deepEqual(await waitsFor(), []);
    });
  });

  it("a cluster whose DNS the network policies do not allow is warned of", async () => {
    const { items } = JSON.parse(readFileSync(join(folder, "pods"), "utf8"));
    write("pods", { items: [] });
    const { events } = await look();
    write("pods", { items });
    const warnings = events.filter(({ code }) => code === "warning").map(lineOf);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /no pod labelled k8s-app=kube-dns in kube-system/);
  });

  it("what does not stop a run is told as a warning", async () => {
    const needs = [{ capability: "cloudnative-pg", by: "a.key", otherwise: "b", without: "it is one pod" }] as const;
    const { events } = await look({ releases: [{ ...release, needs }] });
    const warnings = events.filter(({ code }) => code === "warning").map(lineOf);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /it is one pod/);
  });

  for (const [what, config, says] of [
    [
      "the cluster is another",
      { cluster: { context: "here", uid: "other" } },
      /is not the one this stack was made for/,
    ],
    [
      "the controller is not there",
      { delivery: { with: "argocd", namespace: "argocd" } },
      /hardened:delivery \(with: argocd\)/,
    ],
    [
      "a release is still Helm's",
      { delivery: { with: "argocd", namespace: "argocd" } },
      /release ns\/web is installed by Helm, and hardened:delivery now says argocd/,
    ],
    [
      "admission is not there",
      { imageSignatures: { admission: true } },
      /hardened:imageSignatures\.admission.*set it to false/,
    ],
  ] as const)
    it(`it is refused in words when ${what}, and nothing is registered`, async () => {
      const all: string[] = [];
      const failed = look({ config: stack(config) }).then(({ all: made }) =>
        all.push(...made.map(({ resource }) => resource)),
      );
      await assert.rejects(failed, (error: unknown) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(error.message, says);
        return true;
      });
      assert.deepEqual(all, []);
    });

  it("several mistakes are told together, a line each", () =>
    assert.rejects(look({ config: stack({ delivery: { with: "flux" } }) }), (error: Error) => {
      assert.equal(
        error.message.split("\n").filter((line) => line.includes("hardened:delivery (with: flux)")).length,
        2,
      );
      return true;
    }));

  describe("a release that failed", () => {
    beforeEach(() => records("deployed", "failed"));
    const replaced = (): boolean => asked().some((command) => command === "kubectl replace -n ns -f -");

    it("compares its upgrade with what failed: the record before it gives its title away", async () => {
      await look();
      assert.ok(replaced());
      const record = JSON.parse(readFileSync(join(folder, "replaced"), "utf8")) as Stored;
      assert.deepEqual(
        [record.metadata.name, record.metadata.labels?.status],
        ["sh.helm.release.v1.web.v1", "superseded"],
      );
    });
    it("is left as it is by a preview, and so is one that is well", async () => {
      await look({ isPreview: true });
      assert.ok(!replaced());
      records("superseded", "deployed");
      await look();
      assert.ok(!replaced());
    });
    it("stops the run with the error there was when its records cannot be read", () => {
      const [first, second] = ["deployed", "failed"].map((one, at) => helmRecord("ns", "web", at + 1, one, "helm"));
      write("secrets", { items: [first, second] });
      write("then", "no JSON");
      return assert.rejects(look(), SyntaxError);
    });
    it("stops the run in words when its record cannot be changed", () => {
      rmSync(join(folder, "replace"));
      return assert.rejects(look(), (error: unknown) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(error.message, /^the cluster of context "here" could not be asked: /);
        return true;
      });
    });
  });

  describe("after a run that was killed, where nobody looked before", () => {
    const resource = {
      urn: "urn:web",
      type: "kubernetes:helm.sh/v3:Release",
      inputs: { name: "web", namespace: "ns" },
    };
    const interrupted = { deployment: { pending_operations: [{ type: "creating", resource }] } };
    beforeEach(() => {
      delete process.env[runMark];
      write("export", interrupted);
    });
    const looked = (): { exported: boolean; searched: boolean } => {
      const all = asked();
      const name = "pulumi stack export --stack organization/hardened/dev --non-interactive";
      return { exported: all.includes(name), searched: all.some((command) => / proxy /.test(command)) };
    };

    it("the stack's own state is asked, and then the cluster for what is left; what cannot be asked is the preflight's to tell", async () => {
      const { events } = await look();
      assert.deepEqual(looked(), { exported: true, searched: true });
      assert.ok(
        events.every(({ code }) => code !== "repair.ended-process"),
        "no process was left",
      );
    });
    it("any other failure stops the run with the error there was", () => {
      write("export", { deployment: { resources: null } });
      return assert.rejects(look(), TypeError);
    });
    it("what is left, by the stack's own marks and outside of its state, is deleted, and a person is told", async () => {
      const place = namespace();
      const inputs = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ns" } };
      write("export", { deployment: { resources: [{ urn: "urn:ns", type: "kubernetes:core/v1:Namespace", inputs }] } });
      const labels = { "app.kubernetes.io/managed-by": "pulumi" };
      const marks = (stack: string) => ({ namespace: "ns", labels, annotations: { "hardened.pulumi/stack": stack } });
      const secret = (name: string, stack: string): Stored => ({
        ...{ apiVersion: "v1", kind: "Secret" },
        metadata: { name, ...marks(stack) },
      });
      await served([place, secret("left", owner), secret("kept", "hardened/other")], async () => {
        const { events } = await look();
        const removed = events.filter(({ code }) => code === "repair.removed-object").map(({ data }) => data);
        assert.deepEqual(removed, [{ kind: "secret", name: "left" }]);
      });
      const { items } = JSON.parse(readFileSync(join(folder, "deleted"), "utf8")) as { items: Stored[] };
      assert.deepEqual(
        items.map(({ metadata }) => metadata),
        [{ name: "left", namespace: "ns" }],
      );
    });
    it("nothing is looked for where the state cannot be had, nor in another cluster", async () => {
      write("export", "");
      rmSync(join(folder, "export"));
      await look();
      assert.deepEqual(looked(), { exported: true, searched: false });
      write("export", interrupted);
      write("uid", "other");
      await assert.rejects(look());
      assert.deepEqual(looked(), { exported: true, searched: false });
    });
    it("a preview, and a run that was looked after before, look for nothing", async () => {
      await look({ isPreview: true });
      assert.deepEqual(looked(), { exported: false, searched: false });
      process.env[runMark] = "repaired";
      await look();
      assert.deepEqual(looked(), { exported: false, searched: false });
    });
  });
});
