import assert from "node:assert/strict";
import { z } from "zod";
import { checkStack, type SystemSchema } from "../../config/stack-schema";
import { supplyChain } from "../support/supply-chain";

const uid = "3f1c2a5e-7b1d-4c53-9c1e-0d9a6a2f4b10";
const clusters = { nonprod: { context: "np", uid }, prod: { context: "p", uid: uid.replace("3", "4") } };
const data: SystemSchema = {
  config: z.strictObject({
    enabled: z.boolean().default(true),
    environment: z.enum(["test", "qa", "live"]).default("test"),
  }),
  environments: {
    test: { profile: "dev" },
    qa: { profile: "staging", cluster: "nonprod" },
    live: { profile: "prod", cluster: "prod" },
  },
};
const check = (raw: Record<string, unknown>) => checkStack("any", { ...supplyChain, ...raw }, { data }, "app");
function mistakes(raw: Record<string, unknown>): readonly string[] {
  const checked = check(raw);
  return "mistakes" in checked ? checked.mistakes : [];
}

describe("clusters by name", () => {
  it("a stack names one, and is guarded by its UID", () => {
    const checked = check({ environment: "dev", cluster: { name: "nonprod" }, clusters });
    assert.ok("config" in checked, JSON.stringify(checked));
    assert.deepEqual(checked.config.cluster, { name: "nonprod", context: "np", uid });
  });

  for (const [what, raw, expected] of [
    [
      "one that is not there",
      { cluster: { name: "nonprd" }, clusters },
      'app:cluster.name: no cluster of app:clusters; did you mean "nonprod"?',
    ],
    [
      "one where there are none",
      { cluster: { name: "a" } },
      "app:cluster.name: no cluster of app:clusters; there are: none",
    ],
    [
      "what every object inherits",
      { cluster: { name: "constructor" }, clusters },
      "app:cluster.name: no cluster of app:clusters; there are: nonprod, prod",
    ],
    [
      "one by name and by context",
      { cluster: { name: "prod", context: "p" }, clusters },
      "app:cluster.name: name and context both say which cluster it is: choose one",
    ],
    [
      "one without its UID",
      { cluster: { name: "a" }, clusters: { a: { context: "a" } } },
      "app:clusters.a.uid: missing, expected string",
    ],
  ] as const)
    it(`refuses ${what}`, () => assert.deepEqual(mistakes({ environment: "dev", ...raw }).slice(0, 1), [expected]));
});

describe("environments of a system's own", () => {
  const qa = { data: { environment: "qa" }, clusters };

  it("go into a stack that is as strict, on their cluster", () => {
    assert.deepEqual(mistakes({ ...qa, environment: "staging", cluster: { name: "nonprod" } }), []);
    assert.deepEqual(mistakes({ environment: "dev", cluster: { context: "any" } }), []);
  });

  it("are refused elsewhere, both reasons at once, and asked of what is enabled alone", () => {
    const elsewhere = { ...qa, environment: "dev", cluster: { name: "prod" } };
    assert.deepEqual(mistakes(elsewhere), [
      "app:data.environment: qa has to be as strict as staging; set app:environment to it",
      "app:data.environment: qa belongs on the cluster nonprod; set app:cluster to {name: nonprod}, and app:clusters.nonprod to its context and uid",
    ]);
    assert.deepEqual(mistakes({ ...elsewhere, data: { environment: "qa", enabled: false } }), []);
  });

  it("a cluster that is named by its context is not known to be the one", () =>
    assert.equal(mistakes({ ...qa, environment: "staging", cluster: { context: "np", uid } }).length, 1));
});
