import { strict as assert } from "node:assert";
import { load } from "js-yaml";
import { checkStack, type SystemSchema } from "../../../config/stack-schema";
import type { Profile } from "../../../policy/rules/rule";
import { systems as systemSchemas } from "../../../systems/registry";
import { headings, over, section } from "../../support/documents/document";
import { supplyChain } from "../../support/supply-chain";
import { textOf } from "../../support/tree";

type Tree = Record<string, unknown>;
const own = { companyos: systemSchemas.companyos as SystemSchema };
const digest = `sha256:${"ad".repeat(32)}`;

function mistakes(companyos: Tree, environment: Profile): readonly string[] {
  const checked = checkStack("trial", { environment, cluster: { context: "here" }, companyos, ...supplyChain }, own);
  return "mistakes" in checked ? checked.mistakes : [];
}
const yamlOf = (page: string): Tree[] =>
  [...textOf(page).matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block]) => load(block as string) as Tree);

describe("companyos: what its documents show", () => {
  it("the README's example is what production takes", () => {
    const [{ config } = {}] = yamlOf("systems/companyos/README.md");
    const example = JSON.parse(
      JSON.stringify((config as Tree)["hardened:companyos"]).replace("sha256:…", digest),
    ) as Tree;
    assert.deepEqual(mistakes(example, "prod"), []);
  });

  const guide = "docs/how-to/adopt-the-hardened-chart.md";
  const steps = headings(guide).filter((heading) => /^\d\. /.test(heading));
  const image = { repository: "registry.example.com/orders", digest };

  it("[COS-60] each step of the adoption is valid by itself, and all of them together, in staging as in the trial", () => {
    const start = { services: { orders: { image, resources: "medium" } } };
    let all: Tree = start;
    const added = steps.filter((heading) => /^[2-6]\. /.test(heading));
    assert.equal(added.length, 5);
    for (const heading of added) {
      const part = load(section(guide, heading).block("yaml")) as Tree;
      assert.deepEqual(mistakes(over(start, part), "staging"), [], heading);
      all = over(all, part);
      assert.deepEqual(mistakes(all, "staging"), [], `up to ${heading}`);
    }
    const { "hardened:slo": slo } = load(section(guide, "7. Chaos").block("yaml")) as Tree;
    assert.deepEqual(Object.keys(slo as Tree), ["target", "maxBudgetPerDrill"]);
  });

  it("[COS-60] each step of the adoption names what it sets, and none says that it waits for another", () => {
    assert.match(textOf(guide), /each step is a separate change that can be deployed and reverted before the next/);
    const said: string[][] = [
      ["bin/hardened audit charts/service", "bin/hardened check charts/service"],
      ["baseline"],
      ["probes", "drainSeconds", "/healthz", "/readyz"],
      ["image.runAsUser", "10001", "/tmp"],
      ["externalSecrets", "secretStore", "secrets: generated", "destinations"],
      ["autoscaling.min", "max", "rps"],
      ["bin/hardened drill"],
      ["bin/hardened check trial", "pulumi stack output companyos"],
    ];
    assert.equal(steps.length, said.length);
    for (const [index, words] of said.entries()) {
      const { text } = section(guide, steps[index] ?? "");
      for (const word of words) assert.ok(text.includes(word), `step ${index + 1}: ${word}`);
      assert.doesNotMatch(
        text,
        /\b(?:not|never|cannot|only)\b[^.]*\b(?:deployed|alone|by itself)\b|together with step/i,
      );
    }
  });
});
