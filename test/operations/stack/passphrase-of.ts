import { readFileSync } from "node:fs";
import { backendEnvironment } from "../../../operations/stack/state";

/** Prints the passphrase a run on this machine would use, or why it has none, as JSON. */
try {
  const { PULUMI_CONFIG_PASSPHRASE_FILE: file = "" } = { ...process.env, ...backendEnvironment() };
  console.log(JSON.stringify({ passphrase: readFileSync(file, "utf8") }));
} catch (error) {
  console.log(JSON.stringify({ refused: (error as Error).message, name: (error as Error).name }));
}
