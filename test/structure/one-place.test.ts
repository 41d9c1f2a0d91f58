import assert from "node:assert/strict";
import { filesBelow, textOf } from "../support/tree";

const sources = [
  "index.ts",
  ...filesBelow(["components", "systems", "policy", "cli", "local"], [".ts", ".mts", ".js"]),
];
const places = (pattern: RegExp): string[] => sources.filter((file) => pattern.test(textOf(file)));

describe("one place each", () => {
  it("reads Pulumi's configuration", () =>
    assert.deepEqual(places(/new pulumi\.Config\b|runtime\.allConfig\(/), ["components/stack-config.ts"]));
  it("makes a Helm release", () =>
    assert.deepEqual(places(/new (?:k8s\.)?helm\.v[34]\.(?:Release|Chart)\b/), ["components/hardened-release.ts"]));
  it("makes the policy pack", () => assert.deepEqual(places(/new PolicyPack\(/), ["policy/index.ts"]));
  it("starts Helm", () =>
    assert.deepEqual(
      places(/helmBinary\(\)|(?:spawn|execFile)(?:Sync)?\(\s*["'`]helm/).filter((file) =>
        /spawn|execFile/.test(textOf(file)),
      ),
      ["local/run-helm.ts"],
    ));
  it("starts kubectl; the pack, a package of its own, to ask what a cluster offers", () =>
    assert.deepEqual(places(/(?:spawn|execFile)(?:Sync)?\(\s*["'`]kubectl/), [
      "components/kubectl.ts",
      "policy/render/ask-cluster.ts",
    ]));
  it("reads the variables that move its folders", () =>
    assert.deepEqual(places(/(?:env\.|["'])(?:XDG_\w+|HARDENED_CACHE)\b/), ["policy/own-folders.ts"]));
  it("reads which cluster is meant", () =>
    assert.deepEqual(places(/env\.HARDENED_CLUSTER\b/), ["local/cluster-name.ts"]));
});
