// Runs before `npm start` and `npm test`: installs what the lock file pins, when it is missing or another one.
// Plain JavaScript, because nothing is installed yet, for whatever Node npm runs on.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const stamp = join(root, "node_modules", ".installed-from");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  console.log("installing packages");
  // Errors only: npm itself may run on an older Node than the packages, which run on the one that is installed with them.
  const result = spawnSync("npm", ["ci", "--loglevel=error"], { cwd: root, stdio: "inherit" });
  if (result.status !== 0) {
    console.error(
      "npm ci failed; the lines above say why. Check that the npm registry can be reached, then run the same command again.",
    );
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}
