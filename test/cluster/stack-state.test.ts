import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { keyOf } from "../../cluster/object-metadata";
import {
  exportedState,
  madeIn,
  pastRuns,
  referenceOf,
  releaseReference,
  type StateEntry,
} from "../../cluster/stack-state";

describe("stack-state: what an entry of the state stands for", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "x", namespace: "ns" } };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ns" } };
  const entry = (type: string, inputs: StateEntry["inputs"] | undefined): StateEntry => ({
    urn: "urn:x",
    type,
    ...(inputs && { inputs }),
  });
  const release = "kubernetes:helm.sh/v3:Release";

  it("an object, in a namespace or outside of any", () => {
    const annotated = { ...secret, metadata: { ...secret.metadata, annotations: { a: "b" } } };
    assert.deepEqual(referenceOf(entry("kubernetes:core/v1:Secret", annotated)), secret);
    assert.deepEqual(referenceOf(entry("kubernetes:core/v1:Namespace", namespace)), namespace);
  });

  it("a release, as if it were an object", () => {
    const own = { apiVersion: "helm.sh/v3", kind: "Release", metadata: { name: "web", namespace: "ns" } };
    assert.deepEqual(referenceOf(entry(release, { name: "web", namespace: "ns" })), own);
    assert.deepEqual(releaseReference("ns", "web"), own);
  });

  for (const [what, type, inputs] of [
    ["a release without a name", release, { namespace: "ns" }],
    ["a release without a namespace", release, { name: "web" }],
    ["an object of another provider", "other:core/v1:Secret", secret],
    ["the provider itself", "pulumi:providers:kubernetes", { name: "web", namespace: "ns" }],
    ["an object without a version", "kubernetes:core/v1:Secret", { kind: "Secret", metadata: { name: "x" } }],
    ["an object without a kind", "kubernetes:core/v1:Secret", { apiVersion: "v1", metadata: { name: "x" } }],
    ["an object without a name", "kubernetes:core/v1:Secret", { apiVersion: "v1", kind: "Secret", metadata: {} }],
    ["an object without metadata", "kubernetes:core/v1:Secret", { apiVersion: "v1", kind: "Secret" }],
    ["what has no inputs", "pulumi:pulumi:Stack", undefined],
  ] as const)
    it(`nothing: ${what}`, () => assert.equal(referenceOf(entry(type, inputs)), undefined));

  it("what a state holds as made is known by its keys", () => {
    const resources = [entry("kubernetes:core/v1:Secret", secret), entry("pulumi:pulumi:Stack", undefined)];
    assert.deepEqual([...madeIn({ resources })], [keyOf(secret)]);
    assert.deepEqual([...madeIn({})], []);
  });
});

describe("stack-state: what the pulumi command prints", () => {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-"));
  const path = process.env.PATH;
  const prints = (text: string, code = 0): void =>
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\ncat <<'END'\n${text}\nEND\nexit ${code}\n`, { mode: 0o755 });
  before(() => {
    process.env.PATH = [folder, path].join(delimiter);
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  it("is the state, or the runs", async () => {
    prints('{"deployment": {"resources": []}}');
    assert.deepEqual(await exportedState("a/b/c"), { resources: [] });
    prints('[{"kind": "update"}]');
    assert.deepEqual(await pastRuns("a/b/c"), [{ kind: "update" }]);
  });

  it("counts as not known when it fails or is not JSON, as after a wrapper's banner or cut short by a full disk", async () => {
    for (const [text, code] of [
      ["{}", 1],
      ["wrapper 1.0\n{}", 0],
      ['{"deployment": {"reso', 0],
      ["", 0],
    ] as const) {
      prints(text, code);
      assert.equal(await exportedState("a/b/c"), undefined, text);
      assert.deepEqual(await pastRuns("a/b/c"), [], text);
    }
  });
});
