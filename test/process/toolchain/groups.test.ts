import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { moduleFolder } from "../../../process/toolchain/cache";
import { type ToolGroup, toolGroups } from "../../../process/toolchain/groups";
import { root } from "../../support/tree";

const goMod = (group: ToolGroup): string => readFileSync(join(moduleFolder(group), "go.mod"), "utf8");

/** Packages a module names as its tools. */
function toolsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^tool \(([^)]*)\)/gm)].flatMap(([, inner]) => (inner ?? "").trim().split(/\s+/));
  return [...blocks, ...[...text.matchAll(/^tool ([^(\s]+)$/gm)].map(([, one]) => one as string)];
}

const requires = (text: string, module: string): boolean =>
  text.split("\n").some((line) =>
    line
      .trim()
      .replace(/^require /, "")
      .startsWith(`${module} v`),
  );

describe("toolchain: groups", () => {
  it("have unique names, and each binary belongs to one of them", () => {
    const names = toolGroups.map((group) => group.name);
    const binaries = toolGroups.flatMap((group) => Object.keys(group.binaries));
    assert.equal(new Set(names).size, names.length);
    assert.equal(new Set(binaries).size, binaries.length);
  });

  it("are exactly the modules there are", () =>
    assert.deepEqual(
      readdirSync(join(root, "process/toolchain/modules")).sort(),
      toolGroups.map((group) => group.name).sort(),
    ));

  for (const group of toolGroups) {
    describe(group.name, () => {
      it("has a module of its own name, or one below the module whose internal packages it is made of, with checksums", () => {
        const [, name = ""] = /^module (.+)$/m.exec(goMod(group)) ?? [];
        const isBelow = name.endsWith("/hardened") && requires(goMod(group), name.replace(/\/hardened$/, ""));
        assert.ok(name === `hardened/toolchain/${group.name}` || isBelow, name);
        assert.ok(existsSync(join(moduleFolder(group), "go.sum")));
      });

      it("builds packages its module names as tools", () => {
        const packages = Object.values(group.binaries).filter((one) => one !== ".");
        const tools = toolsOf(goMod(group));
        assert.deepEqual(
          packages.filter((one) => !tools.includes(one)),
          [],
        );
        if (packages.length === 0) assert.ok(existsSync(join(moduleFolder(group), "main.go")));
      });

      it("pins every module to a version, and replaces none with a folder", () => {
        assert.doesNotMatch(goMod(group), /=>\s*[./]/);
        for (const [, version] of goMod(group).matchAll(/^\t\S+ (\S+)(?: \/\/ indirect)?$/gm))
          assert.match(version as string, /^v\d+\.\d+\.\d+/);
      });

      it("stamps the versions it is built from", () => {
        for (const [name, value] of Object.entries(group.stamps ?? {})) {
          if (!/^v?\d+\.\d+\.\d+$/.test(value)) continue;
          assert.match(goMod(group), new RegExp(`\\sv${value.replace(/^v/, "").replaceAll(".", "\\.")}\\b`), name);
        }
      });
    });
  }

  const multiCall = toolGroups.filter(
    ({ binaries }) => Object.values(binaries).filter((one) => one === ".").length > 1,
  );

  it("builds one binary for the programs of a node and its control plane, and one for those of cert-manager", () =>
    assert.deepEqual(
      multiCall.map(({ name }) => name),
      ["kubernetes", "cert-manager"],
    ));

  for (const group of multiCall) {
    it(`${group.name}: the one binary knows each of its names`, () => {
      const names = Object.keys(group.binaries).filter((one) => group.binaries[one] === ".");
      const source = readFileSync(join(moduleFolder(group), "main.go"), "utf8");
      const known = [...source.matchAll(/^\t"([a-z-]+)":/gm)].map(([, name]) => name);
      assert.deepEqual(known.sort(), names.sort());
    });
  }
});
