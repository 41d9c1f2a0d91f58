import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import { charts, only, type Rendered, refusal, render } from "./helm";

/** Single templates of the library, in a chart of someone else's that has no schema: what is refused there is refused by the library. */

type Tree = Readonly<Record<string, unknown>>;
export interface Library {
  /** The one object that a template gives, for a release `shop` in namespace `web`. */
  readonly object: (template: string, given: Tree, apis?: readonly string[]) => Promise<Rendered>;
  /** The text of a template that gives no object. */
  readonly word: (template: string, given: Tree, apis?: readonly string[]) => Promise<string | undefined>;
  /** What a template says is wrong, a problem a line. */
  readonly problems: (template: string, given: Tree, apis?: readonly string[]) => Promise<string[]>;
}

const text = `{{- $given := deepCopy .Values.given }}
{{- with $given.pod }}
{{- $_ := set . "root" $ }}
{{- range .containers }}{{ $_ := set . "root" $ }}{{ end }}
{{- end }}
{{- $text := include .Values.template (set $given "root" .) }}
{{ ternary $text (dict "kind" "Word" "data" (dict "text" $text) | toYaml) (eq .Values.word false) }}
`;

/** Makes the chart before the tests of a file and takes it away after them. */
export function useLibrary(): Library {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "library-"));
    for (const name of ["templates", "charts"]) mkdirSync(join(folder, name));
    symlinkSync(join(charts, "hardened"), join(folder, "charts/hardened"));
    const dependencies = [{ name: "hardened", version: "0.1.0" }];
    const about = { apiVersion: "v2", name: "theirs", version: "0.1.0", appVersion: "1.0", dependencies };
    writeFileSync(join(folder, "Chart.yaml"), dump(about));
    writeFileSync(join(folder, "values.yaml"), dump({ chartDigest: "", word: false }));
    writeFileSync(join(folder, "templates/all.yaml"), text);
  });
  after(() => rmSync(folder, { recursive: true }));
  const setting = (template: string, given: Tree, apis: readonly string[], word = false) => ({
    chart: folder,
    release: "shop",
    namespace: "web",
    values: { template: `hardened.${template}`, given, word },
    args: apis.flatMap((api) => ["--api-versions", api]),
  });
  return {
    object: async (template, given, apis = []) => {
      const objects = await render(setting(template, given, apis));
      return only(objects, objects[0]?.kind ?? "");
    },
    word: async (template, given, apis = []) => (await render(setting(template, given, apis, true)))[0]?.data.text,
    problems: async (template, given, apis = []) => {
      const said = await refusal(setting(template, given, apis));
      const [first = "", ...rest] = said.slice(said.indexOf("Error: ")).split("\n");
      assert.match(first, /execution error at \(theirs\/templates\/all\.yaml:/, said);
      return rest.slice(0, rest.indexOf(""));
    },
  };
}

/** Labels of every object of the chart, and those that a selector holds. */
export const selected = (component: string) => ({
  "app.kubernetes.io/name": "theirs",
  "app.kubernetes.io/instance": "shop",
  "app.kubernetes.io/component": component,
});
