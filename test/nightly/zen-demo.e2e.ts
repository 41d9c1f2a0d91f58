import { strict as assert } from "node:assert";
import { nodeRange } from "../../cluster/local/addresses";
import { demo } from "../../systems/zen/demo";
import { changes, succeeded } from "../support/changes";
import { cluster, kubectl, livePods } from "../support/e2e-cluster";
import { connectionsFrom, podAddress } from "../support/network/connections-from";
import { removeZenKinds, type ZenProject, zenProject } from "../support/zen/zen-project";

/** zen with a stand-in of the SaaS, as `npm start` runs and shows it. */
describe("zen with a trial SaaS", () => {
  let project: ZenProject;
  const image = (name: string) => ({ repository: `registry.hardened.test/${name}`, tag: "local" });
  const port = 30_089;

  before(async function () {
    this.timeout(900_000);
    await cluster();
    await removeZenKinds();
    project = await zenProject("demo", {
      agent: { image: image("zen-agent"), saas: { pollSeconds: 1 } },
      watcher: { image: image("zen-watcher"), replicaCount: 1 },
      trialSaas: true,
      trialSaasNodePort: port,
      trialSaasNodeCIDRs: [nodeRange],
    });
  });
  after(async () => {
    await project?.remove();
    await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", `${project?.namespace}-saas`]);
    await removeZenKinds();
  });

  it("[ZN-42] [ZN-58] a stack with nothing but trialSaas runs the agent, the watcher and the stand-in, and its second run changes nothing", async () => {
    succeeded(await project.hardened(["up"]));
    const running = await Promise.all(
      [project.namespace, `${project.namespace}-saas`].map((one) => livePods("-n", one)),
    );
    assert.deepEqual(
      running.map((pods) => pods.map(({ metadata }) => metadata.labels?.["app.kubernetes.io/component"]).sort()),
      [["agent", "watcher"], ["saas"]],
    );
    assert.deepEqual(changes(succeeded(await project.hardened(["preview"]))), []);
  });

  it("[ZN-48] its demo shows what was observed, filtered, approved, applied and reported, and again when it is run again", async () => {
    for (let round = 0; round < 2; round++) {
      const shown = await demo({ namespace: project.namespace, trialSaas: true, trialSaasNodePort: port });
      assert.match(shown ?? "", /^observed +ResourceQuota zen-demo: NodePortsAllowed, severity high$/m);
      assert.match(shown ?? "", /^applied +services\.nodeports: 0, by the field manager zen-agent$/m);
      assert.match(shown ?? "", /^reported +Succeeded: /m);
      const [, page = ""] = /page: (\S+)$/.exec(shown ?? "") ?? [];
      const text = await (await fetch(page)).text();
      for (const part of [/NodePortsAllowed/, /ResourceQuota [-a-z0-9]+\/zen-demo/, />Succeeded</])
        assert.match(text, part);
      assert.doesNotMatch(text, /Reviewed/, "the filter left it out");
      if (round === 0) console.log(`\n${shown}\n`);
    }
  });

  it("[ZN-21] the page is for who calls a node: no pod reaches its port, and the agent the API alone", async () => {
    const saas = `${project.namespace}-saas`;
    const address = await podAddress(saas, "saas");
    const ends = [
      ["the page", address, 8081],
      ["the API", address, 8080],
    ] as const;
    const [agent] = await livePods("-n", project.namespace, "-l", "app.kubernetes.io/component=agent");
    const { "pod-template-hash": _, ...labels } = agent?.metadata.labels ?? {};
    assert.deepEqual(await connectionsFrom(project.namespace, labels, ends), ["the API"]);
    assert.deepEqual(await connectionsFrom(project.namespace, {}, ends), []);
    assert.deepEqual(await connectionsFrom(saas, {}, ends), []);
  });

  it("without the page there is nothing to show", async () => {
    assert.equal(await demo({ namespace: project.namespace, trialSaas: true, trialSaasNodePort: 0 }), undefined);
    assert.equal(await demo({ namespace: project.namespace, trialSaas: false, trialSaasNodePort: port }), undefined);
  });
});
