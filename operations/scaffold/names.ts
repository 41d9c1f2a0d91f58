import { commonShape } from "../../config/stack-schema";

/** The forms of a system's name in the files of a new system. */
export interface Names {
  /** Key in a stack's file, folder, namespace and release, e.g. "mail-archive". */
  readonly name: string;
  /** The same in camel case, for identifiers, e.g. "mailArchive". */
  readonly camel: string;
  /** The same in Pascal case, for types, e.g. "MailArchive". */
  readonly type: string;
  /** Name of its definition; ends in "System" where the name alone is reserved or taken, e.g. "mailArchive", "newSystem". */
  readonly identifier: string;
  /** Key of its Secret, e.g. "MAIL_ARCHIVE_TOKEN". */
  readonly tokenKey: string;
  /** The same at the beginning of a sentence, e.g. "Mail-archive". */
  readonly title: string;
}

/** Most characters of a Helm release's name, which a system's name is by default. */
const longest = 53;

/** Reserved identifiers of JavaScript, TypeScript and Node, which a definition cannot be named. */
const reservedWords = new Set(
  `abstract any arguments as async await boolean break case catch class console const continue debugger declare default
  delete do else enum eval export exports extends false finally for from function get global if implements import in infer
  instanceof interface is keyof let module namespace never new null number object of package private process protected
  public readonly require return set static string super switch symbol this throw true try type typeof undefined unique
  unknown var void while with yield`.split(/\s+/),
);
/** Words that YAML does not read as strings. */
const yamlWords = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
/** Namespaces that every cluster has. */
const clusterNamespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

const upperFirst = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** The identifiers in a piece of code, without those in comments and strings. */
const identifiersOf = (code: string): Set<string> =>
  new Set(code.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|"[^"\n]*"/g, "").match(/[\w$]+/g));

/**
 * The forms of a name.
 * @param code where the definition is declared or imported: its identifiers are taken
 */
export function namesOf(name: string, code: string): Names {
  const words = name.split("-").filter((word) => word !== "");
  const type = words.map(upperFirst).join("");
  const camel = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  const isTaken = reservedWords.has(camel) || identifiersOf(code).has(camel);
  return {
    name,
    camel,
    type,
    identifier: isTaken ? `${camel}System` : camel,
    tokenKey: `${words.join("_").toUpperCase()}_TOKEN`,
    title: upperFirst(name),
  };
}

/** Errors of a system's name, one line each. */
export function nameProblems(name: string): string[] {
  const problems: string[] = [];
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
    problems.push('a name is lower-case letters, digits and "-", begins with a letter and ends with a letter or digit');
  if (/--/.test(name)) problems.push('a name has no "--"');
  if (name.length > longest)
    problems.push(`${name.length} characters; the name of a Helm release has at most ${longest}`);
  if (Object.hasOwn(commonShape, name)) problems.push(`hardened:${name} is a key of every stack's file`);
  if (name in {}) problems.push("JavaScript gives every object a property of that name");
  if (yamlWords.includes(name)) problems.push("YAML reads it as something else than a text");
  if (clusterNamespaces.includes(name)) problems.push("every cluster has a namespace of that name");
  return problems;
}
