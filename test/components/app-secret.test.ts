import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AppSecret, type SecretSource } from "../../components/app-secret";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { registered, registrationOf, resolved } from "../support/doubles/registered-resources";

const keys = ["API_TOKEN", "USER"];
const made = (source: SecretSource): { secret: AppSecret; namespace: RestrictedNamespace } => {
  const namespace = new RestrictedNamespace("web", { name: "apps", system: "web", podSecurityVersion: "latest" });
  return { secret: new AppSecret("web-credentials", { namespace, system: "web", keys, source }), namespace };
};
const secretType = "kubernetes:core/v1:Secret web-credentials";
const externalType = "kubernetes:external-secrets.io/v1:ExternalSecret web-credentials";
const labels = {
  "app.kubernetes.io/name": "web",
  "app.kubernetes.io/component": "credentials",
  "app.kubernetes.io/managed-by": "pulumi",
};
const background = { "pulumi.com/deletionPropagationPolicy": "background" };
const component = "hardened:components:AppSecret web-credentials";

describe("app-secret: one Secret with the keys its users need", () => {
  it("made at random, but for what is made elsewhere; all of it secret, under one parent", async () => {
    let secret: AppSecret | undefined;
    const all = await registered(async () => {
      secret = made({ from: "generated", beside: { USER: "someone" } }).secret;
      assert.equal(await resolved(secret.secretName), "web-credentials");
      assert.equal(await resolved(secret.values.USER as pulumi.Output<string>), "someone");
      assert.ok(await pulumi.isSecret(secret.values.USER as pulumi.Output<string>));
    });
    assert.ok(pulumi.Resource.isInstance(secret?.ready) && secret.ready !== (secret as pulumi.Resource));
    const random = registrationOf(all, "random:index/randomPassword:RandomPassword web-credentials-api-token");
    assert.deepEqual([random.inputs, random.options.parent], [{ length: 32, special: false }, component]);
    assert.equal(all.filter(({ resource }) => resource.startsWith("random:")).length, 1);
    const { inputs, options } = registrationOf(all, secretType);
    assert.deepEqual(inputs, {
      ...{ apiVersion: "v1", kind: "Secret", immutable: true, type: "Opaque", stringData: "(secret)" },
      metadata: { namespace: "apps", labels, annotations: background },
    });
    assert.equal(options.parent, component);
    assert.ok((options.dependencies as string[]).includes("kubernetes:core/v1:Namespace web"));
  });

  it("given in the configuration: exactly its keys, and secret", async () => {
    const values = { API_TOKEN: "a", USER: "b", OTHER: "c" };
    await registered(async () => {
      const { secret } = made({ from: "config", values });
      assert.deepEqual(Object.keys(secret.values), keys);
      for (const key of keys) assert.ok(await pulumi.isSecret(secret.values[key] as pulumi.Output<string>), key);
    });
  });

  for (const [what, values, missing] of [
    ["none", undefined, "API_TOKEN, USER"],
    ["one", { USER: "b" }, "API_TOKEN"],
  ] as const)
    it(`given in the configuration with ${what} of its keys, it is refused by the names that are missing`, () =>
      assert.rejects(
        registered(() => made({ from: "config", values })),
        (error: unknown) => {
          assert.ok(error instanceof pulumi.ResourceError);
          assert.deepEqual([error.message, error.hideStack], [`credentials are missing: ${missing}`, true]);
          return true;
        },
      ));

  it("kept by someone else: its name, and nothing is made; a reader waits for the namespace", async () => {
    const all = await registered(async () => {
      const { secret, namespace } = made({ from: "existing", secretName: "kept" });
      assert.equal(await resolved(secret.secretName), "kept");
      assert.deepEqual(secret.values, {});
      assert.equal(secret.ready, namespace.namespace);
    });
    assert.ok(
      !all.some(({ resource }) => /Secret web-credentials$/.test(resource) && !resource.startsWith("hardened:")),
    );
  });

  for (const storeKind of [undefined, "SecretStore"] as const)
    it(`kept by the External Secrets Operator (${storeKind ?? "ClusterSecretStore"}): awaited, and each key one property of the entry`, async () => {
      const source = { from: "external", storeName: "vault", remoteKey: "teams/web", refreshInterval: "15m" } as const;
      const all = await registered(async () => {
        const { secret } = made({ ...source, storeKind });
        assert.equal(await resolved(secret.secretName), "web-credentials");
        assert.deepEqual(secret.values, {});
        assert.equal((secret.ready as unknown as { __pulumiType: string }).__pulumiType, externalType.split(" ")[0]);
      });
      const { inputs, options } = registrationOf(all, externalType);
      assert.deepEqual(inputs, {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: {
          ...{ name: "web-credentials", namespace: "apps", labels },
          annotations: { ...background, "pulumi.com/waitFor": "condition=Ready" },
        },
        spec: {
          refreshInterval: "15m",
          secretStoreRef: { kind: storeKind ?? "ClusterSecretStore", name: "vault" },
          target: { name: "web-credentials", creationPolicy: "Owner" },
          data: keys.map((key) => ({ secretKey: key, remoteRef: { key: "teams/web", property: key } })),
        },
      });
      assert.equal(options.parent, component);
      assert.ok((options.dependencies as string[]).includes("kubernetes:core/v1:Namespace web"));
    });
});
