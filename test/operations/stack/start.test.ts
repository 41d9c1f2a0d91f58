import assert from "node:assert/strict";
import { start, targetOf } from "../../../operations/stack/start";

describe("the stacks that `start` deploys", () => {
  const before = process.env.HARDENED_CLUSTER;
  const named = (name: string | undefined): void => {
    if (name === undefined) delete process.env.HARDENED_CLUSTER;
    else process.env.HARDENED_CLUSTER = name;
  };
  afterEach(() => named(before));

  it("are those of the local cluster; another's is refused before anything is built or started", async () => {
    named(undefined);
    assert.equal(targetOf("dev").stack, "dev");
    assert.ok(targetOf("dev").systems.includes("mailroom"));
    const lines: string[] = [];
    for (const all of [false, true])
      await assert.rejects(
        start({ stack: "prod", all }, (line) => lines.push(line)),
        {
          name: "UserError",
          message:
            'Pulumi.prod.yaml is for the context "prod", and start deploys to the local cluster, "hardened-local", alone; to deploy it: bin/hardened up --stack prod',
        },
      );
    assert.deepEqual(lines, []);
  });

  it("of a second local cluster, those whose file names its context", () => {
    named("second");
    assert.throws(() => targetOf("dev"), /context "hardened-local".*"hardened-second"/);
  });
});
