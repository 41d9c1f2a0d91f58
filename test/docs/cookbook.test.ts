import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { commands } from "../../cli/generate/commands";
import { readTargets } from "../../cli/operations/security-targets";
import { root, textOf } from "../support/tree";

const page = textOf("docs/how-to/cookbook.md");
const map = textOf("docs/explanation/evidence-map.md");
const known = new Map(commands().map(({ words, command }) => [words.replace(/^hardened /, ""), command]));

/** Every line of the cookbook that starts a command of ours. */
const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block]) => (block as string).split("\n"))
  .filter((line) => line.startsWith("bin/hardened "));
const inText = [...page.matchAll(/`(?:bin\/)?hardened ([^`]+)`/g)].map(([, words]) => `bin/hardened ${words}`);

describe("cookbook", function () {
  this.timeout(60_000);

  it("[COS-53] every command in it exists in the command line, with its options and choices", () => {
    assert.ok(lines.length >= 9, String(lines.length));
    for (const line of [...lines, ...inText]) {
      const [name = "", ...words] = line.split(" ").slice(1);
      const command = known.get(name);
      assert.ok(command, line);
      const options = words.filter((word) => word.startsWith("--"));
      assert.deepEqual(
        options.filter((option) => !command.options.some(({ long }) => long === option)),
        [],
        line,
      );
      const choices = command.registeredArguments[0]?.argChoices;
      if (choices) assert.ok(choices.includes(words[0] ?? ""), line);
    }
  });

  it("[COS-53] has a recipe for every experiment", () => {
    for (const experiment of known.get("drill")?.registeredArguments[0]?.argChoices ?? [])
      assert.ok(
        lines.some((line) => line.startsWith(`bin/hardened drill ${experiment} `)),
        experiment,
      );
  });

  it("[COS-53] what needs no cluster says what the page says", () => {
    const [, recipe = ""] = page.split("<!-- needs no cluster -->");
    const block = (language: string): string =>
      new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "m").exec(recipe)?.[1] ?? "";
    const folder = mkdtempSync(join(tmpdir(), "cookbook-"));
    try {
      for (const name of ["bin", "charts"]) symlinkSync(join(root, name), join(folder, name));
      writeFileSync(join(folder, "values.yaml"), block("yaml"));
      const said = execFileSync("bash", ["-c", block("sh")], { cwd: folder, encoding: "utf8" });
      assert.equal(said, block("text"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("says of production what the command says", () => {
    const { stderr, status } = spawnSync(join(root, "bin/hardened"), ["drill", "pod-kill", "--stack", "prod"], {
      encoding: "utf8",
      cwd: root,
    });
    assert.equal(status, 2);
    assert.equal(stderr.trim(), "stack prod is prod: say so with --confirm prod");
    assert.ok(page.includes(stderr.trim()));
  });

  it("its settings are a stack's own", () => {
    const slo = load(/```yaml\n(hardened:slo:[\s\S]*?)```/.exec(page)?.[1] ?? "") as object;
    assert.deepEqual(slo, { "hardened:slo": { target: 99.9, maxBudgetPerDrill: 100 } });
  });
});

describe("evidence map", () => {
  it("[COS-37] has a file for every control a review asks for, and for every kind of evidence the commands write", () => {
    for (const control of ["Pod security", "Signatures", "Secrets", "Vulnerability scans", "CIS"])
      assert.match(map, new RegExp(`^\\| ${control}[^|]*\\|[^|]+\\|[^|]*\\S[^|]*\\|`, "m"), control);
    for (const kind of ["checks", "pod-security", "cis", "drill", "load"])
      assert.ok(map.includes(`\`*-${kind}-`), kind);
  });

  it("[COS-40] its table of targets is the file the commands read", () => {
    const { benchmark, podSecurity } = readTargets();
    assert.match(map, new RegExp(`\\| benchmark +\\| ${benchmark.name} ${benchmark.version}, ${benchmark.id} +\\|`));
    assert.match(map, new RegExp(`\\| scope +\\| sections ${benchmark.scope.join(", ")} +\\|`));
    assert.match(map, new RegExp(`\\| Pod Security +\\| ${podSecurity.level}, ${podSecurity.version} +\\|`));
  });

  it("[COS-55] names every field of the review record", () => {
    const targets = readTargets();
    for (const part of ["approvals", "reviews"] as const)
      for (const who of Object.keys(targets[part])) assert.ok(map.includes(`\`${part}.${who}\``), `${part}.${who}`);
  });

  it("the Job of kube-bench is where the cookbook says", () =>
    assert.ok(existsSync(join(root, "charts/examples/kube-bench.yaml"))));
});
