// `node -r ./bin/register.js file.ts`: ts-node without its start-up cost.
const { join } = require("node:path");

require("../policy/lazy-modules.js");
require("../policy/translate.js")(join(__dirname, "..", "node_modules", ".cache", "hardened"));
