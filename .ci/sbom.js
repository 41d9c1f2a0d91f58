#!/usr/bin/env node
// Writes what the policy pack's package consists of, as CycloneDX: .ci/sbom.js [file], default sbom.cdx.json.
// npm names the packages, by a lock file made of the packed package; Go names the modules of each helm-render in it. HELM_RENDER_BIN as in policy/build.js.
// Ends with 1 and the words of npm or Go when one of them fails.
const { execFileSync } = require("node:child_process");
const { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const policy = join(__dirname, "..", "policy");
const target = process.argv[2] ?? "sbom.cdx.json";

function output(command, args, cwd) {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The modules a Go program was built of, as CycloneDX components. A replaced module is the one that replaces it. */
function modulesOf(program) {
  const lines = output("go", ["version", "-m", program]).split("\n");
  const modules = [];
  for (const [, kind, name, version] of lines.map((line) => line.split("\t"))) {
    if (kind === "=>") modules.pop();
    if (kind === "dep" || kind === "=>") modules.push([name, version]);
  }
  const [go] = /go\d\S*/.exec(lines[0]) ?? [];
  if (modules.length === 0 || go === undefined) throw new Error(`go names no modules of ${program}`);
  return [["stdlib", go.slice(2)], ...modules].map(([name, version]) => {
    const purl = `pkg:golang/${name}@${version}`;
    return { "bom-ref": purl, type: "library", name, version, purl };
  });
}

const folder = mkdtempSync(join(tmpdir(), "sbom-"));
try {
  const [{ filename }] = JSON.parse(
    output("npm", ["pack", "--json", "--silent", "--pack-destination", folder], policy),
  );
  execFileSync("tar", ["xzf", join(folder, filename), "-C", folder]);
  const packed = join(folder, "hardened-policy"); // npm names the whole by its folder
  renameSync(join(folder, "package"), packed);
  output("npm", ["install", "--package-lock-only", "--ignore-scripts", "--loglevel=error"], packed);
  const bom = JSON.parse(output("npm", ["sbom", "--package-lock-only", "--sbom-format=cyclonedx"], packed));
  const bin = join(packed, "bin");
  const programs = readdirSync(bin).map((platform) => join(bin, platform, "helm-render"));
  const modules = new Map(programs.flatMap(modulesOf).map((one) => [one["bom-ref"], one]));
  bom.components.push(...modules.values());
  const own = bom.dependencies.find(({ ref }) => ref === bom.metadata.component["bom-ref"]);
  own.dependsOn.push(...modules.keys());
  writeFileSync(target, `${JSON.stringify(bom, undefined, 2)}\n`);
  console.log(`${target}: ${bom.components.length} components`);
} catch (error) {
  console.error(`sbom: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
