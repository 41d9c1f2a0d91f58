import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AppConfig } from "../../components/app-config";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { registered, registrationOf, resolved } from "../support/doubles/registered-resources";

const made = (content: unknown): AppConfig => {
  const namespace = new RestrictedNamespace("web", { name: "apps", system: "web", podSecurityVersion: "latest" });
  return new AppConfig("web-config", { namespace, system: "web", file: "config.yaml", content });
};

describe("app-config: the configuration as an immutable ConfigMap", () => {
  it("[MR-20] one file in it, no line broken, after the namespace", async () => {
    const long = "a word ".repeat(40).trim();
    const all = await registered(async () => {
      const config = made({ text: long, list: [1] });
      assert.equal(await resolved(config.configMapName), "web-config");
      assert.equal((config.ready as unknown as { __pulumiType: string }).__pulumiType, "kubernetes:core/v1:ConfigMap");
    });
    const { inputs, options } = registrationOf(all, "kubernetes:core/v1:ConfigMap web-config");
    assert.deepEqual(inputs, {
      ...{
        apiVersion: "v1",
        kind: "ConfigMap",
        immutable: true,
        data: { "config.yaml": `text: ${long}\nlist:\n  - 1\n` },
      },
      metadata: {
        namespace: "apps",
        labels: {
          "app.kubernetes.io/name": "web",
          "app.kubernetes.io/component": "config",
          "app.kubernetes.io/managed-by": "pulumi",
        },
        annotations: { "pulumi.com/deletionPropagationPolicy": "background" },
      },
    });
    assert.equal(options.parent, "hardened:components:AppConfig web-config");
    assert.ok((options.dependencies as string[]).includes("kubernetes:core/v1:Namespace web"));
  });

  it("as large as a ConfigMap may be, and not one byte more: then it is refused by its size in bytes", async () => {
    const ofSize = (bytes: number): object => ({ text: `ü${"x".repeat(bytes - "text: ü\n".length - 1)}` });
    await registered(() => made(ofSize(1_000_000)));
    await assert.rejects(
      registered(() => made(ofSize(1_000_001))),
      (error: unknown) => {
        assert.ok(error instanceof pulumi.ResourceError);
        assert.equal(error.message, "config.yaml has 1000001 bytes, a ConfigMap holds 1000000");
        assert.equal(error.hideStack, true);
        return true;
      },
    );
  });
});
