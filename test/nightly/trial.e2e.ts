import { strict as assert } from "node:assert";
import { changes, succeeded } from "../support/changes";
import { cluster, instance, kubectl } from "../support/e2e-cluster";
import type { Result } from "../support/run";
import { type TestProject, testProject } from "../support/test-project";
import { removeZenKinds } from "../support/zen/zen-project";

/** One system alone, as who evaluates it runs it. */
describe("a system in a stack of its own", function () {
  this.timeout(900_000);
  let project: TestProject;
  const hardened = (args: readonly string[], name = instance.name): Promise<Result> =>
    project.hardened(args, { env: { ...project.env, HARDENED_CLUSTER: name }, timeoutMs: 800_000 });

  /** What each of them makes. */
  const namespaces: Readonly<Record<string, readonly string[]>> = {
    floe: ["floe-trial"],
    zen: ["zen-trial", "zen-trial-saas"],
  };

  before(async () => {
    await cluster();
    await removeZenKinds();
    project = await testProject("trial");
  });
  after(async () => {
    await project?.remove();
    await kubectl(["delete", "namespace", "--ignore-not-found", ...Object.values(namespaces).flat()]);
    await removeZenKinds();
  });

  for (const [system, made] of Object.entries(namespaces))
    it(`[ZN-48] npm start -- --system ${system} runs it, up --system changes nothing then, and destroy takes it away`, async () => {
      const started = succeeded(await hardened(["start", "--system", system]));
      assert.match(started.stdout, new RegExp(`^${made[0]} .* yes$`, "m"));
      assert.doesNotMatch(started.stdout, / no$/m);
      if (system === "zen") assert.match(started.stdout, /^reported +Succeeded: /m);
      assert.match(started.stdout, new RegExp(`bin/hardened destroy --stack trial-${system}`));
      assert.deepEqual(changes(succeeded(await hardened(["up", "--system", system]))), []);
      succeeded(await hardened(["destroy", "--stack", `trial-${system}`]));
      for (const name of made) await assert.rejects(kubectl(["get", "namespace", name]), /not found/);
    });

  it("needs the cluster, and a system that can run alone", async () => {
    const absent = await hardened(["up", "--system", "zen"], "nowhere");
    assert.deepEqual(
      [absent.code, absent.stderr.trim()],
      [1, "--system: cluster nowhere is not running; run: npm run cluster:up"],
    );
    const both = await hardened(["up", "--system", "zen", "--stack", "dev"]);
    assert.match(both.stderr, /'--system <name>' cannot be used with option '-s, --stack <name>'/);
  });
});
