/** Writes the pack as JavaScript to dist/, and beside it what a package has to bring along; `npm pack` takes these in place of the TypeScript.
 *  `--clean` takes them away again.
 *  Types are checked by `npm run check`, not here. */
const { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { translate } = require("./translate.js");

const made = ["dist", "node_modules"];
const dist = join(__dirname, "dist");
/** Files of the checkout the package carries, by their name in it. */
const carried = { LICENSE: "../LICENSE", "CHECKS.md": "../docs/reference/checks.md" };

for (const name of ["dist", ...Object.keys(carried)]) rmSync(join(__dirname, name), { recursive: true, force: true });
if (!process.argv.includes("--clean")) {
  for (const [name, from] of Object.entries(carried)) cpSync(join(__dirname, from), join(__dirname, name));
  for (const file of readdirSync(__dirname, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || made.includes(file.split(/[\\/]/)[0] ?? "")) continue;
    const target = join(dist, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, translate(readFileSync(join(__dirname, file), "utf8"), file));
  }
}
