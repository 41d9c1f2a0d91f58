// Runs before `npm start` and `npm test`: installs what the lock file pins, when it is missing or another one.
// Plain JavaScript, because nothing is installed yet, for whatever Node npm runs on.
const { spawnSync } = require("node:child_process");
const { lstatSync, readFileSync, readlinkSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const folder = join(root, "node_modules");

const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/** What npm says it has installed: it writes this file last, and `npm ci` removes it first. Nothing for an installation that is not whole. */
function installed() {
  try {
    return packagesOf(join(folder, ".package-lock.json"));
  } catch {
    return {};
  }
}

/** Whether the installed packages are those of the lock file, but for optional ones, which are mostly for other platforms. */
function isUpToDate() {
  const { "": _, ...wanted } = packagesOf(join(root, "package-lock.json"));
  const found = installed();
  const isSame = (path) =>
    found[path]?.version === wanted[path]?.version && found[path]?.integrity === wanted[path]?.integrity;
  return (
    Object.keys(found).every(isSame) &&
    Object.keys(wanted).every((path) => found[path] !== undefined || wanted[path].optional === true)
  );
}

function linkTarget() {
  try {
    return lstatSync(folder).isSymbolicLink() ? readlinkSync(folder) : undefined;
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (!isUpToDate()) {
  const target = linkTarget();
  if (target !== undefined)
    fail(
      `node_modules is a link to ${target}, whose packages are not those of package-lock.json, and npm would empty that folder; remove the link (rm node_modules) and run the same command again.`,
    );
  console.log("installing packages");
  // Errors only: npm itself may run on an older Node than the packages, which run on the one that is installed with them.
  const result = spawnSync("npm", ["ci", "--loglevel=error"], { cwd: root, stdio: "inherit" });
  if (result.status !== 0)
    fail(
      "npm ci failed; the lines above say why. Check that the npm registry can be reached, then run the same command again.",
    );
}
