import { strict as assert } from "node:assert";
import { load } from "js-yaml";
import { checkStack, type Environment, type SystemSchema } from "../../../components/stack-schema";
import { systemSchemas } from "../../../systems/schemas";
import { supplyChain } from "../../support/supply-chain";
import { textOf } from "../../support/tree";

type Tree = Record<string, unknown>;
const own = { companyos: systemSchemas.companyos as SystemSchema };
const digest = `sha256:${"ad".repeat(32)}`;

function mistakes(companyos: Tree, environment: Environment): readonly string[] {
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

  it("[COS-60] each step of the adoption can be deployed before the next: what it adds is valid by itself", () => {
    const steps = yamlOf("docs/how-to/adopt-the-hardened-chart.md");
    assert.equal(steps.length, 2);
    const orders = { image: { repository: "registry.example.com/orders", digest }, resources: "medium" };
    assert.deepEqual(mistakes({ services: { orders } }, "staging"), []);
    for (const step of steps) {
      const services = { orders: { ...orders, ...((step.services as Record<string, Tree>).orders ?? {}) } };
      assert.deepEqual(mistakes({ ...step, services }, "staging"), []);
    }
  });
});
