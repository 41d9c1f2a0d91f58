import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { evaluateChart } from "../../../policy/evaluate/evaluate-chart";
import { chartFiles, configMapText } from "../support/chart-files";
import { useHelm } from "../support/helm";
import { requestOf } from "../support/helm-template";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
/** Nobody's token, put together here so that no scanner takes this file for a leak. */
const token = ["fmu1", "0123456789abcdef0123"].join("-");

describe("values files of packed charts", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    useHelm();
    folder = mkdtempSync(join(tmpdir(), "packed-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }
  const pack = (name: string, into: string): void => {
    mkdirSync(dirname(join(folder, into)), { recursive: true });
    execFileSync("tar", ["-czf", join(folder, into), "-C", folder, name]);
  };

  it("[MR-28] are asked for credentials, nested ones too, and told with file and line", async () => {
    const about = (name: string) => `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`;
    write(chartFiles({ "Chart.yaml": about("inner"), "values.yaml": `a: 1\nmail:\n  token: ${token}\n` }, "inner"));
    write(chartFiles({ "Chart.yaml": about("middle"), "values.yaml": "b: 1\n" }, "middle"));
    pack("inner", "middle/charts/inner-0.1.0.tgz");
    write(chartFiles({ "templates/map.yaml": configMapText('  a: "b"\n') }));
    pack("middle", "web/charts/middle-0.1.0.tgz");
    pack("web", "web-0.1.0.tgz");
    for (const chart of ["web", "web-0.1.0.tgz"]) {
      const { verdict } = await evaluateChart(requestOf(join(folder, chart)), context);
      assert.deepEqual(
        verdict.findings.map(({ rule, file, field, line }) => [rule, file, field, line]),
        [["secret-in-values", "web/charts/middle/charts/inner/values.yaml", "mail.token", 3]],
      );
    }
  });
});
