import { strict as assert } from "node:assert";
import { definitionTemplate } from "../../../operations/scaffold/files";
import { nameProblems, namesOf } from "../../../operations/scaffold/names";
import { isRegistered, registryFile, withSystem } from "../../../operations/scaffold/registry";
import { textOf } from "../../support/tree";

const registry = textOf(registryFile);
const label = /^a name is lower-case letters, digits and "-", begins with a letter/;

describe("a new system's name", () => {
  for (const name of ["web", "mail-archive", "web2", "new", "a", "a".repeat(53)])
    it(`${name} is good`, () => assert.deepEqual(nameProblems(name), []));

  for (const [name, ...words] of [
    ["Mail", label],
    ["mail_archive", label],
    ["2fa", label],
    ["mail-", label],
    ["-mail", label],
    ["../mail", label],
    ["", label],
    ["mail--archive", /no "--"/],
    ["a".repeat(54), /^54 characters; the name of a Helm release has at most 53$/],
    [`${"a".repeat(60)}_`, label, /^61 characters/],
    ["environment", /^hardened:environment is a key of every stack's file$/],
    ["cluster", /hardened:cluster/],
    ["policy", /hardened:policy/],
    ["slo", /hardened:slo/],
    ["constructor", /JavaScript/],
    ["null", /YAML/],
    ["on", /YAML/],
    ["default", /every cluster has a namespace of that name/],
    ["kube-system", /every cluster/],
  ] as const)
    it(`${JSON.stringify(name)} is refused with each reason`, () => {
      const problems = nameProblems(name);
      assert.equal(problems.length, words.length, problems.join("\n"));
      for (const [index, problem] of problems.entries()) assert.match(problem, words[index] as RegExp);
    });

  for (const [name, identifier, type, tokenKey] of [
    ["ledger", "ledger", "Ledger", "LEDGER_TOKEN"],
    ["mail-archive-2", "mailArchive2", "MailArchive2", "MAIL_ARCHIVE_2_TOKEN"],
    ["new", "newSystem", "New", "NEW_TOKEN"],
    ["await", "awaitSystem", "Await", "AWAIT_TOKEN"],
    ["require", "requireSystem", "Require", "REQUIRE_TOKEN"],
    // taken by the registry, and by the definition itself
    ["all", "allSystem", "All", "ALL_TOKEN"],
    ["enabled-systems", "enabledSystemsSystem", "EnabledSystems", "ENABLED_SYSTEMS_TOKEN"],
    ["define-system", "defineSystemSystem", "DefineSystem", "DEFINE_SYSTEM_TOKEN"],
  ] as const)
    it(`${name} gives the identifier ${identifier}`, () => {
      const names = namesOf(name, `${registry}\n${definitionTemplate()}`);
      assert.deepEqual([names.identifier, names.type, names.tokenKey], [identifier, type, tokenKey]);
    });
});

describe("the registry with one more system", () => {
  const names = { name: "mail-archive", identifier: "mailArchive" };

  it("imports it and has it last, and nothing else changes", () => {
    const more = withSystem(registry, names);
    const added = more.split("\n").filter((line) => !registry.includes(line));
    assert.equal(added.length, 2, added.join("\n"));
    assert.equal(added[0], 'import { mailArchive } from "./mail-archive/definition";');
    assert.match(added[1] ?? "", /^const all: .* = \[.*\w, mailArchive\];$/);
    assert.deepEqual([isRegistered(registry, names.name), isRegistered(more, names.name)], [false, true]);
  });

  it("takes a list over several lines, with a comma at its end", () => {
    const [, before, inside] = /(const all: .* = \[)(.*)\];/.exec(registry) ?? [];
    const long = registry.replace(`${before}${inside}]`, `${before}\n  ${inside?.replaceAll(", ", ",\n  ")},\n]`);
    assert.notEqual(long, registry);
    assert.equal(withSystem(long, names), withSystem(registry, names));
  });

  it("is refused with the fix when the file is not as expected", () => {
    assert.throws(() => withSystem(registry.replace("const all:", "const every:"), names), {
      name: "UserError",
      message: /^systems\/registry\.ts is not as expected: it has no list .*git checkout systems\/registry\.ts/,
    });
    assert.throws(() => withSystem(registry.replaceAll(/^import .*\n/gm, ""), names), { message: /it has no imports/ });
  });
});
