import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../../policy/contract";
import { judgeChart } from "../../../policy/judge/judge-chart";
import { readChart } from "../../../policy/render/chart";
import { asksForUpgrade } from "../../../policy/render/chart-upgrade";
import { policySettings } from "../../../policy/settings/settings-schema";
import { chart, useHelm } from "../support/helm";
import { requestOf, ways, withWay } from "../support/helm-template";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n";
const pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: hidden}\nspec: {hostPID: true, containers: []}\n";

describe("what only an upgrade brings", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "upgrade-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A copy of the empty chart with one template. */
  function written(template: string, name = "empty"): string {
    const path = join(folder, name);
    cpSync(chart("empty"), path, { recursive: true });
    writeFileSync(join(path, "templates/all.yaml"), template);
    return path;
  }
  const judged = async (path: string, values: JsonObject = {}, settings = policySettings.parse({})) =>
    (await judgeChart(requestOf(path, values), { ...context, settings, now: new Date("2026-01-01") })).verdict;
  const rulesOf = async (path: string, values?: JsonObject) =>
    (await judged(path, values)).findings.map(({ rule }) => rule);

  for (const [how, condition] of [
    ["by its word", ".Release.IsUpgrade"],
    ["by the other word", "not .Release.IsInstall"],
    ["through the whole release", `get .Release (printf "Is%s" "Upgrade")`],
    ["from inside a block", "with $.Release }}{{ if .IsUpgrade"],
  ] as const) {
    for (const way of ways) {
      it(`[MR-54] is judged too, asked for ${how} (${way})`, () =>
        withWay(way, async () => {
          const ends = condition.startsWith("with") ? "{{ end }}{{ end }}" : "{{ end }}";
          const start = condition.startsWith("with") ? `{{ ${condition} }}` : `{{ if ${condition} }}`;
          const verdict = await judged(written(`${map}${start}\n${pod}${ends}`));
          const hidden = verdict.findings.filter(({ rule }) => rule === "host-namespaces");
          assert.deepEqual(
            hidden.map(({ object, field, file, line }) => [object.name, field, file, line]),
            [["hidden", "spec.hostPID", "empty/templates/all.yaml", 9]],
          );
          assert.equal(verdict.objects, 1);
        }));
    }
  }

  it("[MR-54] is judged too when a value brings it", async () => {
    const path = written(`${map}{{ tpl .Values.more . }}`);
    assert.ok(!(await rulesOf(path, { more: "" })).includes("host-namespaces"));
    assert.ok(
      (await rulesOf(path, { more: `{{ if .Release.IsUpgrade }}\n${pod}{{ end }}` })).includes("host-namespaces"),
    );
  });

  it("adds nothing to what an install breaks as well, nor an exemption that the install needs", async () => {
    const path = written(`${map}data: {upgrade: {{ .Release.IsUpgrade | quote }}}\n${pod}`);
    const once = await rulesOf(written(`${map}data: {upgrade: "false"}\n${pod}`, "plain"));
    assert.deepEqual(await rulesOf(path), once);
    const exemption = {
      rule: "host-namespaces",
      object: "Pod/hidden",
      reason: "only to show it here",
      owner: "me",
      expires: "2026-02-01",
    };
    const { findings, exempted } = await judged(path, {}, policySettings.parse({ exemptions: [exemption] }));
    assert.ok(!findings.some(({ rule }) => rule === "exemption-unused"));
    assert.equal(exempted?.length, 1);
  });

  it("is asked for by no chart that only names itself", () => {
    const asks = (template: string, values: object = {}) => {
      const path = written(template, `chart-${Math.random()}`.replace(".", ""));
      return asksForUpgrade(readChart(path), values);
    };
    assert.equal(
      asks("{{ .Release.Name }}{{ $.Release.Namespace }}{{ .Release.Service }}{{ .Release.Revision }}"),
      false,
    );
    assert.equal(asks(`{{ include "x" (dict "Release" $.Release "Chart" .Chart) }}`), false);
    assert.equal(asks(`{{ include "x" (dict "R" $.Release "Chart" .Chart) }}`), true);
    assert.equal(asks("{{ .Release }}"), true);
    assert.equal(asks("{{ .Release.NameOf }}"), true);
    assert.equal(asks("", { text: "{{ .Release.IsInstall }}" }), true);
  });
});
