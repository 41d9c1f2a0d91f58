// Runs before `npm start` and `npm test`: installs the pinned packages when they are missing or older than the lock file.
// Plain JavaScript, because nothing is installed yet.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const stamp = join(root, "node_modules", ".installed-from");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const node = join(root, "node_modules", ".bin", "node");
const installed = existsSync(stamp) && existsSync(node) && readFileSync(stamp, "utf8") === wanted;
if (!installed) {
  console.log("installing packages");
  // Not `npm ci`: it refuses a lock file that lacks other platforms' optional binaries, which not every registry mirror has.
  const result = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
  });
  if (result.status !== 0) {
    console.error(
      "npm install failed; the lines above say why. Check that the npm registry can be reached, then run the same command again.",
    );
    process.exit(1);
  }
  const version = spawnSync(node, ["--version"], { encoding: "utf8" });
  if (version.status !== 0) {
    console.error(
      "the pinned Node was not installed: npm must be allowed to run its install script (npm rebuild node)",
    );
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}
