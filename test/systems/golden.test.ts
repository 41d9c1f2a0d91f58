import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { stackNames } from "../../operations/stack/stack-file";
import { collect } from "../../operations/validation/collect";
import { renderStack } from "../../operations/validation/render";
import { profileNames } from "../../systems/zen/profiles";
import { root as checkout } from "../support/tree";
import { floeRoot } from "./floe/stack";

const goldens = join(__dirname, "..", "golden");
const fileOf = (unit: string): string => `${unit.replaceAll("/", "_")}.yaml`;
const resourcesFile = "resources.yaml";
const asked = process.env.UPDATE_GOLDEN === "1";

/** Digests of locally built images differ with the compiler, and a chart's digest with every edit: what they stand for is in the same diff. */
const stable = (text: string): string =>
  text
    .replaceAll(/(registry\.hardened\.test\/[^@\s"]+)@sha256:[0-9a-f]{64}/g, "$1")
    .replaceAll(/(checksum\/chart: )"?[0-9a-f]{16}"?/g, "$1(chart digest)");

/** The same of values: what has a digest in a field of its own. */
function stableValue(value: unknown): unknown {
  if (typeof value === "string") return stable(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(stableValue);
  const { image, repository, folder, profile, rules } = value as Record<string, unknown>;
  // Dev is told of images without a digest, and its own have one once they are built on this machine.
  if (profile === "dev" && Array.isArray(rules)) {
    const { advisory: _, ...verdict } = value as Record<string, unknown>;
    return { ...verdict, rules: rules.filter((rule) => rule !== "image-digest") };
  }
  const varies = folder !== undefined || String(image ?? repository).startsWith("registry.hardened.test/");
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(varies && key === "digest"))
      .map(([key, inner]) => [key, ["chartDigest", "sha256"].includes(key) ? "(digest)" : stableValue(inner)]),
  );
}

/** A document for each resource the program registers, and one for the stack's outputs. */
async function resourceDocuments(stack: string, root: string): Promise<string[]> {
  const { registrations, outputs } = await collect(stack, root);
  const byName = [...registrations].sort((a, b) => (a.resource < b.resource ? -1 : 1));
  return [...byName, { outputs }].map((one) => dump(stableValue(one), { lineWidth: -1, noRefs: true }));
}

/** The shipped stacks, and those of floe and of zen's profiles, which no shipped stack runs. */
const stacks = [
  ...stackNames().map((stack) => [stack, checkout] as const),
  ["floe", floeRoot] as const,
  ...profileNames.map((profile) => [`zen-${profile}`, join(__dirname, "zen")] as const),
];

/** Stacks of options that none of those asks for: their resources alone, since the objects are the same charts'. */
const optional = ["argocd", "flux"].map((stack) => [stack, join(__dirname, "options")] as const);

/** What a reviewer reads and a cluster and an engine get, of every stack. UPDATE_GOLDEN=1 writes it again. */
describe("goldens", () => {
  for (const [stack, root] of stacks) {
    const folder = join(goldens, stack);

    it(`stack ${stack} renders the objects its golden files hold`, async () => {
      const units = await renderStack(stack, root);
      if (asked) {
        mkdirSync(folder, { recursive: true });
        for (const { name, text } of units) writeFileSync(join(folder, fileOf(name)), stable(text));
      }
      assert.ok(existsSync(folder), `no golden for stack ${stack}; run UPDATE_GOLDEN=1 npm run check`);
      const held = readdirSync(folder).filter((file) => file !== resourcesFile);
      assert.deepEqual(held.sort(), units.map(({ name }) => fileOf(name)).sort());
      for (const { name, text } of units)
        assert.equal(stable(text), readFileSync(join(folder, fileOf(name)), "utf8"), name);
    });
  }

  for (const [stack, root] of [...stacks, ...optional])
    it(`[MR-16] [MR-53] [TR-52] stack ${stack} registers every resource with the inputs and options, and gives the outputs, its golden file holds`, async () => {
      const documents = await resourceDocuments(stack, root);
      const file = join(goldens, stack, resourcesFile);
      if (asked) {
        mkdirSync(join(goldens, stack), { recursive: true });
        writeFileSync(file, documents.join("---\n"));
      }
      const golden = readFileSync(file, "utf8").split(/^---\n/m);
      const names = (all: readonly string[]): string[] => all.map((document) => document.split("\n", 1)[0] ?? "");
      assert.deepEqual(names(documents), names(golden));
      for (const [index, document] of documents.entries()) assert.equal(document, golden[index]);
    });
});
