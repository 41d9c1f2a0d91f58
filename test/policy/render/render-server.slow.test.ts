import { strict as assert } from "node:assert";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { readManifests } from "../../../policy/render/read-files";
import { RenderError } from "../../../policy/render/render-error";
import { AnswerReader, askRenderer } from "../../../policy/render/render-server";
import { useHelm } from "../support/helm";

const parts = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
};
const read = (chunks: readonly Buffer[], limit = 1000) => {
  const reader = new AnswerReader(limit);
  for (const chunk of chunks) {
    const said = reader.add(chunk);
    if (said !== undefined) return said;
  }
  return undefined;
};
const framed = (body: string): Buffer => Buffer.from(`{"bytes":${Buffer.byteLength(body)}}\n${body}`);

describe("answers of helm-render", () => {
  it("are put together however they are cut", () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (value, cuts) => {
          assert.deepEqual(read(parts(framed(JSON.stringify(value)), cuts), 1e6), { answer: value });
          const refusal = Buffer.from(`${JSON.stringify({ bytes: 0, error: "no" })}\n`);
          assert.deepEqual(read(parts(refusal, cuts)), { refusal: "no" });
        },
      ),
    ));

  it("that are no answers are malformed or too large, never an exception, never another answer", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
          fc.constantFrom(
            "{}\n",
            "null\n",
            "7\n",
            "[]\n",
            '{"bytes":-1}\n',
            '{"bytes":1.5}\n',
            '{"bytes":"9"}\n',
            '{"bytes":3}\nnot',
            '{"bytes":2}\n{} more',
            '{"bytes":4}\nnull',
            '{"bytes":0}\n',
            '{"bytes":1e9}\n',
            '{"error":"no"}\nmore',
          ),
        ),
        fc.array(fc.nat(), { maxLength: 5 }),
        (text, cuts) => {
          const said = read(parts(Buffer.from(text), cuts));
          if (said === undefined || said === "malformed" || said === "too large") return;
          if ("refusal" in said) assert.match(text, /^\s*\{\s*"error"/);
          else assert.match(text, /^\s*\{\s*"bytes"\s*:\s*\d/);
        },
      ),
      { numRuns: 2000 },
    ));
});

describe("a helm-render that goes wrong", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "server-"));
  });
  afterEach(() => {
    useHelm();
    rmSync(folder, { recursive: true });
  });

  async function failure(script: string): Promise<string> {
    const { HELM_RENDER_BIN } = process.env;
    const path = join(folder, "helm-render");
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    process.env.HELM_RENDER_BIN = path;
    try {
      await askRenderer({ op: "manifests", texts: ["a: 1"] }, { timeoutMs: 3_000 });
    } catch (error) {
      assert.ok(error instanceof RenderError, String(error));
      return error.message;
    } finally {
      process.env.HELM_RENDER_BIN = HELM_RENDER_BIN;
    }
    return assert.fail("it answered");
  }

  for (const [title, script, said] of [
    ["ends at once", "exit 1", /^helm-render ended without an answer$/],
    [
      "ends with a trace",
      'echo "panic: x" >&2; echo "goroutine 1" >&2; exit 2',
      /^helm-render ended without an answer \(panic: x\)$/,
    ],
    ["talks nonsense", 'read line; echo "hello"; sleep 9', /gave an answer that cannot be read/],
    [
      "promises what it does not send",
      `read line; echo '{"bytes":99}'; exit 0`,
      /^helm-render ended without an answer$/,
    ],
    [
      "sends more than it promises",
      `read line; printf '{"bytes":2}\\n[]]]]'; sleep 9`,
      /gave an answer that cannot be read/,
    ],
    ["sends a line without end", "read line; tr '\\0' x < /dev/zero", /renders to more than .* bytes and was stopped/],
    ["says nothing", "sleep 60", /^helm took longer than 3 s and was stopped$/],
  ] as const)
    it(`and ${title}, is one failure of one request`, async () => {
      assert.match(await failure(script), said);
      const { manifests } = await readManifests("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n");
      assert.equal(manifests.length, 1);
    });
});
