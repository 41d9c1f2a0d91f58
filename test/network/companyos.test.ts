import { strict as assert } from "node:assert";
import { allowed, type KubernetesObject, neighbours } from "./cluster";
import { companyosDeclared, companyosDestinations, platformOf, stacks } from "./declared";
import { goldenObjects } from "./goldens";
import { suiteJudge } from "./judge";

/** Objects of one namespace, and the namespace. */
const objectsOf = (stack: string, namespace: string): KubernetesObject[] =>
  goldenObjects(stack).filter(({ kind, metadata }) =>
    kind === "Namespace" ? metadata.name === namespace : metadata.namespace === namespace,
  );

describe("network: companyos, judged by cyclonus", function () {
  this.timeout(600_000);
  const judge = suiteJudge();

  for (const stack of stacks) {
    it(`stack ${stack}: exactly what the services declare passes`, async () => {
      const platform = platformOf(stack);
      const others = [...neighbours, ...companyosDestinations(platform)];
      const passing = await allowed(judge, objectsOf(stack, platform.namespace), others);
      assert.deepEqual(passing.sort(), companyosDeclared(platform).sort());
      assert.ok(passing.length > Object.keys(platform.services).length);
    });
  }

  it("the environments' namespaces do not reach each other on one cluster", async () => {
    const platforms = stacks.map(platformOf);
    assert.equal(new Set(platforms.map(({ namespace }) => namespace)).size, stacks.length);
    const objects = stacks.flatMap((stack) => objectsOf(stack, platformOf(stack).namespace));
    const passing = await allowed(judge, objects, []);
    const namespaceOf = (end = ""): string => end.split("/")[0] as string;
    const across = passing.filter((line) => {
      const [from, to] = line.split(" → ");
      return namespaceOf(from) !== namespaceOf(to);
    });
    assert.deepEqual(across, []);
    for (const { namespace } of platforms)
      assert.ok(
        passing.some((line) => line.startsWith(`${namespace}/`)),
        namespace,
      );
  });
});
