import assert from "node:assert/strict";
import { load } from "js-yaml";
import { projectFile } from "../../cli/generate/project-file";
import { keySchemas } from "../../cli/generate/stack-schema";
import { projectName } from "../../config/project";
import { textOf } from "../support/tree";

interface Key {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
}

describe("Pulumi.yaml", () => {
  const project = load(textOf("Pulumi.yaml")) as { name: string; config: Record<string, Key> };

  /** A declared key must have a default, and an empty one is no policy: what is for the pack alone stays undeclared. */
  const undeclared = ["policy", "imageSignatures"];
  const types = Object.entries(keySchemas()).filter(([key]) => !undeclared.includes(key));

  it("declares exactly the keys the program reads", () => {
    assert.equal(project.name, projectName);
    assert.deepEqual(
      Object.keys(project.config),
      types.map(([key]) => `${projectName}:${key}`),
    );
  });

  for (const [key, schema] of types) {
    it(`${key}: type, default and description agree with the program's`, () => {
      const declared = project.config[`${projectName}:${key}`] as Key;
      assert.equal(declared.type, schema.type);
      assert.ok(declared.description.startsWith(schema.description as string), schema.description);
      // Pulumi wants a default for every key that may be absent: an empty one stands for none.
      const empty = schema.type === "object" ? {} : "";
      const required = key === "environment" || key === "cluster";
      assert.deepEqual(declared.default, required ? undefined : (schema.default ?? empty));
    });
  }

  it("keeps everything of the file but its keys, also what stands below them", () => {
    const text = textOf("Pulumi.yaml");
    const more = "plugins:\n  providers: []\n";
    const edited = text.replace("  hardened:environment:\n", "# a comment\n  hardened:environment:\n");
    assert.equal(projectFile(edited + more), text + more);
    assert.throws(() => projectFile("name: hardened\n"), { message: "Pulumi.yaml has no config" });
  });
});
