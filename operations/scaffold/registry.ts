import { UserError } from "../../process/user-error";
import type { Names } from "./names";

/** Where every system is registered, as a path in the checkout. */
export const registryFile = "systems/registry.ts";

const list = /^(const all: .* = \[)([^\]]*?),?\s*(\];)$/m;
const lastImport = /^import .*;\n(?!import )/m;

/** Systems of the list in the registry; undefined when there is no such list. */
const listed = (text: string): string[] | undefined =>
  list
    .exec(text)?.[2]
    ?.split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");

/**
 * The registry with one more system, imported and at the end of the list; not formatted yet. Throws a UserError that says how to register it by
 * hand when the text is not as expected.
 */
export function withSystem(text: string, { name, identifier }: Pick<Names, "name" | "identifier">): string {
  const all = listed(text);
  const line = `import { ${identifier} } from "./${name}/definition";`;
  if (all === undefined || !lastImport.test(text))
    throw new UserError(
      `${registryFile} is not as expected: it has ${all === undefined ? "no list `const all: … = […];`" : "no imports"}; ` +
        `restore it (git checkout ${registryFile}), or give it both again`,
    );
  return text
    .replace(list, (_, before: string, __, after: string) => `${before}${[...all, identifier].join(", ")}${after}`)
    .replace(lastImport, (last) => `${last}${line}\n`);
}

/** Whether the registry imports a system of that name. */
export const isRegistered = (text: string, name: string): boolean => text.includes(`from "./${name}/definition"`);
