/** Runs TypeScript as it stands, translated once: loading the compiler takes most of a second, so what it made of a file is kept under the digest of
 *  its text, and it is loaded only for a text it has not seen. Types are checked by `npm run check`, not here. A cache that cannot be written only
 *  costs time.
 *  @param {string} cache folder of the kept JavaScript and bytecode */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");
const { version } = require("typescript/package.json");

module.exports = function translateTypeScript(cache) {
  enableCompileCache?.(join(cache, "compiled"));
  require.extensions[".ts"] = (module, file) =>
    module._compile(translated(cache, readFileSync(file, "utf8"), file), file);
};

module.exports.translate = translate;

function translated(cache, source, file) {
  const entry = join(cache, createHash("sha256").update(`${version}\0${source}`).digest("hex"));
  try {
    const kept = readFileSync(entry, "utf8");
    if (kept !== "") return kept; // a machine that crashed can leave an empty file
  } catch {
    // not seen yet
  }
  const text = translate(source, file);
  keep(cache, entry, text);
  return text;
}

/** @param {string} source @param {string} file name for messages @returns {string} */
function translate(source, file) {
  const { ModuleKind, ScriptTarget, transpileModule } = require("typescript");
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2023, esModuleInterop: true };
  return transpileModule(source, { compilerOptions, fileName: file }).outputText;
}

/** Written beside and renamed, so that a process killed meanwhile leaves no half file. */
function keep(cache, entry, text) {
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${entry}.${process.pid}`, text);
    renameSync(`${entry}.${process.pid}`, entry);
  } catch {
    // a read-only checkout works too
  }
}
