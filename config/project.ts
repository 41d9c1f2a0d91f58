import { dirname } from "node:path";

/** The checkout: every path in the program is relative to it. */
export const projectRoot = dirname(__dirname);

/** Name of the Pulumi project, as in Pulumi.yaml; configuration keys begin with it. */
export const projectName = "hardened";
