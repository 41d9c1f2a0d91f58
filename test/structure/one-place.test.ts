import assert from "node:assert/strict";
import { filesBelow, sourceFolders, textOf } from "../support/tree";

const sources = ["index.ts", ...filesBelow(sourceFolders, [".ts", ".mts", ".js"])];
const places = (pattern: RegExp): string[] => sources.filter((file) => pattern.test(textOf(file)));

describe("each side effect is in one file", () => {
  it("reads Pulumi's configuration", () =>
    assert.deepEqual(places(/new pulumi\.Config\b|runtime\.allConfig\(/), ["config/stack-config.ts"]));
  it("makes a Helm release", () =>
    assert.deepEqual(places(/new (?:k8s\.)?helm\.v[34]\.(?:Release|Chart)\b/), ["components/hardened-release.ts"]));
  it("makes the policy pack", () => assert.deepEqual(places(/new PolicyPack\(/), ["policy/index.ts"]));
  it("starts Helm", () =>
    assert.deepEqual(
      places(/helmBinary\(\)|(?:spawn|execFile)(?:Sync)?\(\s*["'`]helm/).filter((file) =>
        /spawn|execFile/.test(textOf(file)),
      ),
      ["cluster/run-helm.ts"],
    ));
  it("starts kubectl; as a proxy from the pack, a separate package, which asks what a cluster serves", () =>
    assert.deepEqual(places(/(?:(?:spawn|execFile)(?:Sync)?\(\s*|, )["'`]kubectl["'`],/), [
      "cluster/cluster.ts",
      "policy/render/kubectl-proxy.ts",
    ]));
  it("asks a cluster whose UID is not verified: the program, after its preflight, and a generator with the cluster it is given", () =>
    assert.deepEqual(places(/new Cluster\(/), [
      "cli/generate/kubernetes-kinds.ts",
      "cluster/cluster-identity.ts",
      "components/connect.ts",
      "components/custom-resource-definitions.ts",
    ]));
  it("reads the variables that move its folders", () =>
    assert.deepEqual(places(/(?:env\.|["'])(?:XDG_\w+|HARDENED_CACHE)\b/), ["policy/own-folders.ts"]));
  it("writes files without atomicity: generated ones, scratch and cache folders, the kernel's; all others by process/atomic-write.ts", () =>
    assert.deepEqual(places(/\b(?:write|append)File(?:Sync)?\(|createWriteStream\(/), [
      "bin/package-lock.ts",
      "cli/generate/bootstrap-roles.ts",
      "cli/generate/kubernetes-kinds.ts",
      "cli/generate/main.ts",
      "cli/generate/values-schemas.ts",
      "cluster/local/certificates.ts",
      "cluster/local/cgroups.ts",
      "cluster/local/control-plane.ts",
      "cluster/local/firewall-tools.ts",
      "cluster/local/kernel-settings.ts",
      "cluster/local/node.ts",
      "cluster/local/registry.ts",
      "cluster/local/teardown.ts",
      "images/build/debian-image.ts",
      "images/build/debian-packages.ts",
      "images/build/oci.ts",
      "images/build/python-image.ts",
      "operations/drills/broken-revision.ts",
      "operations/drills/helm-on-cluster.ts",
      "operations/stack/object-diff.ts",
      "operations/validation/files.ts",
      "policy/build.js",
      "policy/render/ask-cluster.ts",
      "policy/signatures/verified-cache.ts",
      "policy/translate.js",
      "process/atomic-write.ts",
      "process/toolchain/build.ts",
      "process/toolchain/cache.ts",
    ]));
  it("sets the environment of the process", () =>
    assert.deepEqual(places(/Object\.assign\(process\.env/), ["operations/stack/stack-environment.ts"]));
  it("loads modules lazily only by `await import()`", () =>
    assert.deepEqual(
      places(/\brequire\(\s*["'`]\.|require\([^)]*\)\s*as typeof import/).filter((file) => file.endsWith(".ts")),
      [],
    ));
  it("matches the wording of Pulumi's messages; everything else in a run is recognised by codes and fields", () => {
    const told = sources.filter((file) => /from "[^"]*\/run-events"|EngineEvent\b/.test(textOf(file)));
    assert.ok(told.includes("operations/stack/progress.ts") && told.includes("components/connect.ts"), told.join());
    const looksAtText =
      /\.(?:test|exec|match(?:All)?|search)\(|\bRegExp\b|\b(?:message|text|line)\.(?:startsWith|includes)\(/;
    assert.deepEqual(
      told.filter((file) => looksAtText.test(textOf(file))),
      [],
    );
    assert.deepEqual(places(/from "\.\/engine-messages"/), ["operations/stack/progress.ts", "operations/stack/run.ts"]);
  });
  it("reads the name of the local cluster", () =>
    assert.deepEqual(places(/env\.HARDENED_CLUSTER\b/), ["cluster/local/cluster-name.ts"]));
});
