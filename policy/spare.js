/** Spares the pack what Pulumi's SDK loads and no pack asks for: npm's installer and the TypeScript compiler, with which it would send functions of
 *  a program to a cloud. They take more than half of the SDK's start. Each is there as soon as something of it is used.
 *  Does nothing where the SDK is loaded already, as in Pulumi's own language host. */
const Module = require("node:module");

const spared = new Set(["@npmcli/arborist", "typescript"]);
const load = Module._load;

Module._load = function (request, parent, isMain) {
  const whole = () => load.call(this, request, parent, isMain);
  if (!spared.has(request)) return whole();
  Module._resolveFilename(request, parent); // one that is not installed is missed now, not later
  return new Proxy({}, { get: (_, key) => key === "__esModule" || whole()[key] });
};
