import { strict as assert } from "node:assert";
import { floeConfig } from "../../../systems/floe/config";
import { resolveFloe } from "../../../systems/floe/resolve";

const parse = (given: object = {}) =>
  floeConfig.parse({ enabled: true, imageRegistry: "registry.example/floe", ...given });

describe("systems/floe: what an environment adds and refuses", () => {
  for (const [environment, namespace] of [
    ["dev", "floe-dev"],
    ["uat", "floe-uat"],
    ["nowhere", "floe-nowhere"],
  ] as const)
    it(`[FL-80] the namespace of ${environment} is ${namespace}`, () =>
      assert.equal(resolveFloe(parse({ environment }), "dev").value.namespace, namespace));

  it("[FL-80] a namespace of the stack's own is kept, and so is everything else", () => {
    const config = parse({ namespace: "data", lineage: false });
    assert.deepEqual(resolveFloe(config, "dev").value, { ...config, namespace: "data" });
  });

  const objectStore =
    "objectStorage.mode: the object store of the chart is one pod with one volume, for development; set none in production";
  const database =
    "postgresql.mode: the database of the chart is one pod with one volume; production needs a replicated one, which floe does not bring yet";
  const known = "known: dev, test, qa, uat, staging, prod";
  const table: [title: string, given: object, profile: "dev" | "staging" | "prod", mistakes: string[]][] = [
    ["[FL-08] dev takes the chart's database and object store", {}, "dev", []],
    ["[FL-08] staging takes them as well", { environment: "staging" }, "staging", []],
    [
      "[FL-08] [FL-112] prod refuses both, and says so of both",
      { environment: "prod" },
      "prod",
      [objectStore, database],
    ],
    [
      "[FL-08] [FL-112] prod refuses the database without an object store",
      { environment: "prod", objectStorage: { mode: "none" } },
      "prod",
      [database],
    ],
    [
      "[FL-71] an unknown environment, with the nearest",
      { environment: "prd" },
      "dev",
      [`environment: unknown environment "prd"; did you mean "prod"? ${known}`],
    ],
    [
      "[FL-71] an unknown environment near none",
      { environment: "blue-green" },
      "dev",
      [`environment: unknown environment "blue-green"; ${known}`],
    ],
    [
      "what every object inherits is no environment",
      { environment: "constructor" },
      "dev",
      [`environment: unknown environment "constructor"; ${known}`],
    ],
    ["nothing is refused of a floe that is off", { enabled: false, environment: "nowhere" }, "prod", []],
  ];
  for (const [title, given, profile, mistakes] of table)
    it(title, () => assert.deepEqual(resolveFloe(parse(given), profile).mistakes, mistakes));
});
