/** Lazily loads two heavy dependencies of Pulumi's SDK that neither a policy pack nor the command line uses: npm's Arborist and the TypeScript
 *  compiler, with which it would send functions of a program to a cloud. They take more than half of the SDK's start. Each is loaded on first use.
 *  Does nothing where the SDK is loaded already, as in Pulumi's own language host. */
const Module = require("node:module");

const lazy = new Set(["@npmcli/arborist", "typescript"]);
const load = Module._load;

Module._load = function (request, parent, isMain) {
  const whole = () => load.call(this, request, parent, isMain);
  if (!lazy.has(request)) return whole();
  Module._resolveFilename(request, parent); // one that is not installed is missed now, not later
  return new Proxy({}, { get: (_, key) => key === "__esModule" || whole()[key] });
};
