import { strict as assert } from "node:assert";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fullNames } from "../policy/images/hosts";
import { useHelm } from "../policy/support/helm";
import { charts, render } from "./support/helm";

describe("charts/zen-agent: names of images", () => {
  let folder = "";
  before(() => {
    useHelm();
    folder = mkdtempSync(join(tmpdir(), "zen-images-"));
    mkdirSync(join(folder, "templates"));
    copyFileSync(join(charts, "zen-agent/templates/_images.tpl"), join(folder, "templates/_images.tpl"));
    writeFileSync(join(folder, "Chart.yaml"), "{ apiVersion: v2, name: theirs, version: 0.1.0 }\n");
    const names = '{{ range .Values.names }}\n  - {{ include "zen-agent.fullRepository" . | quote }}{{ end }}';
    writeFileSync(join(folder, "templates/all.yaml"), `kind: Names\nmetadata: { name: names }\nlist:${names}\n`);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("[ZN-64] a template completes a name as the policy pack does: the host's case, its default port, and every host of Docker Hub", async () => {
    const [found] = await render({ chart: folder, values: { names: fullNames.map(([repository]) => repository) } });
    const { list } = found as unknown as { list: string[] };
    assert.deepEqual(
      fullNames.map(([repository], index) => [repository, list[index]]),
      fullNames,
    );
  });
});
