import assert from "node:assert/strict";
import { commands } from "../../cli/generate/commands";
import { program } from "../../cli/main";
import { filesBelow, textOf } from "../support/tree";

const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
const documents = filesBelow([""], [".md"]);
const known = commands(program).map(({ words }) => words.replace(/^hardened /, ""));
/** Whether words after `hardened` begin with a command: of "floe helm lint" all three words are its name. */
const isCommand = (words: string): boolean => known.some((name) => `${words} `.startsWith(`${name} `));

/** Everything a pattern's first group matches in the documentation, with the file. */
const mentioned = (pattern: RegExp): [file: string, word: string][] =>
  documents.flatMap((file) =>
    [...textOf(file).matchAll(pattern)].map(([, word]): [string, string] => [file, word as string]),
  );

describe("commands in the documentation", () => {
  it("every npm script that is named exists", () => {
    const wrong = mentioned(/\bnpm run (?:-s )?([a-z][a-z:]*)/g).filter(([, name]) => !(name in scripts));
    assert.deepEqual(wrong, []);
  });

  it("every command of hardened that is named exists", () => {
    const named = [
      ...mentioned(/(?:bin\/hardened|`hardened) ([a-z]+(?: [a-z]+){0,2})/g),
      ...mentioned(/bin\/(floe(?: [a-z]+){1,2})/g), // `floe …` is `hardened floe …`
    ];
    const wrong = named.filter(([, name]) => !isCommand(name));
    assert.deepEqual(wrong, []);
  });

  it("the README names every npm script, and every npm script that starts a command names one that exists", () => {
    const readme = textOf("README.md");
    const missing = Object.keys(scripts).filter(
      (name) => !/^(pre|post)[a-z]/.test(name) && !new RegExp(`npm (run )?${name}\\b`).test(readme),
    );
    assert.deepEqual(
      missing.filter((name) => name !== "preview" || !readme.includes("npm run preview")),
      [],
    );
    for (const [name, line] of Object.entries(scripts)) {
      const command = /bin\/hardened ([a-z]+(?: [a-z]+)?)/.exec(line)?.[1];
      assert.ok(command === undefined || isCommand(command), name);
    }
  });

  it("the README names every command, but for those that programs use", () => {
    const readme = textOf("README.md");
    assert.deepEqual(
      known.filter((name) => name !== "pss" && !readme.includes(`bin/hardened ${name}`)),
      [],
    );
  });

  it("the first two commands are the two a newcomer needs", () =>
    assert.deepEqual([...textOf("README.md").matchAll(/^npm [a-z]+$/gm)].map(String).slice(0, 2), [
      "npm start",
      "npm test",
    ]));
});

describe("doctor", () => {
  it("every check has a section in troubleshooting", () => {
    const calls = [
      ...textOf("operations/stack/doctor.ts").matchAll(
        /\b(?:ok|failed|warning|tool|plugin)\(\s*["`]([a-z -]+?)(?: \$\{[^}]*\})?["`]/g,
      ),
    ];
    const checks = [...new Set(calls.map(([, name]) => name as string))];
    assert.ok(checks.length >= 12, checks.join(", "));
    const sections = [...textOf("docs/how-to/troubleshoot.md").matchAll(/^## (.+)$/gm)].map(([, name]) => name);
    assert.deepEqual(
      checks.filter((name) => !sections.includes(name)),
      [],
    );
  });
});
