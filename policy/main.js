/** Starts the pack: an installed one as the JavaScript it came with, a checkout's as it stands. There index.ts is loaded without checking its types:
 *  run-policy-pack checks them at every start, which takes seconds; `npm run check` does it once. Not by ts-node, which run-policy-pack has
 *  already put around every file: its hook would still check. */
const { existsSync } = require("node:fs");
const { enableCompileCache, flushCompileCache } = require("node:module");
const { join } = require("node:path");

// A killed engine ends none of its plugins: this one would run for ever, with the stack's passphrase in its environment.
// The launcher says which: the engine may be gone before this line.
const engine = Number(process.env.HARDENED_ENGINE ?? process.ppid);
setInterval(() => process.ppid === engine || process.exit(1), 1000).unref();

require("./lazy-modules.js");

if (existsSync(join(__dirname, "index.ts"))) {
  require("./translate.js")(join(__dirname, "../node_modules/.cache/hardened-policy"));
  require("./index.ts");
} else {
  enableCompileCache?.(join(__dirname, "../.cache/hardened-policy"));
  require("./dist/index.js");
}
setImmediate(() => flushCompileCache?.()); // the engine ends this process without a farewell
