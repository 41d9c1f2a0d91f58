import { strict as assert } from "node:assert";
import { allowed, type KubernetesObject, neighbours, pod, policiesOf } from "./cluster";
import { goldenObjects } from "./goldens";
import { suiteJudge } from "./judge";

/** What mailroom's namespaces may talk to, by stack: every connection there is, and no other (MR-51). */
const names = ["TCP 53", "UDP 53"].map((port) => `kube-system/dns ${port}`);
const world = ["internet TCP 443", "internet-v6 TCP 443"];
const server = "mailroom-dev-mail/mail-server";
const declared: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  dev: {
    "mailroom-dev/mailroom": [...names, `${server} TCP 8080`],
    "mailroom-dev/mailroom-setup": [...names, `${server} TCP 8080`],
    [server]: names,
    // The trial server's page of mails is for everyone who reaches the node; it is on no other stack.
    ...Object.fromEntries(neighbours.map(({ name }) => [name, [`${server} TCP 8081`]])),
  },
  staging: {
    "mailroom-staging/mailroom": [...names, ...world],
    "mailroom-staging/mailroom-setup": [...names, ...world],
  },
  prod: { "mailroom/mailroom": [...names, ...world], "mailroom/mailroom-setup": [...names, ...world] },
};

/** Objects of mailroom's namespaces alone. */
const mailroomObjects = (stack: string): KubernetesObject[] =>
  goldenObjects(stack).filter(({ kind, metadata }) =>
    /^mailroom\b/.test(kind === "Namespace" ? metadata.name : (metadata.namespace ?? "")),
  );

describe("network: mailroom, judged by cyclonus", function () {
  this.timeout(600_000);
  const judge = suiteJudge();

  for (const [stack, lines] of Object.entries(declared)) {
    it(`[MR-51] stack ${stack}: exactly the declared connections pass`, async () => {
      const expected = Object.entries(lines).flatMap(([from, to]) => to.map((one) => `${from} → ${one}`));
      assert.deepEqual((await allowed(judge, mailroomObjects(stack), neighbours)).sort(), expected.sort());
    });
  }

  it("[MR-51] the stacks' namespaces do not reach each other on one cluster", async () => {
    const objects = Object.keys(declared).flatMap(mailroomObjects);
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
