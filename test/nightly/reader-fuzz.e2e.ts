/** Half a million random manifests: the differential fuzz of the reader, of which the unit tests run a part (test/policy/manifest/reader-fuzz.slow.test.ts). */
process.env.FUZZ_TEXTS ??= "500000";
require("../policy/manifest/reader-fuzz.slow.test");
