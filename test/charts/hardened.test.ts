import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { charts, helm, only, render, secrets } from "./support/helm";

const templates = join(charts, "hardened/templates");
const source = (): { name: string; text: string }[] =>
  readdirSync(templates).flatMap((file) =>
    readFileSync(join(templates, file), "utf8")
      .split(/^(?=\{\{\/\*)/m)
      .map((text) => ({
        name: /define "(.+?)"/.exec(text)?.[1] ?? assert.fail(`${file} holds more than templates`),
        text,
      })),
  );

describe("charts/hardened: the library", () => {
  it("[MR-36] every template is named after the library and says what it takes", () => {
    assert.ok(source().length >= 15);
    for (const { name, text } of source()) {
      assert.match(name, /^hardened\.[a-zA-Z]+$/);
      assert.match(text, /^\{\{\/\* [\s\S]*?Takes |\*\/\}\}\n\{\{- define "hardened\.containerSecurityContext"/, name);
    }
  });

  it("the README lists every template, and every one is used", () => {
    const listed =
      readFileSync(join(charts, "hardened/README.md"), "utf8").match(/(?<=`)hardened\.[a-zA-Z]+(?=`)/g) ?? [];
    const names = source().map(({ name }) => name);
    assert.deepEqual([...new Set(listed)].sort(), names.sort());
    const used = execFileSync("grep", ["-rhoE", 'include "hardened\\.[a-zA-Z]+"', charts], { encoding: "utf8" });
    for (const name of names) assert.ok(used.includes(`include "${name}"`), `nobody uses ${name}`);
  });

  it("templates are short: half of them at most 30 lines, none more than 100", () => {
    const lengths = source()
      .map(({ text }) => text.trimEnd().split("\n").length)
      .sort((a, b) => a - b);
    assert.ok((lengths[Math.floor(lengths.length / 2)] as number) <= 30);
    assert.ok((lengths.at(-1) as number) <= 100);
  });

  it("names no system", () => {
    const systems = readdirSync(charts).filter(
      (chart) => !["hardened", "examples", "service", "monitoring"].includes(chart),
    );
    assert.ok(systems.includes("mailroom"));
    for (const { name, text } of source()) {
      for (const system of systems) assert.ok(!text.toLowerCase().includes(system), `${name} names ${system}`);
    }
  });

  it("reaches every chart through a link, in a plain clone, without any helm dependency command", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clone-"));
    try {
      const root = join(charts, "..");
      const tracked = execFileSync("git", ["ls-files", "-z", "charts"], { cwd: root });
      execFileSync("cp", ["-P", "--parents", "-t", folder, ...tracked.toString().split("\0").filter(Boolean)], {
        cwd: root,
      });
      const objects = await render({ chart: join(folder, "charts/mailroom"), values: { secrets } });
      assert.ok(only(objects, "Deployment"));
      const { code, stdout } = await helm(["dependency", "list", join(folder, "charts/mailroom")]);
      assert.equal(code, 0);
      assert.match(stdout, /hardened\s+0\.1\.0\s+unpacked/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
