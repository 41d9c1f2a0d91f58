import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderStack } from "../../cli/judging/render";
import { stackNames } from "../../cli/stack/stack-file";

const goldens = join(__dirname, "..", "golden");
const fileOf = (unit: string): string => `${unit.replaceAll("/", "_")}.yaml`;

/** Digests of locally built images differ with the compiler, and a chart's digest with every edit: what they stand for is in the same diff. */
const stable = (text: string): string =>
  text
    .replaceAll(/(registry\.hardened\.test\/[^@\s"]+)@sha256:[0-9a-f]{64}/g, "$1")
    .replaceAll(/(checksum\/chart: )"?[0-9a-f]{16}"?/g, "$1(chart digest)");

/** The rendered objects of every stack: what a reviewer reads and a cluster gets. UPDATE_GOLDEN=1 writes them anew. */
describe("golden objects", () => {
  for (const stack of stackNames()) {
    it(`stack ${stack} renders what its golden files say`, async () => {
      const folder = join(goldens, stack);
      const units = await renderStack(stack);
      if (process.env.UPDATE_GOLDEN === "1") {
        mkdirSync(folder, { recursive: true });
        for (const { name, text } of units) writeFileSync(join(folder, fileOf(name)), stable(text));
      }
      assert.ok(existsSync(folder), `no golden for stack ${stack}; run UPDATE_GOLDEN=1 npm run check`);
      assert.deepEqual(readdirSync(folder).sort(), units.map(({ name }) => fileOf(name)).sort());
      for (const { name, text } of units)
        assert.equal(stable(text), readFileSync(join(folder, fileOf(name)), "utf8"), name);
    });
  }
});
