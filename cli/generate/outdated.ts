import { outdated } from "./main";

/** Prints the generated files that are not what their source says, as a JSON list: for `hardened ready`, which the generator knows as a command. */
function main(): void {
  console.log(JSON.stringify(outdated()));
}

if (require.main === module) main();
