import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../config/project";
import { program } from "../main";
import { generated, outdated } from "./generated";
import { writeValuesSchemas } from "./values-schemas";

function main(): void {
  const pages = generated(program);
  const written = outdated(program);
  for (const file of written) {
    mkdirSync(dirname(join(projectRoot, file)), { recursive: true });
    writeFileSync(join(projectRoot, file), (pages[file] as () => string)());
  }
  written.push(...writeValuesSchemas(join(projectRoot, "charts")).map((chart) => `charts/${chart}/values.schema.json`));
  for (const file of written) console.log(`wrote ${file}`);
  if (written.length === 0) console.log("everything generated is up to date");
}

if (require.main === module) main();
