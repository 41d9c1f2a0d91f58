import assert from "node:assert/strict";
import { load } from "js-yaml";
import { rules } from "../../policy/evaluate/catalogue";
import { textOf } from "../support/tree";

/** Every value that is no map, with its path; lists and empty maps are values. */
function leaves(value: unknown, path: string): [path: string, value: unknown][] {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

describe("reference of charts/service", () => {
  const page = textOf("docs/reference/service-chart.md");
  const rows = new Map(
    [...page.matchAll(/^\| `([\w.[\]<>]+)` \| .* \| (.*?) \| .* \|$/gm)].map(([, key, fallback]) => [key, fallback]),
  );

  it("[COS-52] has every value of the chart with the default that values.yaml gives it", () => {
    const { defaults, seccomp } = load(textOf("charts/service/values.yaml")) as Record<string, object>;
    const all = [...leaves(defaults, "defaults"), ...leaves(seccomp, "seccomp")];
    assert.ok(all.length > 40);
    for (const [path, value] of all) {
      // What the library shares has a line of its own shape: rules of network policies are shown as a list.
      const written = rows.get(path);
      assert.notEqual(written, undefined, path);
      if (typeof value === "object") continue;
      assert.equal(written, value === "" ? "empty" : `\`${String(value)}\``, path);
    }
  });

  it("[COS-51] the checklist has one item for each rule, linked to its section", () => {
    const items = [
      ...textOf("docs/reference/hardening-checklist.md").matchAll(/^- \[ \] \[(\S+)\]\(checks\.md#(\S+)\): .+\.$/gm),
    ];
    assert.deepEqual(items.map(([, id]) => id).sort(), rules.map(({ id }) => id).sort());
    const sections = [...textOf("docs/reference/checks.md").matchAll(/^## (.+)$/gm)].map(([, name]) => name);
    for (const [, id, anchor] of items) {
      assert.equal(anchor, id);
      assert.ok(sections.includes(anchor), anchor);
    }
  });

  it("[COS-60] the adoption guide keeps the order of the steps", () => {
    const steps = [...textOf("docs/how-to/adopt-the-hardened-chart.md").matchAll(/^## (\d)\. (.+)$/gm)];
    assert.deepEqual(
      steps.map(([, number, title]) => `${number} ${title}`),
      [
        "1 Audit",
        "2 Resources",
        "3 Probes and budgets",
        "4 Security contexts",
        "5 External Secrets",
        "6 Autoscaling",
        "7 Chaos",
        "8 Compliance and documents",
      ],
    );
  });
});
