import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { whyNotBuildable } from "../../../process/toolchain/build";
import { spent } from "../../../process/toolchain/ensure";
import { ownTool, programEnvironment, toolPath } from "../../../process/toolchain/locate";
import { findOnPath, which } from "../../../process/toolchain/on-path";
import { UserError } from "../../../process/user-error";

describe("toolchain: a person's own tools", () => {
  const before = { ...process.env };
  let folder: string;
  /** A program on PATH that prints a line. */
  const program = (name: string, says: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${says}\n`, { mode: 0o755 });
    return path;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tools-"));
    process.env.PATH = [folder, "/usr/bin", "/bin"].join(delimiter);
    process.env.HARDENED_CACHE = join(folder, "cache");
    process.env.PULUMI_HOME = join(folder, "pulumi-home");
    delete process.env.HELM_BIN;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const key of Object.keys(process.env)) if (!(key in before)) delete process.env[key];
    Object.assign(process.env, before);
  });

  it("finds the first of a name on PATH", () => {
    const path = program("some-tool", "true");
    assert.equal(which("some-tool"), path);
    assert.equal(which("some-tool", "/nowhere"), undefined);
    assert.equal(which("some-tool", ""), undefined);
  });

  for (const [version, taken] of [
    ["v3.15.0", true],
    ["v3.22.0+g123", true],
    ["v3.14.9", false],
    ["v2.17.0", false],
    ["v4.0.0", false],
    ["no version", false],
  ] as const)
    it(`${taken ? "takes" : "leaves"} Helm ${version}`, () => {
      const path = program("helm", `echo '${version}'`);
      assert.equal(ownTool("helm"), taken ? path : undefined);
    });

  it("leaves a Helm that fails", () => {
    program("helm", "echo v3.20.0; exit 1");
    assert.equal(findOnPath("helm"), undefined);
  });

  it("takes Pulumi only with its language host beside it", () => {
    const path = program("pulumi", "echo v3.255.0");
    assert.equal(findOnPath("pulumi"), undefined);
    program("pulumi-language-nodejs", "true");
    assert.deepEqual(findOnPath("pulumi"), { path, version: "3.255.0" });
  });

  it("asks a program for its version once, and a Pulumi without its language host never", () => {
    const asked = join(folder, "asked");
    const count = (): number => (existsSync(asked) ? readFileSync(asked, "utf8").length : 0);
    program("helm", `printf x >> ${asked}; echo v3.20.0`);
    for (let n = 0; n < 3; n++) assert.equal(findOnPath("helm")?.version, "3.20.0");
    assert.equal(count(), 1);
    program("pulumi", `printf x >> ${asked}; echo v3.255.0`);
    assert.equal(findOnPath("pulumi"), undefined);
    assert.equal(count(), 1);
  });

  it("takes an installed provider plugin of the pinned version", () => {
    assert.equal(ownTool("pulumi-kubernetes"), undefined);
    const { version } = require("@pulumi/kubernetes/package.json") as { version: string };
    mkdirSync(join(folder, "pulumi-home", "plugins", `resource-kubernetes-v${version}`), { recursive: true });
    assert.equal(ownTool("pulumi-kubernetes"), "installed Pulumi plugin");
  });

  it("gives the policy pack the Helm that was found, unless one is named", () => {
    const path = program("helm", "echo v3.20.0");
    assert.equal(programEnvironment().HELM_BIN, path);
    assert.equal(programEnvironment({ ...process.env, HELM_BIN: "/another/helm" }).HELM_BIN, "/another/helm");
  });

  it("puts the Node it runs on and the stand-in provider on PATH, and keeps what was there", () => {
    const folders = (programEnvironment().PATH ?? "").split(delimiter);
    assert.ok(folders.includes(dirname(process.execPath)));
    assert.ok(folders.some((one) => one.endsWith("random-provider")));
    assert.ok(folders.includes("/usr/bin"));
  });

  it("leaves the stand-in out where the real plugin is", () => {
    program("pulumi-resource-random", "true");
    assert.doesNotMatch(programEnvironment().PATH ?? "", /random-provider/);
  });

  it("a tool that is not built is named, with the command that builds it", () => {
    assert.throws(() => toolPath("etcd"), new UserError("etcd is not built yet; run: npm run toolchain"));
    assert.throws(() => toolPath("nonsense"), /no tool called nonsense/);
  });

  describe("why nothing can be built", () => {
    const otherRoad = /or use tools and a cluster you have: .*KUBECONFIG/;

    it("Go is missing", () => {
      process.env.PATH = folder;
      const line = whyNotBuildable() ?? "";
      assert.match(line, /^Go is needed to build the tools and was not found on PATH; install Go 1\.26 or newer/);
      assert.match(line, otherRoad);
    });

    it("Go is too old", () => {
      program("go", "echo go1.22.3");
      const line = whyNotBuildable() ?? "";
      assert.match(line, /^Go 1\.26 or newer is needed to build the tools, found go1\.22/);
      assert.match(line, otherRoad);
    });

    it("in one line", () => {
      process.env.PATH = folder;
      assert.ok(!whyNotBuildable()?.includes("\n"));
    });
  });

  it("says time as people do", () => {
    assert.deepEqual([0, 44_400, 89_000, 90_000, 185_000, 3_600_000].map(spent), [
      "0 s",
      "44 s",
      "89 s",
      "1 min 30 s",
      "3 min 05 s",
      "60 min 00 s",
    ]);
  });
});
