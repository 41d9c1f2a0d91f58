import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump, load, loadAll } from "js-yaml";
import { commands } from "../../cli/generate/commands";
import { program } from "../../cli/main";
import { readTargets } from "../../operations/readiness/security-targets";
import { headings, over, printsAsShown, type Section, section } from "../support/documents/document";
import { filesBelow, root, textOf } from "../support/tree";

const cookbook = "docs/how-to/cookbook.md";
const page = textOf(cookbook);
const map = textOf("docs/explanation/evidence-map.md");
const known = new Map(commands(program).map(({ words, command }) => [words.replace(/^hardened /, ""), command]));

/** Every line of the cookbook that starts a command of ours. */
const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block]) => (block as string).split("\n"))
  .filter((line) => line.startsWith("bin/hardened "));
const inText = [...page.matchAll(/`(?:bin\/)?hardened ([^`]+)`/g)].map(([, words]) => `bin/hardened ${words}`);

/** Runs the commands of a section beside its file `values.yaml` or `my-values.yaml`: what they print, and what the page shows. Each ends with its code. */
function inFolder({ commands, block }: Section, codes: readonly number[]): [printed: string, shown: string] {
  const folder = mkdtempSync(join(tmpdir(), "cookbook-"));
  try {
    for (const name of ["bin", "charts"]) symlinkSync(join(root, name), join(folder, name));
    const [, file = ""] = /--values (\S+)/.exec(commands.join("\n")) ?? [];
    writeFileSync(join(folder, file), block("yaml"));
    const done = commands.map((line) => spawnSync("bash", ["-c", line], { cwd: folder, encoding: "utf8" }));
    assert.deepEqual(
      done.map(({ status }) => status),
      codes,
    );
    return [done.map(({ stdout }) => stdout).join(""), block("text")];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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

  it("[COS-53] what needs no cluster says what the page says", () =>
    printsAsShown(...inFolder(section(cookbook, "Find the gaps of a chart"), [0])));

  it("[COS-53] a test runs every recipe with a command, by its name", () => {
    const alone = headings(cookbook).filter((heading) => section(cookbook, heading).commands.length > 0);
    assert.ok(alone.length >= 11, alone.join(", "));
    const runs = [
      textOf("test/docs/cookbook.slow.test.ts"),
      ...["drill", "ready"].map((name) => textOf(`test/e2e/${name}.e2e.ts`)),
    ];
    const isRun = (heading: string): boolean =>
      runs.some((text) => new RegExp(`(?:\\bcookbook, |\\b(?:recipe|done)\\(\\s*)"${heading}"`).test(text));
    assert.deepEqual(
      alone.filter((heading) => !isRun(heading)),
      [],
    );
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

  it("[COS-34] [COS-53] its report of the CIS benchmark is what the command says of reports with these items: of every section in scope", () => {
    const folder = mkdtempSync(join(tmpdir(), "cookbook-"));
    try {
      symlinkSync(join(root, "bin"), join(folder, "bin"));
      // A waiver ends one day, and this test does not.
      const recipe = section(cookbook, "Run the CIS benchmark", [
        [".hardened/evidence/<stack>", "evidence"],
        ["<stack>", "dev"],
        ["2027-01-31", "2999-01-31"],
      ]);
      const said = recipe.block("text");
      const waivers = [...said.matchAll(/^waived (\S+) until (\S+): (.+) \((.+)\)$/gm)].map(
        ([, id = "", expires = "", reason = "", owner = ""]) => ({ id, expires, reason, owner }),
      );
      const { benchmark, ...targets } = readTargets();
      writeFileSync(join(folder, "targets.yaml"), dump({ ...targets, benchmark: { ...benchmark, waivers } }));
      // A failure counts by its item; what is left of the counts are other items of the section.
      const controls = [...said.matchAll(/^(\d) +yes +(\d+) +(\d+) +(\d+) +(\d+)$/gm)].map((row) => {
        const [section = 0, pass = 0, fail = 0, , manual = 0] = row.slice(1).map(Number);
        const waived = waivers.find(({ id }) => id.startsWith(`${section}.`))?.id ?? "";
        const some = (status: string, count: number, test_number = `${section}.0.0`): object[] =>
          Array.from({ length: count }, () => ({ test_number, test_desc: "", status }));
        const results = [...some("PASS", pass), ...some("FAIL", fail, waived), ...some("WARN", manual)];
        return { id: String(section), version: benchmark.id, detected_version: "1.36", tests: [{ results }] };
      });
      const write = (name: string, Controls: object[]): void =>
        writeFileSync(join(folder, `${name}.json`), JSON.stringify({ Controls }));
      write("control-plane-4b7xk", controls.slice(0, -1));
      write("nodes-9c2wd", controls.slice(-1));
      const line = `${recipe.commands.at(-1)} --targets targets.yaml --evidence evidence`;
      const { stdout, status, stderr } = spawnSync("bash", ["-c", line], { cwd: folder, encoding: "utf8" });
      assert.equal(status, 0, stderr);
      printsAsShown(stdout, said);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("[COS-53] the commands before it name what the Job has: its file, namespace and the beginnings of its pods' names", () => {
    const { commands } = section(cookbook, "Run the CIS benchmark");
    const lines = commands.join("\n");
    const [, file = ""] = /apply -f (\S+)/.exec(lines) ?? [];
    const [space, ...jobs] = loadAll(textOf(file)) as { metadata: { name: string; namespace?: string } }[];
    assert.deepEqual(
      [...lines.matchAll(/-n (\S+)/g)].map(([, name]) => name),
      Array(3).fill(space?.metadata.name),
    );
    assert.ok(lines.includes(`kubectl delete namespace ${space?.metadata.name}\n`));
    for (const { metadata } of jobs) {
      assert.equal(metadata.namespace, space?.metadata.name);
      assert.ok(commands.at(-1)?.includes(` ${metadata.name}-*.json`), metadata.name);
    }
  });

  it("its settings are a stack's own", () => {
    const slo = load(section(cookbook, "Before the first drill").block("yaml")) as object;
    assert.deepEqual(slo, { "hardened:slo": { target: 99.9, maxBudgetPerDrill: 100 } });
  });
});

describe("adoption guide", function () {
  this.timeout(60_000);
  const guide = "docs/how-to/adopt-the-hardened-chart.md";

  it("[COS-60] the audit says what the page says, and after all steps it is empty", () => {
    const audit = section(guide, "1. Audit");
    printsAsShown(...inFolder(audit, [1, 0]));
    const values = over(load(audit.block("yaml")) as Record<string, unknown>, {
      services: { orders: { autoscaling: { enabled: true } } },
    });
    const [command = ""] = audit.commands;
    const [printed] = inFolder({ ...audit, commands: [command], block: () => dump(values) }, [0]);
    assert.match(printed, /^1 chart evaluated, 0 gaps$/m);
  });

  it("[COS-60] a test runs every step with a command or lines for the stack's file, by its name", () => {
    const steps = headings(guide).filter((one) => /```(?:sh|yaml)/.test(section(guide, one).text));
    assert.equal(steps.length, 9);
    const runs = textOf("test/docs/cookbook.slow.test.ts") + textOf("test/e2e/alone/companyos-adopt.e2e.ts");
    assert.deepEqual(
      steps.filter((one) => !runs.includes(`"${one}")`)),
      [],
    );
  });
});

describe("evidence map", () => {
  it("[COS-37] has a file for every control a review asks for, and for every kind of evidence the commands write", () => {
    for (const control of [
      "Pod security",
      "Signatures",
      "Secrets",
      "Vulnerability scans",
      "CIS sections 1 to 4",
      "CIS section 5",
    ])
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

  it("[COS-40] nothing is said to be agreed while nobody has signed", () => {
    if (Object.values(readTargets().approvals).every(({ name, date }) => name !== "" && date !== "")) return;
    for (const file of ["README.md", "CONTRIBUTING.md", ...filesBelow(["docs"], [".md"])].filter(
      (one) => !one.startsWith("docs/requirements"), // what is asked for, not what is
    ))
      assert.doesNotMatch(textOf(file), /\bAgreed\b|(?<!To be )\bagreed (?:between|by|with|on)\b/, file);
  });

  it("[COS-55] names every field of the review record", () => {
    const targets = readTargets();
    for (const part of ["approvals", "reviews"] as const)
      for (const who of Object.keys(targets[part])) assert.ok(map.includes(`\`${part}.${who}\``), `${part}.${who}`);
  });

  it("the Job of kube-bench is where the cookbook says", () =>
    assert.ok(existsSync(join(root, "charts/examples/kube-bench.yaml"))));
});
