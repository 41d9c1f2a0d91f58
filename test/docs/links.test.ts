import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { filesBelow, root, sourceFolders, textOf } from "../support/tree";

const documents = filesBelow([""], [".md"]);

/** Text without what is quoted as code. */
const prose = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "`code`");

/** Anchor GitHub gives a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
const anchors = (file: string): string[] =>
  [
    ...textOf(file)
      .replaceAll(/^```[\s\S]*?^```/gm, "")
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, heading]) => anchor(heading as string));

/** Links of a document: those to files of the checkout, and those to elsewhere. */
const linksOf = (file: string): string[] =>
  [...prose(textOf(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);

describe("links in the documentation", () => {
  it("there are some", () => assert.ok(documents.flatMap(linksOf).length > 50));

  for (const file of documents.filter((one) => linksOf(one).length > 0)) {
    it(`${file}: every link leads somewhere`, () => {
      const dead = linksOf(file).filter((link) => {
        if (/^[a-z]+:/.test(link)) return !/^https:\/\/[a-z0-9.-]+\.[a-z]+(\/|$)/.test(link);
        const [path = "", fragment] = link.split("#");
        const target = path === "" ? file : relative(root, join(root, dirname(file), path));
        if (!existsSync(join(root, target))) return true;
        return fragment !== undefined && !anchors(target).includes(fragment);
      });
      assert.deepEqual(dead, []);
    });
  }

  it("source files that a page names, in a diagram or as code, are there", () => {
    const named = new RegExp(
      `(?<![\\w/.-])(?:${[...sourceFolders, "test"].join("|")})/[\\w./-]+\\.(?:ts|js|go)\\b`,
      "g",
    );
    const missing = documents.flatMap((file) =>
      [...textOf(file).matchAll(named)].flatMap(([path]) => (existsSync(join(root, path)) ? [] : [`${file}: ${path}`])),
    );
    assert.deepEqual(missing, []);
  });

  it("pages that the program, a chart or a script names, and sections of them, are there", () => {
    const sources = ["index.ts", ...filesBelow([...sourceFolders, ".ci"], [""])].filter(
      (file) => !/\.(?:md|sum)$/.test(file),
    );
    const named = /(?<![\w/.-])(?:docs\/[\w-]+|charts|systems|policy)\/[\w./-]+\.md(?:#[\w-]+(?![\w-]|\$\{))?/g;
    const told = sources.flatMap((file) => [...textOf(file).matchAll(named)].map(([page]) => ({ file, page })));
    assert.ok(told.length > 20, `${told.length}`);
    const upstream = ["docs/cri/config.md"]; // containerd's
    const missing = told.filter(({ page }) => {
      if (upstream.includes(page)) return false;
      const [path = "", section] = page.split("#");
      return !existsSync(join(root, path)) || (section !== undefined && !anchors(path).includes(section));
    });
    assert.deepEqual(missing, []);
  });

  it("every page of docs is linked from another", () => {
    const targets = new Set(
      documents.flatMap((file) =>
        linksOf(file)
          .filter((link) => !/^[a-z]+:/.test(link))
          .map((link) => relative(root, join(root, dirname(file), link.split("#")[0] ?? ""))),
      ),
    );
    const reached = (file: string): boolean => targets.has(file) || targets.has(dirname(file));
    assert.deepEqual(
      filesBelow(["docs"], [".md"]).filter((file) => !reached(file)),
      [],
    );
  });
});

describe("decisions", () => {
  const records = filesBelow(["docs/adr"], [".md"]);

  it("are numbered without a gap", () =>
    assert.deepEqual(
      records.map((file) => Number(file.slice("docs/adr/".length, "docs/adr/".length + 4))),
      records.map((_, index) => index + 1),
    ));

  for (const file of records)
    it(`${file} is one page that says what was decided, why, and what follows`, () => {
      const text = textOf(file);
      assert.match(text, new RegExp(`^# ${Number(file.slice(9, 13))}\\. `));
      for (const part of ["Decision", "Why"]) assert.match(text, new RegExp(`\\*\\*${part}\\.\\*\\*`), part);
      assert.ok(text.split("\n").length <= 40);
    });
});
