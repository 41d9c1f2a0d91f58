import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { reportText } from "../../../operations/validation/check";
import { reportOf } from "../../../operations/validation/evaluate-targets";
import { asked, settings } from "../support/ask";
import { useHelm } from "../support/helm";

/** A title, colours, a cleared screen, a turned direction, a moved cursor: whatever a chart says, a terminal, a log and a comment get text. */
describe("text of a chart", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hardened-hostile-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** As templates write it: escapes of Go, so that the YAML around them can be read. */
  const said = "\\x1b]0;owned\\x07\\x1b[2J\\u009b31m\\u202egnp\\u200b\\r@team";
  const bad = /[^\n\P{Cc}]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

  const chart = (files: Readonly<Record<string, string>>): string => {
    const all = { "Chart.yaml": "apiVersion: v2\nname: hostile\nversion: 0.1.0\n", ...files };
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, "charts/hostile", name)), { recursive: true });
      writeFileSync(join(folder, "charts/hostile", name), text);
    }
    return join(folder, "charts/hostile");
  };
  const pod = (name: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: "${name}"\nspec:\n  hostPID: true\n  containers:\n    - name: "${name}"\n      image: "${name}"\n`;

  const cases: [string, Readonly<Record<string, string>>][] = [
    ["in a message of fail", { "templates/a.yaml": `{{ fail "${said}" }}` }],
    [
      "in the names of objects, containers and images",
      { "templates/a.yaml": pod(said.replaceAll("\\u009b", "\\x9b")) },
    ],
    ["in the name of a template", { "templates/a\u001b[2J\u202e\u009b.yaml": pod("web") }],
    ["in a # Source: line of its own", { "templates/a.yaml": `---\n# Source: {{ "${said}" }}\n${pod("web")}` }],
    [
      "in keys of the values",
      { "values.yaml": `"${said}":\n  password: "correct horse battery"\n`, "templates/a.yaml": pod("web") },
    ],
    ["in what is no YAML", { "templates/a.yaml": `{{ "${said}" }}: [` }],
    ["in the notes", { "templates/NOTES.txt": `{{ "${said}" }}`, "templates/a.yaml": pod("web") }],
    ["in the kind", { "templates/a.yaml": `apiVersion: v1\nkind: "${said}"\nmetadata:\n  name: a\n` }],
  ];
  for (const [title, files] of cases) {
    it(`moves no cursor ${title}`, async () => {
      const target = { kind: "chart", folder: chart(files) } as const;
      const options = {
        values: [],
        namespace: "shop",
        profile: "prod",
        podSecurity: "latest",
        kubernetes: "1.36",
      } as const;
      const report = await reportOf([target], "charts/hostile", options);
      for (const format of ["human", "json", "markdown", "sarif", "junit", "openreports", "html"])
        assert.doesNotMatch(await reportText(report, { format }), bad, format);
      const { findings } = report.units[0]?.verdict ?? { findings: [] };
      assert.ok(findings.length + report.unjudged.length > 0);
      const release = { chart: "./charts/hostile", name: "web", namespace: "shop", values: {}, version: "0.1.0" };
      for (const [, message] of await asked("kubernetes:helm.sh/v3:Release", release, {
        ...settings(),
        projectRoot: folder,
      }))
        assert.doesNotMatch(message, /[\n\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    });
  }
});
