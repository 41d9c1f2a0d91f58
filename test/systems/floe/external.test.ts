import { strict as assert } from "node:assert";
import { explainConfig } from "../../../policy/config/explain-config";
import { floeConfig, type ResolvedFloe } from "../../../systems/floe/config";
import { floe } from "../../../systems/floe/definition";
import { imageOf, jobsValues, platformValues } from "../../../systems/floe/values";
import { database, endpoint, host, least, store } from "./external";

/** The lines a user reads for a wrong configuration. */
function mistakes(given: object): string[] {
  const { error } = floeConfig.safeParse({ ...least, ...given });
  return error ? explainConfig(error, floeConfig, "floe") : assert.fail("accepted");
}

describe("systems/floe: servers elsewhere", () => {
  it("[FL-08] [FL-120] of a database the host alone is needed; all else has a default, TLS among it", () => {
    assert.deepEqual(floeConfig.parse({ ...least, ...database() }).postgresql.external, {
      ...{ host, port: 5432, sslmode: "require", ca: "", cidrs: [] },
      dagster: { database: "dagster", user: "dagster" },
      warehouse: { database: "floe", user: "floe" },
      lineage: { database: "marquez", user: "marquez" },
      catalog: { database: "polaris", user: "polaris" },
    });
    assert.deepEqual(floeConfig.parse({ ...least, ...store() }).objectStorage.external, {
      ...{ endpoint, region: "us-east-1", bucket: "floe", cidrs: [] },
    });
  });

  it("images of what is not brought are not asked for", () => {
    const images = Object.fromEntries(
      ["dagster", "dbt", "otel"].map((one) => [one, { repository: `r.internal/${one}` }]),
    );
    const given = { enabled: true, images, lineage: false, ...database(), ...store() };
    assert.ok(floeConfig.parse(given));
    const { error } = floeConfig.safeParse({ ...given, polaris: { enabled: true }, lineage: true });
    assert.deepEqual(
      error?.issues.map(({ path }) => path.join(".")),
      ["images.marquez.repository", "images.polaris.repository"],
    );
  });

  const refused: [title: string, given: object, lines: RegExp[]][] = [
    [
      "everything that is wrong of both, at once",
      {
        ...database({ host: "<host>", port: 0, sslmode: "on", cidrs: ["10.0.0.1"], dagster: { user: "a b" } }),
        ...store({ endpoint: "s3", region: "EU", bucket: "My_Bucket" }),
      },
      [
        /^floe\.postgresql\.external\.host: still a placeholder; put the server's real name$/,
        /^floe\.postgresql\.external\.port: expected a whole number/,
        /^floe\.postgresql\.external\.sslmode: expected disable, prefer, require, verify-ca or verify-full$/,
        /^floe\.postgresql\.external\.cidrs\[0\]: expected a block of addresses/,
        /^floe\.postgresql\.external\.dagster\.user: expected the name of a role$/,
        /^floe\.objectStorage\.external\.endpoint: expected http:\/\/ or https:\/\//,
        /^floe\.objectStorage\.external\.region: expected a region/,
        /^floe\.objectStorage\.external\.bucket: expected a bucket/,
      ],
    ],
    [
      "a server whose certificate nothing verifies",
      database({ sslmode: "verify-full" }),
      [/^floe\.postgresql\.external\.ca: missing; sslmode verify-full verifies the server's certificate/],
    ],
    [
      "an external server that nobody describes",
      { postgresql: { mode: "external" }, objectStorage: { mode: "external" } },
      [
        /^floe\.postgresql\.external: missing; mode external needs it/,
        /^floe\.objectStorage\.external: missing; mode external needs it/,
      ],
    ],
    [
      "a description that nobody reads",
      { postgresql: { mode: "cnpg", external: { host } }, objectStorage: { mode: "none", external: { endpoint } } },
      [
        /^floe\.postgresql\.external: mode is cnpg, so that nothing reads this; set mode to external, or remove it$/,
        /^floe\.objectStorage\.external: mode is none, so that nothing reads this/,
      ],
    ],
    [
      "an address with a password in it",
      store({ endpoint: "https://key:secret-word@s3.data.internal" }),
      [/^floe\.objectStorage\.external\.endpoint: expected .* without credentials and path$/],
    ],
    [
      "a password beside the host",
      database({ password: "secret-word" }),
      [/^floe\.postgresql\.external\.password: unknown key/],
    ],
    [
      "no server of a Cluster",
      { postgresql: { mode: "cnpg", instances: 0 } },
      [/^floe\.postgresql\.instances: expected/],
    ],
  ];
  for (const [title, given, lines] of refused)
    it(`[FL-08] refuses ${title}, by key`, () => {
      const told = mistakes(given);
      assert.equal(told.length, lines.length, told.join("\n"));
      for (const [index, line] of lines.entries()) assert.match(told[index] ?? "", line);
      assert.doesNotMatch(told.join(), /secret-word/);
    });

  for (const placeholder of ["postgresql.example.com", "db.example", "your-database", "changeme", "<host>"])
    it(`refuses the placeholder ${placeholder} as a host`, () =>
      assert.match(mistakes(database({ host: placeholder })).join(), /external\.host: still a placeholder/));
  it("refuses the placeholder of an example as an endpoint", () =>
    assert.match(mistakes(store({ endpoint: "https://s3.example.com" })).join(), /endpoint: still a placeholder/));
});

describe("systems/floe: what servers elsewhere mean for the charts", () => {
  const secrets = { dagster: "d", warehouse: "w", lineage: "l", jobsStore: "j", catalogStore: "c", polaris: "p" };
  const resolved = (given: object): ResolvedFloe => {
    const { value } =
      floe.resolve?.(floeConfig.parse({ ...least, environment: "prod", ...given }) as never, "prod") ?? {};
    return value as ResolvedFloe;
  };
  const values = (given: object) => {
    const config = resolved(given);
    const image = (part: Parameters<typeof imageOf>[1]) => imageOf(config, part);
    return {
      platform: platformValues(config, secrets, image) as Record<string, Record<string, unknown>>,
      jobs: jobsValues(config, secrets, image("dbt")) as unknown as Jobs,
    };
  };
  interface Jobs {
    readonly warehouse: object;
    readonly objectStorage: object;
    readonly networkPolicy: {
      readonly destinations: Record<string, { readonly port: number; readonly peers: unknown }>;
    };
  }

  it("[FL-48] [FL-65] both charts get host, port, TLS, roles and addresses; credentials by name alone", () => {
    const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const more = {
      port: 6432,
      sslmode: "verify-full",
      ca,
      cidrs: ["10.1.0.0/24"],
      warehouse: { database: "dw", user: "dbt" },
      lineage: { database: "events", user: "lineage" },
      catalog: { database: "tables", user: "catalog" },
    };
    const s3 = { region: "eu-central-1", bucket: "floe-prod", cidrs: ["10.2.0.0/24"] };
    const { platform, jobs } = values({ ...database(more), ...store(s3), polaris: { enabled: true } });
    const { host: server, port, sslmode, ca: authority, cidrs, auth, roles } = platform.postgresql ?? {};
    assert.deepEqual([server, port, sslmode, authority, cidrs], [host, 6432, "verify-full", ca, ["10.1.0.0/24"]]);
    assert.deepEqual(auth, { existingSecret: "", dagsterSecret: "d", marquezSecret: "l" });
    assert.deepEqual(roles, {
      dagster: { database: "dagster", user: "dagster" },
      marquez: { database: "events", user: "lineage" },
      polaris: { database: "tables", user: "catalog" },
    });
    assert.deepEqual(platform.objectStorage, { endpoint, ...s3, existingSecret: "c" });
    assert.deepEqual(jobs.warehouse, {
      ...{ host, port: 6432, database: "dw", user: "dbt", sslmode: "verify-full", ca, existingSecret: "w" },
    });
    assert.deepEqual(jobs.objectStorage, {
      endpoint,
      region: "eu-central-1",
      bucket: "floe-prod",
      existingSecret: "j",
    });
    const { database: to, objects } = jobs.networkPolicy.destinations;
    assert.deepEqual(to, { port: 6432, peers: [{ ipBlock: { cidr: "10.1.0.0/24" } }] });
    assert.deepEqual(objects, { port: 443, peers: [{ ipBlock: { cidr: "10.2.0.0/24" } }] });
  });

  it("[FL-83] without addresses the port is open to any but those of a cloud's metadata, and the run says so", () => {
    const { jobs } = values({ ...database(), ...store({ endpoint: "https://s3.data.internal:9443" }) });
    const any = [
      { ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } },
      { ipBlock: { cidr: "::/0", except: ["fe80::/10"] } },
    ];
    const { database: to, objects } = jobs.networkPolicy.destinations;
    assert.deepEqual(
      [to, objects],
      [
        { port: 5432, peers: any },
        { port: 9443, peers: any },
      ],
    );
    const [release] = floe.requires(resolved({ ...database(), ...store() }));
    assert.deepEqual(release?.notes, [
      "hardened:floe.postgresql.external.cidrs is empty: pods that use the database reach its port at any address; name its addresses there",
      "hardened:floe.objectStorage.external.cidrs is empty: pods that use the object store reach its port at any address; name its addresses there",
    ]);
    const [closed] = floe.requires(
      resolved({ ...database({ cidrs: ["10.1.0.0/24"] }), ...store({ cidrs: ["10.2.0.0/24"] }) }),
    );
    assert.deepEqual(closed?.notes, []);
  });

  it("[FL-08] [FL-112] a Cluster needs its operator: a mistake in production, a warning with the fallback elsewhere", () => {
    const cnpg = { postgresql: { mode: "cnpg" }, objectStorage: { mode: "none" } };
    const needsOf = (profile: "staging" | "prod") => {
      const { value } = floe.resolve?.(floeConfig.parse({ ...least, ...cnpg }) as never, profile) ?? {};
      const [release] = floe.requires(value as ResolvedFloe);
      return { needs: release?.needs, namespaces: release?.namespaces };
    };
    const common = { capability: "cloudnative-pg", by: "hardened:floe.postgresql.mode (cnpg)" };
    const otherwise = "take another database (hardened:floe.postgresql.mode:";
    assert.deepEqual(needsOf("prod"), {
      needs: [{ ...common, otherwise: `${otherwise} external)` }],
      namespaces: [{ name: "cnpg-system", by: "hardened:floe.postgresql.operatorNamespace" }],
    });
    assert.deepEqual(needsOf("staging"), {
      needs: [
        {
          ...common,
          otherwise: `${otherwise} statefulset or external)`,
          without: "the database is a StatefulSet of one pod with one volume",
        },
      ],
      namespaces: [],
    });
    assert.deepEqual(floe.requires(resolved(database()))[0]?.needs, []);
  });

  it("[FL-08] the jobs reach the servers of a Cluster over TLS; outside of production its fallback too", () => {
    const of = (profile: "staging" | "prod"): Jobs => {
      const given = floeConfig.parse({ ...least, postgresql: { mode: "cnpg" } });
      const config = floe.resolve?.(given as never, profile).value as ResolvedFloe;
      return jobsValues(config, secrets, imageOf(config, "dbt")) as unknown as Jobs;
    };
    const cluster = { podSelector: { matchLabels: { "cnpg.io/cluster": "floe-floe-platform-postgresql" } } };
    const instance = { "app.kubernetes.io/instance": "floe", "app.kubernetes.io/component": "postgresql" };
    const { warehouse, networkPolicy } = of("prod");
    assert.deepEqual(networkPolicy.destinations.database?.peers, [cluster]);
    assert.deepEqual(warehouse, { host: "floe-floe-platform-postgresql", sslmode: "require", existingSecret: "w" });
    const staging = of("staging");
    const fallback = { podSelector: { matchLabels: { "app.kubernetes.io/name": "floe-platform", ...instance } } };
    assert.deepEqual(staging.networkPolicy.destinations.database?.peers, [cluster, fallback]);
    assert.deepEqual(staging.warehouse, { ...warehouse, sslmode: "prefer" });
  });
});
