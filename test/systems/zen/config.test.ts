import { strict as assert } from "node:assert";
import { explainConfig } from "../../../policy/config/explain-config";
import { zenConfig } from "../../../systems/zen/config";
import { zen } from "../../../systems/zen/definition";

const networkPolicy = { apiServer: { cidrs: ["10.0.0.1/32"] } };
const least = { enabled: true, networkPolicy };

/** What a person is told of a configuration. */
const explain = (given: object): string[] => {
  const { error } = zenConfig.safeParse(given);
  return error ? explainConfig(error, zenConfig, "hardened:zen") : [];
};

describe("systems/zen: configuration", () => {
  it("[ZN-36] is off unless a stack enables it, and then needs the API server's addresses alone", () => {
    assert.equal(zenConfig.parse({}).enabled, false);
    const { namespace, release, replicaCount, crds, observe, image } = zenConfig.parse(least);
    assert.deepEqual([namespace, release, replicaCount, crds.install], ["zen", "zen-watcher", 2, true]);
    assert.deepEqual(observe, { resources: [{ apiGroups: [""], resources: ["events"] }], namespaces: [] });
    assert.equal(image.repository, "kubezen/zen-watcher");
  });

  it("says how to find the addresses of the API server", () => {
    const [line = "", ...more] = explain({ enabled: true });
    assert.deepEqual(more, []);
    assert.match(
      line,
      /^hardened:zen\.networkPolicy\.apiServer\.cidrs: missing; .*kubectl get endpointslices -n default/,
    );
  });

  for (const [title, given, words] of [
    ["an address without a length", { networkPolicy: { apiServer: { cidrs: ["10.0.0.1"] } } }, /cidrs\[0\]: expected/],
    ["a wildcard", { observe: { resources: [{ apiGroups: ["*"], resources: ["pods"] }] } }, /apiGroups\[0\]: expected/],
    ["all resources", { observe: { resources: [{ apiGroups: [""], resources: ["*"] }] } }, /resources\[0\]: expected/],
    [
      "Secrets",
      { observe: { resources: [{ apiGroups: [""], resources: ["secrets"] }] } },
      /Secrets are never observed/,
    ],
    ["an unknown key", { replicas: 2 }, /did you mean "replicaCount"/],
  ] as const)
    it(`refuses ${title}`, () => assert.match(explain({ ...least, ...given }).join("\n"), words));

  it("[ZN-77] asks for its kinds before anything is registered, in the version it speaks", () => {
    for (const install of [true, false]) {
      const [release] = zen.requires(zenConfig.parse({ ...least, crds: { install } }));
      assert.deepEqual(
        release?.customResources?.map(({ name, version, installed }) => [name, version, installed]),
        ["observations", "observationfilters", "observationmappings", "zenagentremediations"].map((plural) => [
          `${plural}.zen.kube-zen.io`,
          "v1",
          install,
        ]),
      );
    }
  });
});
