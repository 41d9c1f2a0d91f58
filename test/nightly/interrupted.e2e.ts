/** Each part of plain `pulumi up` killed at each moment, and after each kill of `destroy` both commands (test/e2e/interrupted.e2e.ts). */
process.env.EVERY_MOMENT = "1";
require("../e2e/interrupted.e2e");
