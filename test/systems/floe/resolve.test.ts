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
    assert.deepEqual(resolveFloe(config, "dev").value, {
      ...config,
      ...{ namespace: "data", production: false },
      postgresql: { ...config.postgresql, instances: 1 },
      polaris: { ...config.polaris, replicas: 1 },
    });
  });

  it("[FL-08] [FL-81] production has three servers of the database and two of the catalog, unless it says otherwise", () => {
    const numbers = (given: object, profile: "dev" | "staging" | "prod") => {
      const { postgresql, polaris, production } = resolveFloe(parse(given), profile).value;
      return [postgresql.instances, polaris.replicas, production];
    };
    assert.deepEqual(numbers({}, "prod"), [3, 2, true]);
    for (const profile of ["dev", "staging"] as const) assert.deepEqual(numbers({}, profile), [1, 1, false]);
    assert.deepEqual(numbers({ postgresql: { instances: 5 }, polaris: { replicas: 4 } }, "prod"), [5, 4, true]);
  });

  const objectStore =
    "objectStorage.mode: the object store of the chart is one pod with one volume, for development; production takes external, or none";
  const database =
    "postgresql.mode: the database of the chart is one pod with one volume; production takes cnpg or external";
  const cluster = { postgresql: { mode: "cnpg" } };
  const store = { objectStorage: { mode: "none" } };
  const host = "postgresql.data.internal";
  const server = (more: object) => ({ postgresql: { mode: "external", external: { host, ...more } } });
  const elsewhere = (endpoint: string) => ({ objectStorage: { mode: "external", external: { endpoint } } });
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
    ["[FL-08] [FL-120] prod takes a Cluster", { environment: "prod", ...cluster, ...store }, "prod", []],
    ["[FL-08] [FL-120] prod takes a server elsewhere", { environment: "prod", ...server({}), ...store }, "prod", []],
    [
      "[FL-08] prod refuses a Cluster of one server",
      { environment: "prod", postgresql: { mode: "cnpg", instances: 1 }, ...store },
      "prod",
      [
        "postgresql.instances: nothing takes over when the only server or its volume is lost; production needs at least 2, by default 3",
      ],
    ],
    ["staging takes a Cluster of one server", { environment: "staging", ...cluster }, "staging", []],
    ...(["disable", "prefer"] as const).map((sslmode): [string, object, "prod", string[]] => [
      `[FL-23] prod refuses sslmode ${sslmode}`,
      { environment: "prod", ...server({ sslmode }), ...store },
      "prod",
      [
        `postgresql.external.sslmode: with ${sslmode} passwords and rows may cross the network without TLS; production needs require, verify-ca or verify-full`,
      ],
    ]),
    ["dev takes sslmode disable", server({ sslmode: "disable" }), "dev", []],
    ...(["staging", "prod"] as const).map((profile): [string, object, "staging" | "prod", string[]] => [
      `[FL-23] ${profile} refuses an object store without TLS`,
      { environment: profile, ...cluster, ...elsewhere("http://s3.data.internal:9000") },
      profile,
      [
        `objectStorage.external.endpoint: objects and signatures would cross the network without TLS; ${profile} needs https://`,
      ],
    ]),
    ["dev takes one", elsewhere("http://s3.data.internal:9000"), "dev", []],
    [
      "[FL-120] a catalog without an object store, and in memory in production",
      { environment: "prod", ...cluster, ...store, polaris: { enabled: true, persistence: "in-memory" } },
      "prod",
      [
        "polaris.enabled: the catalog needs an object store; set objectStorage.mode to external or minio",
        "polaris.persistence: a catalog in memory is lost with its pod; production needs database",
      ],
    ],
    [
      "[FL-120] several catalogs in memory",
      { polaris: { enabled: true, persistence: "in-memory", replicas: 2 } },
      "dev",
      [
        "polaris.replicas: with persistence in-memory each of the 2 pods would have a catalog of its own; set 1, or persistence database",
      ],
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
