import { strict as assert } from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../changes";
import { eventually, run } from "../run";
import type { TestProject } from "../test-project";
import { section } from "./document";

const file = "docs/how-to/run-a-data-product.md";

/**
 * Does what docs/how-to/run-a-data-product.md says in a project whose stack is up, by its own commands: all but those that bring the stack up.
 * `url`: where Dagster's page answers. Returns the log of the run and the rows.
 */
export async function runPage(project: TestProject, url: string): Promise<{ log: string; rows: string }> {
  let id = "";
  const sh = async (block = ""): Promise<string> => {
    const script = block
      .replaceAll("floe-dev", project.namespace)
      .replaceAll(/(http:\/\/)?localhost:3000/g, url)
      .replaceAll("<runId's first 8 characters>", id.slice(0, 8))
      .replaceAll("<runId>", id);
    const options = { cwd: project.root, env: project.env };
    return succeeded(await run("bash", ["-eu", "-o", "pipefail", "-c", script], options)).stdout;
  };
  const product = section(file, "1. The product");
  mkdirSync(join(project.root, "orders"));
  writeFileSync(join(project.root, "orders/compiled_artifacts.json"), product.block("json"));
  writeFileSync(join(project.root, "orders/project.yaml"), product.block("yaml"));
  await sh(section(file, "2. The values").block("sh"));
  await sh("test -s orders/values-dev.yaml && grep -q models/total.sql orders/jobs-dev.yaml");
  const [forwarding, start, state, log] = section(file, "4. A run").blocks("sh");
  assert.match(forwarding ?? "", /^kubectl port-forward -n \S+ svc\/floe-floe-platform-webserver 3000:80$/m);
  id = /"runId": *"([0-9a-f-]{36})"/.exec(await sh(start))?.[1] ?? assert.fail("no runId");
  await eventually("SUCCESS", async () => /"status": *"SUCCESS"/.test(await sh(state)), 120_000);
  return { log: await sh(log), rows: (await sh(section(file, "5. The rows").block("sh"))).trim() };
}
