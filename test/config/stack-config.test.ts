import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { readStackConfig } from "../../config/stack-config";

describe("stack-config: what Pulumi hands over", () => {
  const systems = {
    web: {
      config: z.strictObject({ port: z.number("expected a number").default(80), name: z.string().default("") }),
      credentials: z.strictObject({ token: z.string() }),
    },
    jobs: { config: z.strictObject({ queue: z.string().default("main") }) },
  };
  const least = { environment: "dev", cluster: '{"context":"here"}' };
  /** The SDK has it, its types do not say that it takes the keys of secrets. */
  const setConfig = pulumi.runtime.setAllConfig as (values: Record<string, string>, secretKeys?: string[]) => void;
  const read = (given: Readonly<Record<string, string>>, secrets: readonly string[] = []) => {
    const mine = Object.entries({ ...least, ...given }).map(([key, value]) => [`app:${key}`, value]);
    setConfig(
      { ...Object.fromEntries(mine), "kubernetes:context": "elsewhere", "application:web": "{" },
      secrets.map((key) => `app:${key}`),
    );
    return readStackConfig(systems);
  };
  const said = (given: Readonly<Record<string, string>>, secrets?: readonly string[]): string => {
    try {
      read(given, secrets);
    } catch (error) {
      assert.ok(error instanceof pulumi.RunError);
      return error.message;
    }
    return assert.fail("accepted");
  };

  before(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "app", "dev"));
  after(() => setConfig({}));

  it("is text, and means what YAML meant; another project's keys are none of the stack's", () => {
    const { cluster, systems } = read({ web: '{"port":81}' });
    assert.deepEqual(cluster, { context: "here" });
    assert.deepEqual(systems, { web: { port: 81, name: "" }, jobs: { queue: "main" } });
  });

  it("a version is text, though it looks like a number", () => {
    assert.equal(read({ kubernetesVersion: "1.40" }).kubernetesVersion, "1.40");
    assert.equal(read({ imageLock: "1.0" }).imageLock, "1.0");
    assert.equal(
      said({ podSecurityVersion: "1.36", environment: "1" }),
      'Pulumi.dev.yaml: 2 errors in the configuration:\n  app:environment: expected one of "dev"|"staging"|"prod"\n  app:podSecurityVersion: expected "latest" or a version such as "v1.36"',
    );
  });

  it("every mistake is named by its key, numbers and broken JSON too", () => {
    assert.equal(
      said({ web: '{"port":"x"}' }),
      "Pulumi.dev.yaml: 1 error in the configuration:\n  app:web.port: expected a number",
    );
    for (const web of ["80", "{broken", "true", "[]"])
      assert.match(said({ web }), /^Pulumi\.dev\.yaml: 1 error in the configuration:\n {2}app:web: /, web);
  });

  it("credentials in clear are refused by key, without a value", () => {
    const text = '{"token":"hidden-word"}';
    const clear = "credentials in clear text; set them with pulumi config set --secret --path";
    assert.equal(said({ webCredentials: text }), `Pulumi.dev.yaml: app:webCredentials: ${clear}`);
    assert.equal(
      said({ webCredentials: text, jobsCredentials: text }),
      `Pulumi.dev.yaml: app:webCredentials, app:jobsCredentials: ${clear}`,
    );
    assert.deepEqual(read({ webCredentials: text }, ["webCredentials"]).credentials.web, { token: "hidden-word" });
  });

  it("an empty object is credentials that were not set, and of no other key", () => {
    assert.equal(read({ webCredentials: "{}" }).credentials.web, undefined);
    assert.match(said({ cluster: "{}" }), /app:cluster\.context: missing/);
  });
});
