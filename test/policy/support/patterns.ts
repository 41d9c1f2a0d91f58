/** Which exported names of a source file run a pattern, by the file's syntax. */
import {
  createSourceFile,
  forEachChild,
  isClassDeclaration,
  isFunctionDeclaration,
  isIdentifier,
  isNewExpression,
  isRegularExpressionLiteral,
  isVariableStatement,
  type Node,
  ScriptTarget,
  type Statement,
} from "typescript";

/** What a statement of a file's first level says. */
interface Said {
  readonly names: readonly string[];
  readonly exported: boolean;
  readonly uses: ReadonlySet<string>;
  readonly hasPattern: boolean;
}

/** The exported functions, classes and constants of a text that hold a regular expression, or reach one in the same file. */
export function exportsWithPatterns(text: string): string[] {
  const statements = createSourceFile("a.ts", text, ScriptTarget.Latest, true).statements.map(saidBy);
  const reaching = new Set<string>();
  for (let before = -1; before !== reaching.size; ) {
    before = reaching.size;
    for (const { names, uses, hasPattern } of statements)
      if (hasPattern || [...uses].some((name) => reaching.has(name))) for (const name of names) reaching.add(name);
  }
  return statements.flatMap(({ names, exported }) => (exported ? names.filter((name) => reaching.has(name)) : []));
}

function saidBy(statement: Statement): Said {
  const uses = new Set<string>();
  let hasPattern = false;
  const walk = (node: Node): void => {
    if (isIdentifier(node)) uses.add(node.text);
    hasPattern ||= isRegularExpressionLiteral(node);
    hasPattern ||= isNewExpression(node) && isIdentifier(node.expression) && node.expression.text === "RegExp";
    forEachChild(node, walk);
  };
  walk(statement);
  return { names: namesOf(statement), exported: /^export\b/.test(statement.getText()), uses, hasPattern };
}

function namesOf(statement: Statement): string[] {
  if (isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => (isIdentifier(name) ? [name.text] : []));
  const named = isFunctionDeclaration(statement) || isClassDeclaration(statement);
  return named && statement.name !== undefined ? [statement.name.text] : [];
}

/** The regular expressions a text writes down, each once. */
export function patternsIn(text: string): RegExp[] {
  const found = new Set<string>();
  const walk = (node: Node): void => {
    if (isRegularExpressionLiteral(node)) found.add(node.text);
    forEachChild(node, walk);
  };
  walk(createSourceFile("a.ts", text, ScriptTarget.Latest));
  return [...found].map((literal) => {
    const end = literal.lastIndexOf("/");
    return new RegExp(literal.slice(1, end), literal.slice(end + 1));
  });
}
