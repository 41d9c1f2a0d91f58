/** Writes the pack as JavaScript to dist/, helm-render for this machine to bin/, and beside them what a package has to bring along; `npm pack` takes these
 *  in place of the TypeScript. `--clean` takes them away again.
 *  HELM_RENDER_BIN names a helm-render that is built already; without it Go 1.26 builds one. HARDENED_PACK_PLATFORMS="linux-x64 linux-arm64 darwin-arm64"
 *  builds for other machines too, in the words of Node's process.platform and process.arch.
 *  Types are checked by `npm run check`, not here. */
const { execFileSync } = require("node:child_process");
const {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} = require("node:fs");
const { dirname, join } = require("node:path");
const { translate } = require("./translate.js");

const made = ["dist", "bin", "node_modules"];
/** Helm's version, which is set at build time; without it charts would see none. */
const helmVersion = "helm.sh/helm/v3/internal/version.version=v3.22.0";
const dist = join(__dirname, "dist");
/** Files of the checkout the package carries, by their name in it. */
const carried = { LICENSE: "../LICENSE", "CHECKS.md": "../docs/reference/checks.md" };

/** Where the package has the renderer for one machine; render/render-server.ts looks there. */
const rendererIn = (platform) => join(__dirname, "bin", platform, "helm-render");
const here = `${process.platform}-${process.arch}`;

function buildRenderer(platform) {
  const target = rendererIn(platform);
  mkdirSync(dirname(target), { recursive: true });
  const built = process.env.HELM_RENDER_BIN;
  if (platform === here && built && existsSync(built)) cpSync(built, target);
  else {
    const [os, arch] = platform.split("-");
    const env = { ...process.env, CGO_ENABLED: "0", GOOS: os, GOARCH: arch === "x64" ? "amd64" : arch, GOWORK: "off" };
    const flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", `-s -w -X ${helmVersion}`];
    const cwd = join(__dirname, "..", "process", "toolchain", "modules", "helm-render");
    execFileSync("go", ["build", ...flags, "-o", target, "."], { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
  }
  chmodSync(target, 0o755);
}

for (const name of ["dist", "bin", ...Object.keys(carried)])
  rmSync(join(__dirname, name), { recursive: true, force: true });
if (!process.argv.includes("--clean")) {
  const platforms = process.env.HARDENED_PACK_PLATFORMS ?? here;
  for (const platform of platforms.split(/\s+/).filter((one) => one !== "")) buildRenderer(platform);
  for (const [name, from] of Object.entries(carried)) cpSync(join(__dirname, from), join(__dirname, name));
  for (const file of readdirSync(__dirname, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || made.includes(file.split(/[\\/]/)[0] ?? "")) continue;
    const target = join(dist, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, translate(readFileSync(join(__dirname, file), "utf8"), file));
  }
}
