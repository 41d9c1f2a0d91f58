import assert from "node:assert/strict";
import { basename } from "node:path";
import { load } from "js-yaml";
import { digestOf, evidence, requirements, requirementsPage } from "../../cli/generate/requirements";
import { textOf } from "../support/tree";

/** What the sources say. A changed word is a changed demand: whoever changes one writes the new digest here, and a review asks why. */
const digests: Readonly<Record<string, string>> = {
  companyos: "d2ca9156fce4dcf49b65a88e0dcca3c91523d8705834b5a3e6af9cfc78c998ef",
  floe: "98833bd7842da00deb504ebd809f315fe942b6a0614fdbaaeb0976330a6a4ce8",
  mailroom: "a0022d7c7658ece4a530daed13565fc51f8d71b05ea8b71d7593ff10c26eb9cc",
  trevor: "ff4a816ffbaf886bc9d8fea66d4e10a7da739dd7df14e95a01b6fcfd81e16e54",
  zen: "3cfc65d8951fd87da4a7cde2f5f5f3838dd96338502de4b3c777d2078ccfda92",
};

const namesOf = (stacks: readonly { readonly name: string }[]): string[] => stacks.map(({ name }) => name);

describe("requirements", () => {
  const shown = evidence();
  const all = requirements();
  const isDocument = (file: string): boolean => file.endsWith(".md");

  for (const [source, rows] of all) {
    it(`${source}: ids are numbered without a gap, each with its text and how it is verified`, () => {
      for (const [index, [id, row]] of Object.entries(rows).entries()) {
        assert.equal(Number(id.replace(/^[A-Z]+-/, "")), index + 1, id);
        const { requirement, verify, difference, unmet, ...more } = row;
        assert.ok(requirement.length > 10 && verify.length > 1, id);
        for (const said of [difference, unmet]) if (said !== undefined) assert.match(said, /^.{10,}\.$/, id);
        assert.deepEqual(more, {}, id);
      }
    });
    it(`${source}: the texts are those of the source`, () => assert.equal(digestOf(rows), digests[source]));
    it(`${source}: a test shows every one of them that is met, with or without a document`, () => {
      const alone = Object.entries(rows).filter(
        ([id, { unmet }]) => !unmet && [...(shown.get(id) ?? [])].every(isDocument),
      );
      assert.deepEqual(
        alone.map(([id]) => id),
        [],
      );
    });
  }

  it("every one of the five sources has all of its rows", () =>
    assert.deepEqual(
      [...all].map(([source, rows]) => [source, Object.keys(rows).length]),
      [
        ["companyos", 63],
        ["floe", 122],
        ["mailroom", 55],
        ["trevor", 55],
        ["zen", 81],
      ],
    ));

  it("a row that is not met is told in the table, with its reason; of the other sources every row is met", () => {
    const open = [...all].flatMap(([source, rows]) =>
      Object.entries(rows).flatMap(([id, { unmet }]) => (unmet === undefined ? [] : [{ source, id, unmet }])),
    );
    assert.ok(open.every(({ source }) => source === "floe"));
    const page = requirementsPage();
    for (const { id, unmet } of open)
      assert.match(
        page,
        new RegExp(`^\\| ${id} \\| .* \\| \\*\\*Not met\\.\\*\\* ${unmet.replaceAll(/[^\w ]/g, ".{1,2}")}`, "m"),
        id,
      );
    assert.equal(page.match(/\*\*Not met\.\*\*/g)?.length ?? 0, open.length);
  });

  it("[FL-118] a row whose source wants nothing verified is about the source's own planning, and declared so", () => {
    const rows = all.get("floe") ?? {};
    const process = Object.entries(rows).filter(([, { verify }]) => verify === "none needed.");
    assert.deepEqual(
      process.map(([id]) => id),
      ["FL-118"],
    );
    assert.match(rows["FL-118"]?.requirement ?? "", /are process, not product\.$/);
    assert.match(rows["FL-118"]?.difference ?? "", /nothing is made of it\.$/);
  });

  it("[MR-01] [TR-01] rows that want a chart in another folder than it is in are declared, with that folder", () => {
    const rows = [...all.values()].flatMap((one) => Object.entries(one));
    const elsewhere = rows.filter(([, { requirement, verify }]) =>
      /\bhelm\/(?:mailroom|trevor)\b/.test(requirement + verify),
    );
    assert.ok(elsewhere.length >= 5, `${elsewhere.length}`);
    for (const [id, { difference = "" }] of elsewhere) assert.match(difference, /`charts\/(?:mailroom|trevor)`/, id);
  });

  it("a text without one of its words has another digest, one with a difference declared the same", () => {
    const row = { requirement: "It is run and compliant.", verify: "C: exit 0." };
    const digest = digestOf({ "COS-34": row });
    assert.notEqual(digestOf({ "COS-34": { ...row, requirement: "It is run." } }), digest);
    assert.notEqual(digestOf({ "COS-34": { ...row, verify: "C: exit." } }), digest);
    assert.equal(digestOf({ "COS-34": { ...row, difference: "Not run." } }), digest);
  });

  it("what a difference says of the shipped stacks and of the rules is so", () => {
    type Stack = { config: Record<string, { scans?: object; images?: Record<string, { unsigned?: string }> }> };
    const stacks = ["dev", "prod", "staging"].map((name) => {
      const { config } = load(textOf(`Pulumi.${name}.yaml`)) as Stack;
      const signed = Object.values(config["hardened:imageSignatures"]?.images ?? {});
      return { name, scans: config["hardened:policy"]?.scans, isSigned: signed.some((one) => !one.unsigned) };
    });
    const differences = Object.assign({}, ...[...all.values()]) as Record<string, { difference?: string }>;
    const says = (id: string): string => differences[id]?.difference ?? "";
    assert.deepEqual([stacks.filter((one) => one.scans), stacks.filter((one) => one.isSigned)].map(namesOf), [
      ["prod", "staging"],
      ["prod", "staging"],
    ]);
    for (const id of ["COS-13", "COS-15", "COS-59"])
      assert.match(says(id), /staging and prod, which have to|as staging and prod have to/, id);
    for (const { difference = "" } of Object.values(differences))
      assert.doesNotMatch(difference, /No stack here|no hook/);
    // The pack asks for both by now: its rules have a case for each.
    assert.deepEqual([says("COS-02"), says("COS-04")], ["", ""]);
    assert.match(says("MR-07"), /`npm run hooks`/);
    assert.match(textOf("package.json"), /"hooks": /);
  });

  it("what a document is asked for, a test that reads it checks", () => {
    const unread = [...shown].flatMap(([id, files]) => {
      const tests = [...files].filter((file) => !isDocument(file)).map(textOf);
      const documents = [...files].filter(isDocument);
      return documents
        .filter((file) => !tests.some((text) => text.includes(file) || text.includes(`"${basename(file)}"`)))
        .map((file) => `${id} ${file}`);
    });
    assert.deepEqual(unread, []);
  });

  it("nothing shows a requirement that there is not", () => {
    const known = new Set([...all.values()].flatMap((rows) => Object.keys(rows)));
    const prefixes = new Set([...known].map((id) => id.replace(/\d+$/, "")));
    const strange = [...shown.keys()].filter((id) => prefixes.has(id.replace(/\d+$/, "")) && !known.has(id));
    assert.deepEqual(strange, []);
  });
});
