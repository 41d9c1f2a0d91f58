/** A hundred installs and a hundred upgrades killed, at other moments each night: the seed is in the title (test/e2e/kill.e2e.ts). */
process.env.KILLS ??= "100";
process.env.SEED ??= String(Math.floor(Date.now() / 86_400_000));
require("../e2e/kill.e2e");
