import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { checkStack, commonShape, type SystemSchema, stackShape } from "../../config/stack-schema";
import { profiles } from "../../policy/evaluate/profiles";
import { supplyChain } from "../support/supply-chain";

const systems: Record<string, SystemSchema> = {
  web: {
    config: z.strictObject({ port: z.number("expected a number").default(80) }),
    credentials: z.strictObject({ token: z.string() }),
  },
  jobs: { config: z.strictObject({ queue: z.string().default("main") }) },
};
const least = { environment: "dev", cluster: { context: "here" } };
const check = (raw: Record<string, unknown>) => checkStack("dev", raw, systems, "app");

function config(raw: Record<string, unknown>) {
  const checked = check(raw);
  assert.ok("config" in checked, JSON.stringify(checked));
  return checked.config;
}
function mistakes(raw: Record<string, unknown>): readonly string[] {
  const checked = check(raw);
  assert.ok("mistakes" in checked);
  return checked.mistakes;
}

describe("stack-schema", () => {
  it("fills in every default", () =>
    assert.deepEqual(config(least), {
      stack: "dev",
      environment: "dev",
      cluster: { context: "here" },
      clusters: undefined,
      delivery: { with: "release" },
      kubernetesVersion: "1.36",
      podSecurityVersion: "latest",
      imageLock: undefined,
      policy: undefined,
      imageSignatures: undefined,
      slo: undefined,
      systems: { web: { port: 80 }, jobs: { queue: "main" } },
      credentials: { web: undefined, jobs: undefined },
    }));

  it("takes what is given, and credentials by system", () => {
    const given = config({ ...least, kubernetesVersion: "1.34", web: { port: 81 }, webCredentials: { token: "t" } });
    assert.equal(given.kubernetesVersion, "1.34");
    assert.deepEqual(given.systems, { web: { port: 81 }, jobs: { queue: "main" } });
    assert.deepEqual(given.credentials, { web: { token: "t" }, jobs: undefined });
  });

  it("knows one key for each system, and credentials only where a system has any", () =>
    assert.deepEqual(Object.keys(stackShape(systems)), [...Object.keys(commonShape), "web", "webCredentials", "jobs"]));

  it("says what is missing, and what it is for", () => {
    assert.deepEqual(
      mistakes({}),
      (["environment", "cluster"] as const).map((key) => `app:${key}: missing; ${commonShape[key].description}`),
    );
  });

  it("lists every mistake at once", () =>
    assert.deepEqual(
      mistakes({ environment: "qa", cluster: {}, podSecurityVersion: "1.36", web: { prot: 1 }, jbos: {}, xyzzy: 1 }),
      [
        'app:jbos: unknown key; did you mean "app:jobs"?',
        "app:xyzzy: unknown key; known keys: environment, cluster, clusters, delivery, kubernetesVersion, podSecurityVersion, imageLock, policy, imageSignatures, slo, web, webCredentials, jobs",
        `app:environment: expected one of ${profiles.map((one) => `"${one}"`).join("|")}`,
        "app:cluster.context: missing, expected string",
        'app:podSecurityVersion: expected "latest" or a version such as "v1.36"',
        'app:web.prot: unknown key; did you mean "port"?',
      ],
    ));

  it("what depends on the environment is resolved by the system, its refusals with the rest and by their place", () => {
    const resolve = (given: { port: number }, environment: string) => ({
      value: { ...given, copies: environment === "prod" ? 2 : 1 },
      mistakes: environment === "prod" && given.port < 1024 ? ["port: below 1024"] : [],
    });
    const settled = { web: { ...(systems.web as SystemSchema), resolve } };
    const checked = (environment: string, raw: object = {}) =>
      checkStack("dev", { ...least, environment, ...supplyChain, ...raw }, settled, "app");
    const { config: dev } = checked("dev") as { config: { systems: object } };
    assert.deepEqual(dev.systems, { web: { port: 80, copies: 1 } });
    assert.deepEqual(checked("prod"), { mistakes: ["app:web.port: below 1024"] });
    assert.deepEqual((checked("prod", { web: { port: "high" } }) as { mistakes: object }).mistakes, [
      "app:web.port: expected a number",
    ]);
    assert.ok("mistakes" in checked("nowhere"));
  });

  it("credentials are in the stack's file exactly when a system takes them from there", () => {
    const source = z.strictObject({
      enabled: z.boolean().default(true),
      credentials: z.strictObject({ from: z.string() }),
    });
    const taking = { web: { config: source, credentials: z.strictObject({ token: z.string("expected the token") }) } };
    const said = (from: string, more: object = {}, enabled = true): readonly string[] => {
      const checked = checkStack("dev", { ...least, web: { enabled, credentials: { from } }, ...more }, taking, "app");
      return "mistakes" in checked ? checked.mistakes : [];
    };
    const given = { webCredentials: { token: "t" } };
    assert.deepEqual(said("existing", given), [
      "app:webCredentials and app:web.credentials (from: existing) are both set: choose one",
    ]);
    assert.deepEqual(said("config"), [
      "app:webCredentials.token: expected the token",
      "app:webCredentials: missing, and this stack runs web; set its credentials as above, or app:web.enabled: false",
    ]);
    assert.deepEqual(said("config", given), []);
    for (const none of [{}, { webCredentials: null }]) assert.deepEqual(said("existing", none), []);
    for (const more of [{}, given]) assert.deepEqual(said("existing", more, false), []);
  });

  it("takes a service level between the bounds, and the UID of a cluster", () => {
    const uid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    assert.deepEqual(config({ ...least, cluster: { context: "here", uid } }).cluster, { context: "here", uid });
    for (const slo of [{}, { target: 99.99, maxBudgetPerDrill: 100 }, { target: 0.1, maxBudgetPerDrill: 0.1 }])
      assert.deepEqual(config({ ...least, slo }).slo, slo);
    const outside = [{ target: 0 }, { target: 100 }, { maxBudgetPerDrill: 0 }, { maxBudgetPerDrill: 100.1 }];
    for (const slo of outside)
      assert.match(mistakes({ ...least, slo }).join("\n"), new RegExp(`^app:slo\\.${Object.keys(slo)[0]}: [^\n]+$`));
  });

  it("refuses versions that are none", () => {
    for (const version of ["v1", "1.36", "v1.36.3", "newest", "", "v1.361"])
      assert.equal(mistakes({ ...least, podSecurityVersion: version }).length, 1, version);
    for (const version of ["latest", "v1.0", "v1.36"]) config({ ...least, podSecurityVersion: version });
    for (const version of ["v1.36", "1", "1.36.3", "2.0"])
      assert.deepEqual(mistakes({ ...least, kubernetesVersion: version }), [
        'app:kubernetesVersion: expected a Kubernetes minor version such as "1.36"',
      ]);
  });

  it("refuses a cluster UID that is none", () =>
    assert.match(mistakes({ ...least, cluster: { context: "here", uid: "abc" } })[0] as string, /^app:cluster\.uid: /));

  it("a key is null as if it were not there", () => assert.deepEqual(config({ ...least, web: null }), config(least)));

  it("[MR-52] quotes no value, whatever is given", () => {
    const secret = "s3cret-value-of-someone";
    const anything = fc.oneof(fc.constant(secret), fc.constant([secret]), fc.constant({ token: [secret] }));
    const raw = fc.record({
      environment: anything,
      cluster: anything,
      kubernetesVersion: anything,
      web: anything,
      webCredentials: anything,
      imageLock: anything,
    });
    fc.assert(fc.property(raw, (given) => assert.ok(!mistakes(given).join("\n").includes(secret))));
  });

  it("answers anything at all, with a configuration or with mistakes", () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(stackShape(systems))), fc.string()), fc.jsonValue()),
        (raw) => {
          const checked = check(raw);
          assert.ok("config" in checked || checked.mistakes.length > 0);
        },
      ),
    ));
});
