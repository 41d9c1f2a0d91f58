/** The reader of the pack and kubectl's own, asked about the same texts in bulk. helm-render's answer is handed on as it came: the witness compares the
 *  JSON of the objects byte by byte, and only differences are parsed here. */
import { once } from "node:events";
import { join } from "node:path";
import { decodeText, isMislabelled } from "../../../policy/manifest/decode-text";
import { type Document, manifestsOf } from "../../../policy/manifest/documents";
import { ManifestError } from "../../../policy/manifest/manifest";
import { defaultBounds, startRenderer } from "../../../policy/render/render-process";
import { rendererBinary } from "../../../policy/render/render-server";
import { startGoProgram } from "../../support/go-program";

/** Texts as a template renders them, or the bytes of files, whose byte order mark counts. */
export type Batch = { readonly texts: readonly string[] } | { readonly files: readonly Buffer[] };

/** What kubectl finds in a text: the objects it would send, and why it refuses the rest. */
export interface Theirs {
  readonly objects: readonly unknown[];
  readonly refusal?: string;
}

/** A text that one side refuses, or in which both find other objects. */
export interface Difference {
  readonly index: number;
  readonly ours: readonly Document[];
  readonly theirs: Theirs;
  /** Both in the readers' words, with every digit. */
  readonly exact: string;
}

/** How many texts kubectl refuses, how many hold no object, how many objects the others hold. */
export interface Compared {
  readonly refused: number;
  readonly empty: number;
  readonly objects: number;
  /** Those that are not declared. */
  readonly differences: readonly Difference[];
}

export interface ReaderPair {
  compare(batch: Batch): Promise<Compared>;
  close(): Promise<void>;
}

/** Differences that are meant, each with what holds of it. Everything else is a bug. */
const declared: readonly { readonly reason: string; holds(difference: Difference, file?: Buffer): boolean }[] = [
  {
    reason: 'two keys that become one text, such as 1 and "1": upstream takes one of them by chance, ours refuses',
    holds: ({ ours }) => ours.some(({ problem = "" }) => problem.startsWith("two keys become the same text")),
  },
  {
    reason: "an object without apiVersion, kind or name: refused when the object is looked at, not by the reader",
    holds: ({ ours, theirs }) => theirs.refusal !== undefined && refusedLater(ours),
  },
  {
    reason: "an apiVersion without a version, such as apps/: only the server refuses it upstream, ours at once",
    holds: ({ ours }) =>
      ours.some(({ problem = "" }) => /^(items\[\d+\]: )?apiVersion must be .* got "[^"]*\/"$/.test(problem)),
  },
  {
    reason: "an item that is null: an object without a name upstream, which is refused as such",
    holds: ({ ours, theirs }) =>
      ours.some(({ problem = "" }) => /^items\[\d+\]: a Kubernetes object must be a map$/.test(problem)) &&
      theirs.objects.some((object) => Object.keys(object as object).length <= 2),
  },
  {
    reason: "items that are null in what is no list: no object for kubectl and Helm, one for Argo CD, refused by ours",
    holds: ({ ours }) => ours.some(({ problem = "" }) => problem.startsWith("items is null in what is no list")),
  },
  {
    reason: "a byte order mark of UTF-8 before bytes that are none: refused before it is read",
    holds: (_, file) => file !== undefined && isMislabelled(file),
  },
];

function refusedLater(documents: readonly Document[]): boolean {
  try {
    manifestsOf(documents);
    return false;
  } catch (error) {
    if (error instanceof ManifestError) return true;
    throw error;
  }
}

/** Starts both readers. */
export async function startReaders(): Promise<ReaderPair> {
  const witness = await startGoProgram<Partial<Record<"texts" | "files", readonly string[]>> & { ours: string }>(
    join(__dirname, "reader-witness"),
  );
  const ours = startOurs();
  return {
    async compare(batch) {
      const asked =
        "texts" in batch ? { texts: batch.texts } : { files: batch.files.map((file) => file.toString("base64")) };
      const body = await ours.read("texts" in batch ? batch.texts : batch.files.map(decodeText));
      const [compared] = (await witness.ask<Compared>([{ ...asked, ours: body }])) as [Compared];
      const differences = compared.differences
        .map((one) => ({ ...one, ours: one.ours ?? [] }))
        .filter(
          (one) => !declared.some(({ holds }) => holds(one, "files" in batch ? batch.files[one.index] : undefined)),
        );
      return { ...compared, differences };
    },
    async close() {
      await Promise.all([ours.close(), witness.close()]);
    },
  };
}

/** helm-render's answers as text. render-server.ts parses them, which takes longer than reading the manifests. */
function startOurs(): { read(texts: readonly string[]): Promise<string>; close(): Promise<void> } {
  const child = startRenderer(rendererBinary(), defaultBounds.maxMemoryBytes);
  const ended = once(child, "close");
  const chunks = child.stdout[Symbol.asyncIterator]();
  child.stderr.pipe(process.stderr);
  return {
    async read(texts) {
      child.stdin.write(`${JSON.stringify({ op: "manifests", texts, timeoutMs: 120_000 })}\n`);
      let said = Buffer.alloc(0);
      const until = async (bytes: () => number | undefined): Promise<void> => {
        for (let want = bytes(); want === undefined || said.length < want; want = bytes()) {
          const { done, value } = await chunks.next();
          if (done) throw new Error("helm-render ended without an answer");
          said = Buffer.concat([said, value]);
        }
      };
      await until(() => (said.includes(10) ? 0 : undefined));
      const end = said.indexOf(10) + 1;
      const header = JSON.parse(said.toString("utf8", 0, end)) as { bytes: number; error?: string };
      if (header.error !== undefined) throw new Error(header.error);
      await until(() => end + header.bytes);
      return said.toString("utf8", end);
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
