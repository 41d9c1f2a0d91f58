import { strict as assert } from "node:assert";
import { secretInValues } from "../../../policy/checks/secret-in-values";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest, prod } from "../support/pod";

const said = (fields: JsonObject, apiVersion = "example.com/v1", kind = "Web", context = {}) =>
  secretInValues
    .check([manifest(apiVersion, kind, fields)], { ...prod, ...context })
    .map(({ field, outcome }) => `${field} ${outcome}`);
const web = (spec: Json) => said({ spec });

describe("secret-in-values, in fields of custom kinds", () => {
  for (const [spec, field] of [
    [{ password: "hunter2" }, "spec.password"],
    [{ auth: { basic: { username: "a", password: "hunter2" } } }, "spec.auth.basic.password"],
    [{ connectionString: "postgres://app:hunter2@db/app" }, "spec.connectionString"],
    [{ env: [{ name: "API_TOKEN", value: "hunter2" }] }, "spec.env[0].value"],
    [{ config: "db:\n  password: hunter2\n" }, "spec.config at db.password"],
    [{ basicAuth: { users: ["a:hunter2"] } }, "spec.basicAuth.users[0]"],
    [{ args: ["--token=hunter2"] }, "spec.args[0] at --token"],
  ] as const)
    it(`finds it in ${JSON.stringify(spec)}`, () => assert.deepEqual(web(spec as unknown as Json), [`${field} fail`]));

  for (const spec of [
    { passwordSecretRef: { name: "db", key: "password" } },
    { password: { secretKeyRef: { name: "db", key: "password" } } },
    { privateKey: { rotationPolicy: "Always", algorithm: "ECDSA", size: 256 }, secretName: "web-tls" },
    { credentials: { name: "db", key: "token" }, existingSecret: "db" },
    { password: "$(DB_PASSWORD)", token: "", tokenFile: "/run/token" },
    { icon: [{ base64data: "iVBORw0KGgoAAAANSUhEUgAAASAAAAEgCAYAAAAUg66AAQk7Zp2Xv9Lm4Tb8" }] },
  ])
    it(`passes ${JSON.stringify(spec)}`, () => assert.deepEqual(web(spec as unknown as Json), []));

  it("passes names of keys for a store's operator, what is encrypted, and status", () => {
    const data = [{ secretKey: "database", remoteRef: { key: "db", property: "pw" } }];
    assert.deepEqual(said({ spec: { data } }, "external-secrets.io/v1", "ExternalSecret"), []);
    const encryptedData = { password: "AgBq7Vd0Zk2Lx9RtB4mYw8Hc3Nf" };
    assert.deepEqual(said({ spec: { encryptedData } }, "bitnami.com/v1alpha1", "SealedSecret"), []);
    assert.deepEqual(said({ spec: {}, status: { token: "hunter2" } }), []);
  });

  it("leaves Kubernetes' own kinds, patterns of policy engines and deliveries that are evaluated to others", () => {
    const spec = { password: "hunter2" };
    assert.deepEqual(said({ spec }, "networking.k8s.io/v1", "Ingress"), []);
    assert.deepEqual(said({ spec }, "kyverno.io/v1", "ClusterPolicy"), []);
    const source = { helm: { valuesObject: spec } };
    assert.equal(said({ spec: { source } }, "argoproj.io/v1alpha1", "Application").length, 1);
    const context = { sourceEvaluated: true };
    assert.deepEqual(said({ spec: { source } }, "argoproj.io/v1alpha1", "Application", context), []);
  });

  it("finds it in a pod of a known kind once", () => {
    const env = [{ name: "TOKEN", value: "hunter2" }];
    const template = { spec: { containers: [{ name: "web", image: "web", env }] } };
    assert.deepEqual(said({ spec: { template } }, "argoproj.io/v1alpha1", "Rollout"), [
      "spec.template.spec.containers[0].env[0].value fail",
    ]);
  });

  it("finds it in an object inside another, once, and looks at each field once, however deep", () => {
    let nested: JsonObject = {
      apiVersion: "example.com/v1",
      kind: "Box",
      metadata: { name: "a" },
      spec: { token: "hunter2" },
    };
    for (let depth = 0; depth < 500; depth += 1) nested = { apiVersion: "example.com/v1", kind: "Box", spec: nested };
    const start = performance.now();
    assert.equal(web(nested).length, 1);
    assert.ok(performance.now() - start < 5000);
  });

  it("cannot evaluate what is not known yet where its name is that of a credential", () => {
    const unknown = UNKNOWN as unknown as Json;
    assert.deepEqual(web({ password: unknown, size: unknown }), ["spec.password undetermined"]);
  });
});
