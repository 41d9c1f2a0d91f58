/** Random texts for readers of manifests: documents that look like Kubernetes' with every feature of YAML, streams of JSON, and mutations of both. */
import type { Random } from "../parity/random";
import { broken, mutated } from "./text-mutations";
import {
  comments,
  fields,
  lineBreaks,
  markers,
  oddKeys,
  plainScalars,
  scalars,
  splinters,
  tagged,
  tags,
} from "./text-pieces";

const kinds = ["Pod", "ConfigMap", "List", "PodList", "Deployment", "Secret", "RoleBindingList", "Widget"];
const anchors = ["a", "b", "c"];

/** Makes texts; `originals` are those it also mutates. */
export class TextGenerator {
  /** Anchors of the document in the making. */
  private known: string[] = [];
  /** Share of odd things: most documents have one or two, some are full of them. */
  private oddness = 0.02;

  constructor(
    private readonly random: Random,
    private readonly originals: readonly string[],
  ) {}

  text(): string {
    const { random } = this;
    this.oddness = random.pick([0, 0, 0.01, 0.02, 0.04, 0.1, 0.3]);
    const form = random.next();
    if (form < 0.5) return broken(random, this.stream());
    if (form < 0.62) return mutated(random, this.stream());
    if (form < 0.72) return broken(random, this.json());
    if (form < 0.76) return mutated(random, this.json());
    if (form < 0.96) return mutated(random, random.pick(this.originals));
    return Array.from({ length: 1 + random.below(12) }, () =>
      random.pick(random.pick([scalars, splinters, markers, oddKeys, comments, tagged, lineBreaks, fields])),
    ).join(random.pick(["", " ", "\n"]));
  }

  /** The bytes of a file: the text in some encoding, sometimes with wrong bytes. */
  file(): Buffer {
    const { random } = this;
    const text = random.chance(0.3) ? `\ufeff${this.text()}` : this.text();
    const form = random.below(6);
    const bytes = form < 4 ? Buffer.from(text) : Buffer.from(text, "utf16le");
    if (form === 5 && bytes.length % 2 === 0) bytes.swap16();
    for (let times = random.chance(0.4) ? 1 + random.below(3) : 0; times > 0 && bytes.length > 0; times--)
      bytes[random.below(bytes.length)] = random.chance(0.5) ? 0x80 + random.below(128) : random.below(256);
    return random.chance(0.1) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
  }

  private odd(): boolean {
    return this.random.chance(this.oddness);
  }

  /** Documents and what is between them. */
  private stream(): string {
    const { random } = this;
    let text = random.chance(0.02)
      ? random.pick([" ", "\n", "# c\n"]).repeat(random.pick([1, 3, 4094, 4095, 4096, 5000]))
      : "";
    if (random.chance(0.3)) text += `${random.chance(0.5) ? "---" : random.pick(markers)}\n`;
    const count = random.pick([0, 1, 1, 1, 1, 1, 2, 2, 3]);
    for (let index = 0; index < count; index++) {
      if (index > 0) text += `${this.odd() || this.odd() ? random.pick(markers) : "---"}\n`;
      text += random.chance(0.08) ? this.hollow() : this.document();
    }
    if (random.chance(0.15)) text += random.pick(markers);
    if (random.chance(0.02)) text = this.filled(text.trimEnd());
    return random.chance(0.1) ? text.trimEnd() : text;
  }

  /** The text, its last line as long as a buffer of a reader. */
  private filled(text: string): string {
    const { random } = this;
    const length = text.length - text.lastIndexOf("\n") - 1;
    const size = 4096 * (1 + random.below(2)) + random.pick([0, 0, 0, -1, 1]);
    return `${text} #${random.pick(["c", "c", " ", "\r", "\u0085"]).repeat(Math.max(0, size - length - 2))}`;
  }

  /** A document without an object. */
  private hollow(): string {
    const { random } = this;
    return random.pick([
      "",
      "\n",
      "# only a comment\n",
      "null\n",
      "~\n",
      "{}\n",
      "[]\n",
      "a\n",
      "# Source: a/b.yaml\n",
      "  \n\t\n",
      "...\n",
    ]);
  }

  private document(): string {
    const { random } = this;
    this.known = [];
    if (random.chance(0.1)) return `${this.flow(2, this.head())}\n`;
    const pad = this.odd() ? " ".repeat(1 + random.below(3)) : "";
    let text = random.chance(0.1) ? `# Source: chart/templates/${random.pick(kinds)}.yaml\n` : "";
    for (const [key, value] of this.head()) text += `${pad}${key}: ${value}\n`;
    if (random.chance(0.2)) text += this.items(pad);
    const more = 1 + random.below(3);
    for (let n = 0; n < more; n++) text += this.entry(pad, 3);
    return text;
  }

  /** What every object has, most of the time, in some order. */
  private head(): [string, string][] {
    const { random } = this;
    const head: [string, string][] = [
      ["apiVersion", this.odd() ? random.pick(["", "a/b/c", "1", "/", '"v1"', "~"]) : random.pick(["v1", "apps/v1"])],
      ["kind", this.odd() ? random.pick(["", "1", "~", '"Pod"', "!!str Pod", "[Pod]"]) : random.pick(kinds)],
      ["metadata", this.odd() ? this.flow(2) : `{name: ${this.odd() ? random.pick(scalars) : "web"}}`],
    ];
    if (this.odd()) head.splice(random.below(3), 1);
    if (this.odd()) head.push(random.pick(head));
    if (random.chance(0.2)) head.reverse();
    return head;
  }

  /** The items of a list: objects with a head or without one, and other things. */
  private items(pad: string): string {
    const { random } = this;
    if (this.odd()) return `${pad}items:${this.node(pad, 2)}`;
    if (random.chance(0.1))
      return `${pad}items: ${random.pick(["[]", "~", "null", "", "{}", "a", "1", "[null]", "[[]]", "[a]"])}\n`;
    let text = `${pad}items:\n`;
    for (let n = random.below(4); n > 0; n--) {
      if (this.odd())
        text += `${pad}- ${random.pick(["~", "a", "[]", "{}", "1", "{items: []}", "{items: ~}", "{kind: A, items: [{}]}"])}\n`;
      else if (random.chance(0.5)) text += `${pad}- {metadata: {name: x}, spec: ${this.flow(2)}}\n`;
      else {
        const head = this.head().map(([key, value]) => `${key}: ${value}\n`);
        text += `${pad}- ${head.join(`${pad}  `)}${this.entry(`${pad}  `, 2)}`;
      }
    }
    return text;
  }

  private key(): string {
    return this.odd() ? this.random.pick(oddKeys) : this.random.pick(fields);
  }

  /** `key: value`, and what may stand around it. */
  private entry(pad: string, depth: number): string {
    const { random } = this;
    const before = this.odd() ? `${random.pick(["", " ", pad, `${pad} `, "\t"])}${random.pick(comments)}\n` : "";
    if (this.known.length > 0 && random.chance(0.1))
      return `${before}${pad}<<: ${random.pick([`*${random.pick(this.known)}`, `[*${this.known.join(", *")}]`, "{a: 1}", "~"])}\n`;
    const colon = this.odd() ? random.pick([" :", ":\t", ": ", "", ":", "\n:"]) : ":";
    const indent = this.odd() ? random.pick([" ", "\t", ""]) : "";
    return `${before}${indent}${pad}${this.key()}${colon}${this.node(pad, depth)}`;
  }

  /** What follows a colon or a dash, up to the end of its last line. */
  private node(pad: string, depth: number): string {
    const { random } = this;
    if (this.known.length > 0 && random.chance(0.08)) return ` *${random.pick(this.known)}\n`;
    if (this.odd()) return ` ${random.pick(tagged)}\n`;
    let before = this.odd() ? ` ${random.pick(tags)}` : "";
    if (random.chance(0.08)) {
      const name = random.pick(anchors);
      before = random.chance(0.5) ? ` &${name}${before}` : `${before} &${name}`;
      this.known.push(name);
    }
    const after = `${random.chance(0.05) || this.odd() ? ` ${random.pick(comments)}` : ""}\n`;
    const deeper = pad + (this.odd() ? random.pick(["", " ", "   ", "\t"]) : "  ");
    const form = depth > 0 ? random.next() : random.next() * 0.55;
    if (form < 0.35) return `${before} ${this.scalar()}${after}`;
    if (form < 0.4) return `${before}${this.folded(deeper)}${after}`;
    if (form < 0.48) return `${before} ${this.block(deeper)}`;
    if (form < 0.55) return `${before} ${this.flow(depth)}${after}`;
    let text = before + after;
    const isList = random.chance(0.4);
    const inside = isList && random.chance(0.5) ? pad : deeper;
    for (let n = 1 + random.below(3); n > 0; n--)
      text += isList ? `${inside}-${this.node(`${inside}  `, depth - 1)}` : this.entry(deeper, depth - 1);
    return text;
  }

  private scalar(): string {
    if (this.odd()) return this.random.pick(scalars);
    return this.random.pick(this.random.chance(0.6) ? plainScalars : fields);
  }

  /** A text over several lines, plain or in quotes. */
  private folded(pad: string): string {
    const { random } = this;
    const quote = random.pick(["", '"', "'"]);
    const lines = Array.from({ length: 1 + random.below(3) }, () => (this.odd() ? this.scalar() : random.pick(fields)));
    return ` ${quote}${lines.join(random.pick([`\n${pad}`, `\n${pad}`, `\n\n${pad} `, ` \n${pad}\t`, `\\\n${pad}`]))}${quote}`;
  }

  /** A literal or folded block, with every indicator. */
  private block(pad: string): string {
    const { random } = this;
    const indicators = random.pick([
      "",
      "",
      "-",
      "+",
      "2",
      "-2",
      "2-",
      "1+",
      "9",
      this.odd() ? random.pick(["0", "--", "10", "x"]) : "",
    ]);
    let text = `${random.pick(["|", ">"])}${indicators}${random.chance(0.1) ? random.pick([" # c", " ", "\t", " c"]) : ""}\n`;
    for (let n = random.below(4); n > 0; n--) {
      const start = random.pick([pad, pad, pad, `${pad} `, `${pad}\t`, "", this.odd() ? " " : pad]);
      text += `${start}${random.pick(["a", "b: c", "# no comment", "", "- x", this.odd() ? random.pick(scalars) : "text"])}\n`;
    }
    return text;
  }

  private flow(depth: number, entries: [string, string][] = []): string {
    const { random } = this;
    const inside = (): string => (depth > 0 && random.chance(0.3) ? this.flow(depth - 1) : this.scalar());
    const blank = this.odd() ? random.pick(["\n", "\n ", " # c\n ", "\t", "  "]) : "";
    if (entries.length === 0 && random.chance(0.4)) {
      const list = Array.from({ length: random.below(4) }, () =>
        this.odd() ? `${this.key()}: ${inside()}` : inside(),
      );
      return `[${blank}${list.join(this.odd() ? random.pick([" , ", ",,", ",\n ", " "]) : ", ")}${this.odd() ? "," : ""}]`;
    }
    const all = [...entries.map(([key, value]) => `${key}: ${value}`)];
    for (let n = random.below(4); n > 0; n--) all.push(this.odd() ? this.key() : `${this.key()}: ${inside()}`);
    return `{${blank}${all.join(this.odd() ? random.pick([" , ", ",", ",\n ", ",,"]) : ", ")}${this.odd() ? "," : ""}}`;
  }

  /** One JSON text after another, sometimes with something else behind. */
  private json(): string {
    const { random } = this;
    let text = random.chance(0.05) ? random.pick([" ", "\n"]).repeat(random.pick([1, 4095, 4096, 5000])) : "";
    for (let n = 1 + random.below(3); n > 0; n--) {
      text += random.chance(0.05)
        ? random.pick(["null", "1", "[]", '""', "{}", "true"])
        : JSON.stringify(this.tree(), null, random.pick([0, 0, 1]));
      text += random.pick(["", "", "\n", " ", "\n\n", this.odd() ? random.pick(splinters) : "\n"]);
      if (this.odd()) text += `${random.pick(markers)}\n`;
    }
    if (random.chance(0.1)) text += random.pick(["", "\n", " ", "---\n"]) + this.document();
    return text.replace(/"raw:([^"]*)"/g, (_, raw: string) => raw);
  }

  private tree(): unknown {
    const { random } = this;
    const value = (depth: number): unknown => {
      if (depth > 0 && random.chance(0.4)) {
        const many = Array.from({ length: random.below(3) }, () => value(depth - 1));
        return random.chance(0.5)
          ? many
          : Object.fromEntries(many.map((one) => [this.odd() ? "1" : random.pick(fields), one]));
      }
      const number = random.pick(plainScalars);
      return random.pick([
        true,
        null,
        "a",
        "\u2028",
        random.pick(scalars),
        /^-?\d+(\.\d+)?(e\d+)?$/i.test(number) ? `raw:${number}` : 7,
      ]);
    };
    const head = { apiVersion: "v1", kind: random.pick(kinds), metadata: { name: "web" } };
    if (random.chance(0.2))
      return { ...head, items: this.odd() ? value(2) : [value(2), { spec: value(2) }, head].slice(random.below(3)) };
    return { ...(this.odd() ? {} : head), spec: value(3) };
  }
}
