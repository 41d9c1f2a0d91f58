import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { collect } from "../../cli/judging/collect";
import { stackNames } from "../../cli/stack/stack-file";

const folder = join(__dirname, "..", "golden-resources");
const fileOf = (stack: string): string => join(folder, `${stack}.yaml`);

const locally = /^(registry\.hardened\.test\/[^@]+)(?:@sha256:[0-9a-f]{64})?$/;

/** Leaves out what changes with every edit of a chart, or with the compiler of the local images: the other goldens hold what it is made of. */
function stable(value: unknown): unknown {
  if (typeof value === "string") return value.replace(locally, "$1");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(stable);
  const { image, repository, folder: chart } = value as Record<string, unknown>;
  const dropped = locally.test(String(image ?? repository)) || chart !== undefined ? ["digest"] : [];
  const hidden = ["chartDigest", "sha256"];
  const kept = Object.entries(value).filter(([key]) => !dropped.includes(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, hidden.includes(key) ? "(digest)" : stable(inner)]));
}

/** Everything a stack's program asks the engine for, a document each, and its outputs at the end. UPDATE_GOLDEN=1 writes the files anew. */
describe("golden resources", () => {
  for (const stack of stackNames()) {
    it(`[MR-16] [MR-53] [TR-52] stack ${stack} registers what its golden file says, with every input and option, and gives its outputs`, async () => {
      const { registrations, outputs } = await collect(stack);
      const byName = [...registrations].sort((a, b) => (a.resource < b.resource ? -1 : 1));
      const documents = [...byName, { outputs }].map((one) =>
        dump(stable(one), { lineWidth: -1, noRefs: true, sortKeys: false }),
      );
      if (process.env.UPDATE_GOLDEN === "1") {
        mkdirSync(folder, { recursive: true });
        writeFileSync(fileOf(stack), documents.join("---\n"));
      }
      const golden = readFileSync(fileOf(stack), "utf8").split(/^---\n/m);
      const names = (all: readonly string[]): string[] => all.map((document) => document.split("\n", 1)[0] ?? "");
      assert.deepEqual(names(documents), names(golden));
      for (const [index, document] of documents.entries()) assert.equal(document, golden[index]);
    });
  }

  it("there is one for every stack and no other", () =>
    assert.deepEqual(
      readdirSync(folder).sort(),
      stackNames()
        .map((stack) => `${stack}.yaml`)
        .sort(),
    ));
});
