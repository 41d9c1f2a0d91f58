import { strict as assert } from "node:assert";
import { allowed, type KubernetesObject, neighbours, pod, policiesOf } from "./cluster";
import { mailroomDeclared, stacks } from "./declared";
import { goldenObjects } from "./goldens";
import { suiteJudge } from "./judge";

/** Objects of mailroom's namespaces alone. */
const mailroomObjects = (stack: string): KubernetesObject[] =>
  goldenObjects(stack).filter(({ kind, metadata }) =>
    /^mailroom\b/.test(kind === "Namespace" ? metadata.name : (metadata.namespace ?? "")),
  );

describe("network: mailroom, judged by cyclonus", function () {
  this.timeout(600_000);
  const judge = suiteJudge();

  for (const stack of stacks) {
    it(`[MR-51] stack ${stack}: exactly the declared connections pass`, async () => {
      const passing = await allowed(judge, mailroomObjects(stack), neighbours);
      assert.deepEqual(passing.sort(), mailroomDeclared[stack].toSorted());
    });
  }

  it("[MR-51] the stacks' namespaces do not reach each other on one cluster", async () => {
    const objects = stacks.flatMap(mailroomObjects);
    const passing = await allowed(judge, objects, []);
    const stackOf = (end = ""): string => /^mailroom-(dev|staging)\b/.exec(end)?.[1] ?? "prod";
    assert.deepEqual(
      passing.filter((line) => {
        const [from, to] = line.split(" → ");
        return stackOf(from) !== stackOf(to);
      }),
      [],
    );
    assert.ok(passing.length > 0);
  });

  it("a pod that nobody declared reaches none of ours, and none reaches it", async () => {
    const objects = mailroomObjects("prod");
    const rogue = pod("mailroom/rogue", "mailroom", { app: "rogue" });
    const passing = await allowed(judge, objects, [...neighbours, rogue]);
    assert.deepEqual(
      passing.filter((line) => line.includes("rogue")),
      [],
    );
    assert.equal(policiesOf(objects).length, 4);
  });
});
