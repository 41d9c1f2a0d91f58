import assert from "node:assert/strict";
import { load } from "js-yaml";
import { ruleOf, rules } from "../../policy/evaluate/catalogue";
import { remediationKinds } from "../../systems/zen/permissions";
import { requirements } from "../../systems/zen/profiles";
import { section } from "../support/documents/document";
import { rows } from "../support/documents/document-table";
import { textOf } from "../support/tree";

const controls = "docs/reference/zen-controls.md";

describe("documents: zen-controls.md", () => {
  it("[ZN-67] each control has the rules that carry it and what the profiles insist on", () => {
    const table = rows(section(controls, "Controls").text);
    assert.deepEqual(
      table.map(([id]) => id),
      ["SOC2 CC6.1", "SOC2 CC6.7", "ISO A.8.5", "ISO A.8.12"],
    );
    const wanted = {
      "SOC2 CC6.1": "rbac.mode",
      "SOC2 CC6.7": "networkPolicy.enabled",
      "ISO A.8.5": "tls.enabled",
      "ISO A.8.12": "networkPolicy.enabled",
    };
    for (const [id = "", , checks = "", insists = ""] of table) {
      const named = [...checks.matchAll(/\[([\w-]+)\]/g)].map(([, rule]) => rule as string);
      assert.deepEqual(
        named,
        rules.filter((rule) => rule.controls.includes(id)).map((rule) => rule.id),
      );
      assert.ok(named.length > 0 && insists.includes(`\`${wanted[id as keyof typeof wanted]}\``), id);
    }
  });

  it("[ZN-68] each threat has what answers it", () => {
    const table = rows(section(controls, "Threats").text);
    assert.deepEqual(
      table.map(([id]) => id),
      ["T1", "T2", "T3", "T8", "T9"],
    );
    for (const [id, text = "", checks = "", insists = ""] of table) {
      assert.ok(text.length > 10);
      const named = [...checks.matchAll(/\[([\w-]+)\]/g)].map(([, rule]) => rule as string);
      assert.ok(named.length > 0 && named.every((rule) => ruleOf(rule).controls.includes(`ZN ${id}`)), id);
      const asked = requirements.filter((one) => one.threats.includes(id as string));
      assert.ok(asked.length > 0 && asked.every((one) => insists.includes(one.feature)), id);
    }
  });
});

describe("documents: how to change zen", () => {
  it("[ZN-78] [ZN-47] changing the profile: refused first, met, switched, looked after", () => {
    const text = textOf("docs/how-to/change-zen-profile.md");
    assert.deepEqual(
      [...text.matchAll(/^\d\. \*\*(.*?)\*\*/gm)].map(([, step]) => step),
      ["Look at what would be refused.", "Meet it under the old profile.", "Switch.", "Look for what stopped."],
    );
    assert.match(text, /helm template zen-agent charts\/zen-agent .*--set profile=gitops/);
    for (const { keys: named, production } of requirements)
      if (production && named[0] !== "saas.externalSecret.enabled")
        assert.ok(text.includes(named[0]) || text.includes("mutual TLS"), named[0]);
  });

  it("[ZN-25] [ZN-03] adding a kind: its list is the default and one more", () => {
    const file = "docs/how-to/add-a-remediation-kind.md";
    const [, block = ""] = /^ {3}```yaml\n([\s\S]*?)^ {3}```/m.exec(textOf(file)) ?? [];
    const { rbac } = load(block) as { rbac: { remediationKinds: string[] } };
    assert.deepEqual(rbac.remediationKinds, [...remediationKinds, "ingresses.networking.k8s.io"]);
    for (const rule of ["rbac-workload-creation", "rbac-pod-creation", "rbac-escalation"]) {
      assert.ok(textOf(file).includes(`\`${rule}\``), rule);
      assert.equal(ruleOf(rule).id, rule);
    }
  });
});
