import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { configRows } from "../../cli/generate/config";
import { customResourceFiles } from "../../cli/generate/custom-resources";
import { outdated } from "../../cli/generate/generated";
import { stackSchema } from "../../cli/generate/stack-schema";
import { outdatedSchemas } from "../../cli/generate/values-schemas";
import { program } from "../../cli/main";
import { readStackFile, stackNames } from "../../operations/stack/stack-file";
import { root, textOf } from "../support/tree";

describe("generated references", () => {
  it("[ZN-28] are what their sources say (npm run generate writes them)", function () {
    this.timeout(60_000); // dependency-cruiser reads all sources
    assert.deepEqual(outdated(program, root), []);
  });
  it("[ZN-28] one file of zen's kinds that differs from its source is found, and no other", function () {
    this.timeout(60_000);
    const files = Object.keys(customResourceFiles);
    const [changed = ""] = files;
    const folder = mkdtempSync(join(tmpdir(), "generated-"));
    try {
      for (const file of files) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        const text = textOf(file);
        writeFileSync(join(folder, file), file === changed ? text.replace("type: object", "type: string") : text);
      }
      assert.deepEqual(
        outdated(program, folder).filter((file) => files.includes(file)),
        [changed],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  it("include every chart's values schema", () => assert.deepEqual(outdatedSchemas(`${root}/charts`), []));

  it("say of every configuration key what it means", () => {
    assert.deepEqual(
      configRows().filter(({ meaning }) => meaning === ""),
      [],
    );
  });
});

describe("stack.schema.json", () => {
  const schema = z.fromJSONSchema(JSON.parse(stackSchema()));
  const accepts = (document: unknown): boolean => schema.safeParse(document).success;
  const config = { "hardened:environment": "dev", "hardened:cluster": { context: "any" } };

  for (const stack of stackNames()) {
    it(`accepts Pulumi.${stack}.yaml, which points to it`, () => {
      assert.ok(accepts(readStackFile(stack).document));
      assert.match(
        textOf(`Pulumi.${stack}.yaml`),
        /^# yaml-language-server: \$schema=\.\/docs\/reference\/stack\.schema\.json\n/,
      );
    });
  }

  it("accepts the least a stack needs, and other providers' keys", () => {
    assert.ok(accepts({ config }));
    assert.ok(accepts({ config: { ...config, "kubernetes:context": "any" }, encryptionsalt: "v1:x" }));
  });

  it("refuses what is missing, unknown or of another type", () => {
    assert.ok(!accepts({}));
    assert.ok(!accepts({ config: { "hardened:environment": "dev" } }));
    assert.ok(!accepts({ config, configs: {} }));
    assert.ok(!accepts({ config: { ...config, "hardened:mailrom": {} } }));
    assert.ok(!accepts({ config: { ...config, "hardened:mailroom": { replicas: 1 } } }));
    assert.ok(!accepts({ config: { ...config, "hardened:mailroom": { setup: { apply: "yes" } } } }));
  });

  it("[MR-28] [MR-52] takes credentials encrypted only", () => {
    const credentials = (value: unknown): boolean =>
      accepts({ config: { ...config, "hardened:mailroomCredentials": value } });
    assert.ok(credentials({ jmap_token: { secure: "v1:abc" } }));
    assert.ok(credentials({ secure: "v1:abc" }));
    assert.ok(!credentials({ jmap_token: "in clear" }));
    assert.ok(!credentials({ token: { secure: "v1:abc" } }));
  });
});
