import { strict as assert } from "node:assert";
import { type CheckedStack, checkStack } from "../../../config/stack-schema";
import { explainConfig } from "../../../policy/config/explain-config";
import { type FloeConfig, floeConfig, type ResolvedFloe } from "../../../systems/floe/config";
import { defaultEnvironments } from "../../../systems/floe/environments";
import { systems } from "../../../systems/registry";
import { supplyChain } from "../../support/supply-chain";

const least = { enabled: true, imageRegistry: "registry.example/floe" };
/** The lines a user reads for a wrong configuration. */
function mistakes(given: object): string[] {
  const { error } = floeConfig.safeParse({ ...least, ...given });
  return error ? explainConfig(error, floeConfig, "floe") : assert.fail("accepted");
}

const uid = "3f1c2a5e-7b1d-4c53-9c1e-0d9a6a2f4b10";
const clusters = { nonprod: { context: "np", uid }, prod: { context: "p", uid: uid.replace("3", "4") } };
/** A whole stack file on one of two clusters. */
const stack = (profile: string, cluster: object, given: object): CheckedStack =>
  checkStack(
    "test",
    {
      environment: profile,
      cluster,
      clusters,
      ...supplyChain,
      mailroom: { enabled: false },
      companyos: { enabled: false },
      floe: { ...least, ...given },
    },
    systems,
  );
const stackMistakes = (...args: Parameters<typeof stack>): readonly string[] => {
  const checked = stack(...args);
  return "mistakes" in checked ? checked.mistakes : [];
};

describe("systems/floe: configuration", () => {
  it("is off until a stack says otherwise, and then only needs a registry", () => {
    assert.equal(floeConfig.parse({}).enabled, false);
    const config: FloeConfig = floeConfig.parse(least);
    assert.deepEqual(
      [config.environment, config.release, config.jobsRelease, config.postgresql, config.objectStorage, config.lineage],
      [
        ...["dev", "floe", "floe-jobs"],
        { mode: "statefulset", storage: "10Gi", operatorNamespace: "cnpg-system", allowModeChange: false },
        { mode: "minio", storage: "5Gi" },
        true,
      ],
    );
    assert.deepEqual([config.valuesFiles, config.jobsValuesFiles], [[], []]);
  });

  it("names every image that has no repository, at once; one registry answers for all", () => {
    const parts = ["dagster", "dbt", "otel", "postgresql", "minio", "marquez"];
    const missing = (part: string): string =>
      `floe.images.${part}.repository: missing; name it, or a registry with all images in imageRegistry`;
    assert.deepEqual(mistakes({ imageRegistry: undefined }), parts.map(missing));
    const images = { dbt: { repository: "registry.example/dbt" }, otel: { tag: "1" } };
    assert.deepEqual(
      mistakes({ imageRegistry: undefined, images }),
      parts.filter((part) => part !== "dbt").map(missing),
    );
    const all = Object.fromEntries(parts.map((part) => [part, { repository: `registry.example/${part}` }]));
    assert.ok(floeConfig.parse({ enabled: true, images: all }));
    assert.ok(floeConfig.parse({ enabled: false }));
  });

  const refused: [title: string, given: object, line: RegExp][] = [
    ["an unknown key", { valueFiles: [] }, /^floe\.valueFiles: unknown key; did you mean "(floe\.)?valuesFiles"/m],
    [
      "an image of no part",
      { images: { postgres: {} } },
      /^floe\.images\.postgres: unknown key; did you mean "(.*)?postgresql"/m,
    ],
    ["an environment that is no label", { environment: "Dev_1" }, /^floe\.environment: /m],
    [
      "a file that is no YAML by its name",
      { valuesFiles: ["values.toml"] },
      /^floe\.valuesFiles\[0\]: expected a file/m,
    ],
    ["a file of jobs by another name", { jobsValuesFiles: ["jobs"] }, /^floe\.jobsValuesFiles\[0\]: expected a file/m],
    [
      "a database nobody brings",
      { postgresql: { mode: "oracle" } },
      /^floe\.postgresql\.mode: expected statefulset, cnpg or external$/m,
    ],
    ["a volume without a size", { postgresql: { storage: "10" } }, /^floe\.postgresql\.storage: expected a size/m],
    [
      "an object store nobody brings",
      { objectStorage: { mode: "s3" } },
      /^floe\.objectStorage\.mode: expected minio, external or none/m,
    ],
    [
      "an address that is no range",
      { networkPolicy: { apiServerCidrs: ["10.0.0.1"] } },
      /^floe\.networkPolicy\.apiServerCidrs\[0\]: expected a block of addresses/m,
    ],
    ["a client that is no namespace", { networkPolicy: { clients: ["a b"] } }, /^floe\.networkPolicy\.clients\[0\]: /m],
    ["a digest that is none", { images: { dbt: { digest: "sha256:1" } } }, /^floe\.images\.dbt\.digest: /m],
  ];
  for (const [title, given, line] of refused)
    it(`refuses ${title}, by key`, () => assert.match(mistakes(given).join("\n"), line));
});

describe("systems/floe: the environment of a stack", () => {
  const production = { objectStorage: { mode: "none" } };

  it("[FL-87] the definition has every environment of the default mapping, each with its cluster and profile", () => {
    assert.equal(systems.floe?.environments, defaultEnvironments);
    assert.deepEqual(Object.keys(defaultEnvironments), ["dev", "test", "qa", "uat", "staging", "prod"]);
  });

  for (const [environment, profile, namespace] of [
    ["dev", "dev", "floe-dev"],
    ["test", "dev", "floe-test"],
    ["qa", "dev", "floe-qa"],
    ["uat", "staging", "floe-uat"],
    ["staging", "staging", "floe-staging"],
  ] as const) {
    it(`[FL-80] [FL-87] [FL-120] ${environment}: a ${profile} stack on nonprod deploys it to ${namespace}`, () => {
      const checked = stack(profile, { name: "nonprod" }, { environment });
      assert.ok("config" in checked, JSON.stringify(checked));
      assert.deepEqual(checked.config.cluster, { name: "nonprod", ...clusters.nonprod });
      assert.equal((checked.config.systems.floe as ResolvedFloe).namespace, namespace);
    });

    it(`[FL-79] [FL-87] ${environment}: a stack on prod, or on a cluster without a name, is refused`, () => {
      for (const cluster of [{ name: "prod" }, { context: "np" }])
        assert.deepEqual(stackMistakes(profile, cluster, { environment }), [
          `hardened:floe.environment: ${environment} belongs on the cluster nonprod; set hardened:cluster to {name: nonprod}, and hardened:clusters.nonprod to its context and uid`,
        ]);
    });

    it(`[FL-87] ${environment}: a stack of another profile is refused`, () => {
      const other = profile === "dev" ? "staging" : "dev";
      assert.deepEqual(stackMistakes(other, { name: "nonprod" }, { environment }), [
        `hardened:floe.environment: ${environment} has to be as strict as ${profile}; set hardened:environment to it`,
      ]);
    });
  }

  it("[FL-08] [FL-87] prod: its own cluster and profile, and neither the chart's database nor its object store", () => {
    assert.deepEqual(
      stackMistakes("prod", { name: "prod" }, { environment: "prod" }).map((line) => line.split(":", 2).join(":")),
      ["hardened:floe.objectStorage.mode", "hardened:floe.postgresql.mode"],
    );
    assert.deepEqual(
      stackMistakes("dev", { name: "nonprod" }, { environment: "prod", ...production }).map((line) =>
        line.split(";", 1).join(),
      ),
      [
        "hardened:floe.environment: prod has to be as strict as prod",
        "hardened:floe.environment: prod belongs on the cluster prod",
      ],
    );
  });

  it("[FL-71] an unknown environment is told with the known ones; nothing is asked of a floe that is off", () => {
    assert.deepEqual(stackMistakes("dev", { name: "nonprod" }, { environment: "stagin" }), [
      'hardened:floe.environment: unknown environment "stagin"; did you mean "staging"? known: dev, test, qa, uat, staging, prod',
    ]);
    assert.deepEqual(stackMistakes("dev", { context: "any" }, { enabled: false, environment: "elsewhere" }), []);
  });

  it("[FL-120] two environments differ in what their stacks say of object store and lineage", () => {
    const systemOf = (profile: string, given: object): ResolvedFloe => {
      const checked = stack(profile, { name: "nonprod" }, given);
      return "config" in checked ? (checked.config.systems.floe as ResolvedFloe) : assert.fail(JSON.stringify(checked));
    };
    const dev = systemOf("dev", { environment: "dev" });
    const uat = systemOf("staging", { environment: "uat", lineage: false, objectStorage: { mode: "none" } });
    assert.deepEqual(
      [dev, uat].map(({ namespace, lineage, objectStorage, postgresql }) => [
        ...[namespace, lineage, objectStorage.mode, postgresql.mode],
      ]),
      [
        ["floe-dev", true, "minio", "statefulset"],
        ["floe-uat", false, "none", "statefulset"],
      ],
    );
  });
});
