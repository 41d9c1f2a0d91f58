import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { failed, succeeded } from "../support/changes";
import { headings, type Section, section } from "../support/documents/document";
import { instance } from "../support/e2e-cluster";
import { run } from "../support/run";
import { type TestProject, testProject } from "../support/test-project";

/** Does what docs/how-to/onboard-a-service.md says, with its own words: its files and its commands, in its order. */

type Services = Record<string, Record<string, unknown>>;
interface Stack {
  readonly config: Record<string, unknown> & {
    readonly "hardened:companyos": { namespace: string; readonly services: Services };
  };
}

const page = "docs/how-to/onboard-a-service.md";
const part = (number: number): Section =>
  section(page, headings(page).find((heading) => heading.startsWith(`${number}. `)) ?? "");

describe("the walkthrough for a new service", () => {
  let project: TestProject;
  let stack: Stack;
  before(async () => {
    project = await testProject("onboard");
    stack = load(part(1).block("yaml")) as Stack;
    stack.config["hardened:cluster"] = { context: instance.context };
    stack.config["hardened:companyos"].namespace = project.namespace;
  });
  after(() => project?.remove());

  const write = (): void => writeFileSync(join(project.root, "Pulumi.trial.yaml"), dump(stack));
  const commands = async (number: number): Promise<string> => {
    const lines = part(number).commands;
    assert.ok(lines.length > 0 && lines.every((line) => line.startsWith("bin/hardened ")), lines.join("\n"));
    const said: string[] = [];
    for (const line of lines)
      said.push(succeeded(await run("bash", ["-c", line], { cwd: project.root, env: project.env })).text);
    return said.join("\n");
  };

  it("[COS-54] goes from a new file to checked and rendered objects", async () => {
    write();
    const said = await commands(2);
    assert.match(said, /: 0 mandatory/);
    for (const kind of ["Deployment", "Service", "ServiceAccount", "NetworkPolicy"])
      assert.match(said, new RegExp(`^kind: ${kind}$`, "m"));
  });

  it("[COS-54] goes on with a secret and a worker to a preview that passes", async () => {
    const { services } = stack.config["hardened:companyos"];
    const more = load(part(3).block("yaml")) as Services;
    for (const [name, added] of Object.entries(more)) services[name] = { ...services[name], ...added };
    write();
    const said = await commands(4);
    assert.match(said, /policy: no violations/);
    assert.match(said, /dev leaves out what production demands: .*secrets made at random: orders/);
    assert.match(said, /create +Release companyos/);
  });

  it("[COS-54] says of the two mistakes what the page says", async () => {
    const { orders } = stack.config["hardened:companyos"].services as Record<string, { env: object }>;
    Object.assign(orders ?? {}, { replcas: 2, env: { ...orders?.env, DATABASE_PASSWORD: "secret" } });
    write();
    const said = failed(await run("bin/hardened", ["check", "trial"], { cwd: project.root, env: project.env }));
    for (const line of part(5).block("text").trim().split("\n")) assert.ok(said.includes(line.trim()), said);
  });
});
