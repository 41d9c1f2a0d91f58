import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { failed, succeeded } from "../support/changes";
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

const page = readFileSync(join(__dirname, "../../docs/how-to/onboard-a-service.md"), "utf8");
/** Fenced blocks of a section, of one language. */
const blocks = (section: number, language: string): string[] => {
  const [, text = ""] = page.split(new RegExp(`^## ${section}\\. .*$`, "m"));
  const [own = ""] = text.split(/^## /m);
  return [...own.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, block]) => block as string);
};

describe("the walkthrough for a new service", () => {
  let project: TestProject;
  let stack: Stack;
  before(async () => {
    project = await testProject("onboard");
    stack = load(blocks(1, "yaml")[0] ?? "") as Stack;
    stack.config["hardened:cluster"] = { context: instance.context };
    stack.config["hardened:companyos"].namespace = project.namespace;
  });
  after(() => project?.remove());

  const write = (): void => writeFileSync(join(project.root, "Pulumi.trial.yaml"), dump(stack));
  const commands = async (section: number): Promise<string> => {
    const lines = blocks(section, "sh").flatMap((block) => block.trim().split("\n"));
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
    const more = load(blocks(3, "yaml")[0] ?? "") as Services;
    for (const [name, part] of Object.entries(more)) services[name] = { ...services[name], ...part };
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
    for (const line of (blocks(5, "text")[0] ?? "").trim().split("\n")) assert.ok(said.includes(line.trim()), said);
  });
});
