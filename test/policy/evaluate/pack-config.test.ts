import { strict as assert } from "node:assert";
import { environmentConfig } from "../../../policy/evaluate/pack-config";

const read = (config: unknown, rest: NodeJS.ProcessEnv = {}) =>
  environmentConfig(
    { PULUMI_CONFIG: typeof config === "string" ? config : JSON.stringify(config), ...rest },
    "/project/policy",
  );

describe("pack configuration", () => {
  it("takes the stack's own settings", () => {
    const config = {
      "hardened:environment": "dev",
      "hardened:podSecurityVersion": "v1.34",
      "hardened:kubernetesVersion": "1.34",
      "kubernetes:context": "x",
    };
    assert.deepEqual(read(config), {
      profile: "dev",
      podSecurity: { level: "restricted", version: "v1.34" },
      kubeVersion: "1.34",
      projectRoot: "/project",
      mistakes: [],
    });
  });

  it("is strict without settings", () => {
    const { profile, podSecurity, mistakes } = environmentConfig({}, "/project/policy");
    assert.deepEqual([profile, podSecurity.version, mistakes], ["prod", "latest", []]);
  });

  it("reads another project's settings and root", () => {
    const config = read(
      { "shop:environment": "staging", "hardened:environment": "dev" },
      { PULUMI_NODEJS_PROJECT: "shop", HARDENED_PROJECT_ROOT: "/elsewhere" },
    );
    assert.deepEqual([config.profile, config.projectRoot], ["staging", "/elsewhere"]);
  });

  it("names mistakes without their values and stays strict", () => {
    const config = read({ "hardened:environment": "correct-horse", "hardened:podSecurityVersion": "1.34" });
    assert.equal(config.profile, "prod");
    assert.deepEqual(config.mistakes, [
      "hardened:environment: expected dev, staging or prod",
      "hardened:podSecurityVersion: expected latest, or a version such as v1.36",
    ]);
    for (const text of ["{", "[]x", "1"]) assert.deepEqual(read(text).mistakes, ["PULUMI_CONFIG is not a JSON object"]);
  });

  it("takes a key that can only be a slip for a mistake, and leaves the program's own keys alone", () => {
    const shop = { PULUMI_NODEJS_PROJECT: "shop" };
    assert.deepEqual(
      read({ "shop:enviroment": "dev", "shop:podSecurityversion": "v1.30", "shop:polcy": "{}" }, shop).mistakes,
      [
        "shop:enviroment is no key of the pack; rename it to shop:environment, or set that too",
        "shop:podSecurityversion is no key of the pack; rename it to shop:podSecurityVersion, or set that too",
        "shop:polcy is no key of the pack; rename it to shop:policy, or set that too",
      ],
    );
    const theirs = { "shop:kubernetes": "x", "shop:replicas": "2", "other:enviroment": "dev" };
    assert.deepEqual(read({ ...theirs, "shop:environments": "a,b", "shop:environment": "dev" }, shop).mistakes, []);
  });

  it("finds the project an installed pack serves, whatever the installer's layout", () => {
    const root = (folder: string, env: NodeJS.ProcessEnv = {}) => environmentConfig(env, folder).projectRoot;
    assert.equal(root("/shop/node_modules/hardened-policy"), "/shop");
    assert.equal(root("/shop/node_modules/.pnpm/hardened-policy@0.1.0/node_modules/hardened-policy"), "/shop");
    assert.equal(root("/shop/policy"), "/shop");
    assert.equal(root("/usr/lib/node_modules/hardened-policy", { HARDENED_PROJECT_ROOT: "/shop" }), "/shop");
  });
});
