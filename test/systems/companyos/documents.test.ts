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

  it("[COS-60] each step of the adoption names what it sets, which can be set alone, and none says that it waits for another", () => {
    const page = textOf("docs/how-to/adopt-the-hardened-chart.md");
    assert.match(page, /each step is a change of its own that can be deployed and taken back before the next/);
    const [, ...steps] = page.split(/^## \d\. .*$/m);
    const image = { repository: "registry.example.com/orders", digest };
    const said: [words: string[], sets?: Tree][] = [
      [["bin/hardened audit charts/service", "bin/hardened check charts/service"]],
      [["baseline"], {}],
      [
        ["probes", "drainSeconds", "/healthz", "/readyz"],
        { probes: { liveness: { path: "/alive" } }, drainSeconds: 9 },
      ],
      [["image.runAsUser", "10001", "/tmp"], { image: { ...image, runAsUser: 70 } }],
      [["externalSecrets", "secretStore", "secrets: generated", "destinations"], {}],
      [["autoscaling.min", "max", "rps"], { autoscaling: { min: 2, max: 6, rps: 20 } }],
      [["bin/hardened drill"]],
      [["bin/hardened check prod", "pulumi stack output companyos"]],
    ];
    assert.equal(steps.length, said.length);
    for (const [index, [words, sets]] of said.entries()) {
      const text = steps[index] ?? "";
      for (const word of words) assert.ok(text.includes(word), `step ${index + 1}: ${word}`);
      assert.doesNotMatch(
        text,
        /\b(?:not|never|cannot|only)\b[^.]*\b(?:deployed|alone|by itself)\b|together with step/i,
      );
      const orders = { image, resources: "medium", ...sets };
      assert.deepEqual(mistakes({ services: { orders } }, "staging"), [], `step ${index + 1}`);
    }
  });
});
