import { strict as assert } from "node:assert";
import { filesBelow, textOf } from "../../support/tree";
import { Random } from "../parity/random";
import { type Batch, type Difference, type ReaderPair, startReaders } from "./reader-pair";
import { TextGenerator } from "./text-generator";

const amount = Number(process.env.FUZZ_TEXTS ?? 20_000);
const seed = Number(process.env.FUZZ_SEED ?? 20_261_128);
const chunk = 2_500;

describe(`${amount.toLocaleString("en")} random manifests, seed ${seed}`, function () {
  this.timeout(Math.max(300_000, amount * 2));
  let readers: ReaderPair;

  before(async () => {
    readers = await startReaders();
  });
  after(() => readers?.close());

  it("hold the same objects for the pack as for kubectl, or both refuse them", async () => {
    const generator = new TextGenerator(new Random(seed), originals());
    const tally = { refused: 0, empty: 0, objects: 0 };
    let waiting: Promise<void> = Promise.resolve();
    for (let done = 0, turn = 0; done < amount; done += chunk, turn++) {
      const length = Math.min(chunk, amount - done);
      const batch: Batch =
        turn % 8 === 7
          ? { files: Array.from({ length }, () => generator.file()) }
          : { texts: Array.from({ length }, () => generator.text()) };
      await waiting; // the readers read a batch while the next one is made
      waiting = readers.compare(batch).then(async (compared) => {
        for (const key of ["refused", "empty", "objects"] as const) tally[key] += compared[key];
        const [first] = compared.differences;
        if (first !== undefined) assert.fail(await told(readers, batch, first));
      });
      waiting.catch(() => undefined); // thrown by the next turn
    }
    await waiting;
    // Texts that are all refused, or all read, would say little.
    assert.ok(tally.refused > amount * 0.25 && tally.refused < amount * 0.7, `${tally.refused} refused`);
    assert.ok(tally.empty > amount * 0.005, `${tally.empty} empty`);
    assert.ok(tally.objects > amount * 0.35, `${tally.objects} objects`);
  });

  it("are read with the same modules on both sides", () => {
    const [ours, theirs] = ["process/toolchain/modules/helm-render", "test/policy/manifest/reader-witness"].map(
      (folder) => textOf(`${folder}/go.mod`),
    ) as [string, string];
    for (const name of [
      "go.yaml.in/yaml/v2",
      "golang.org/x/text",
      "k8s.io/apimachinery",
      "k8s.io/cli-runtime",
      "sigs.k8s.io/json",
      "sigs.k8s.io/yaml",
    ]) {
      const version = (text: string): string | undefined => new RegExp(`\\s${name} (\\S+)`).exec(text)?.[1];
      assert.ok(version(ours), name);
      assert.equal(version(theirs), version(ours), name);
    }
  });
});

/** Documents of the goldens and of the charts of the tests, those short enough that a mutation tells. */
const originals = (): string[] =>
  filesBelow(["test/golden", "test/policy/fixtures"], [".yaml"])
    .flatMap((file) => textOf(file).split(/^---\n/m))
    .filter((text) => text.length > 20 && text.length < 1_500);

/** A difference in words, its text made as short as it still shows. */
async function told(readers: ReaderPair, batch: Batch, difference: Difference): Promise<string> {
  const { index, exact } = difference;
  const isText = "texts" in batch;
  const whole = isText ? (batch.texts[index] as string) : (batch.files[index] as Buffer).toString("latin1");
  const least = await shortest(whole, async (candidates) => {
    const again = await readers.compare(
      isText ? { texts: candidates } : { files: candidates.map((text) => Buffer.from(text, "latin1")) },
    );
    return again.differences[0]?.index;
  });
  return [
    `seed ${seed}: kubectl and the pack read a text differently; as short as it gets${isText ? "" : ", bytes as latin1"}:`,
    JSON.stringify(least),
    `whole: ${JSON.stringify(whole)}`,
    exact,
  ].join("\n");
}

/** Leaves out parts as long as one of the candidates still differs: `differing` gives the first that does. */
async function shortest(
  text: string,
  differing: (candidates: string[]) => Promise<number | undefined>,
): Promise<string> {
  let least = text;
  for (let size = Math.ceil(least.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (;;) {
      const starts = Array.from({ length: Math.ceil(least.length / size) }, (_, n) => n * size);
      const candidates = starts.map((start) => least.slice(0, start) + least.slice(start + size));
      const found = candidates.length === 0 ? undefined : await differing(candidates);
      if (found === undefined) break;
      least = candidates[found] as string;
    }
  }
  return least;
}
