import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./project";

/** Version of this project, as its package.json says. */
export const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  readonly version: string;
};

/** The same with the program's name, for evidence. */
export const tool = `hardened ${version}`;
