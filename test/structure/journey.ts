import { dirname, join, relative } from "node:path";
import * as ts from "typescript";
import { root } from "../support/tree";

/** Methods of arrays whose result holds the elements themselves. */
const keeps = new Set(["filter", "find", "slice", "at", "toSorted", "concat", "flat"]);

/**
 * The functions that a parameter goes through, the first included, as `file:function`: those that are given it, an object or list of it, or an object
 * it is put into. What a function makes of it is another value, and so is a text or a number read from it. Packages are not followed into.
 */
export function journeyOf(file: string, name: string, parameter: string): string[] {
  const program = ts.createProgram([join(root, file)], options, hostOfProject());
  const checker = program.getTypeChecker();
  const start = program
    .getSourceFile(join(root, file))
    ?.statements.find((one): one is ts.FunctionDeclaration => ts.isFunctionDeclaration(one) && one.name?.text === name);
  const index = start?.parameters.findIndex((one) => one.name.getText() === parameter) ?? -1;
  if (!start || index < 0) throw new Error(`${file} has no function ${name} with a parameter ${parameter}`);
  const seen = new Set<ts.Node>();
  const stays = new Set<ts.Node>();
  const waiting: { readonly of: ts.FunctionLikeDeclaration; readonly at: number }[] = [{ of: start, at: index }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { of, at } = next;
    const given = of.parameters[Math.min(at, of.parameters.length - 1)];
    if (!given || seen.has(given)) continue;
    seen.add(given);
    stays.add(of);
    for (const [callee, position] of callsWith(checker, of, given.name)) waiting.push({ of: callee, at: position });
  }
  return [...stays].map((one) => `${relative(root, one.getSourceFile().fileName)}:${nameOf(one)}`).sort();
}

const options: ts.CompilerOptions = {
  ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS, strict: true, noEmit: true, types: [] },
  skipLibCheck: true,
};

/** Files of the project alone: types of packages take seconds, and nothing is followed into them. */
function hostOfProject(): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => {
      const path = join(dirname(from), text);
      const found = text.startsWith(".")
        ? [`${path}.ts`, join(path, "index.ts")].find((one) => host.fileExists(one))
        : undefined;
      return { resolvedModule: found && { resolvedFileName: found, extension: ts.Extension.Ts } };
    }) as readonly ts.ResolvedModuleWithFailedLookupLocations[];
  return host;
}

const nameOf = (node: ts.Node): string => {
  const named = ts.isFunctionLike(node) && node.name ? node : node.parent;
  if (ts.isConstructorDeclaration(node)) return `new ${node.parent.name?.text ?? "class"}`;
  return (named as ts.NamedDeclaration).name?.getText() ?? "function";
};

/** The calls of a function that are given one of its parameters: what is called, and which parameter it becomes. */
function callsWith(
  checker: ts.TypeChecker,
  of: ts.FunctionLikeDeclaration,
  parameter: ts.BindingName,
): [ts.FunctionLikeDeclaration, number][] {
  const carriers = new Set<ts.Symbol>();
  const calls: [ts.FunctionLikeDeclaration, number][] = [];
  const carry = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) {
      const symbol = checker.getSymbolAtLocation(name);
      if (symbol) carriers.add(symbol);
    } else for (const one of name.elements) if (ts.isBindingElement(one)) carry(one.name);
  };
  const carries = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node)) return carriers.has(checker.getSymbolAtLocation(node) as ts.Symbol);
    if (ts.isShorthandPropertyAssignment(node))
      return carriers.has(checker.getShorthandAssignmentValueSymbol(node) as ts.Symbol);
    if (ts.isPropertyAssignment(node)) return carries(node.initializer);
    if (ts.isCallExpression(node))
      return (
        ts.isPropertyAccessExpression(node.expression) &&
        keeps.has(node.expression.name.text) &&
        carries(node.expression.expression)
      );
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return carries(node.expression);
    if (ts.isConditionalExpression(node)) return carries(node.whenTrue) || carries(node.whenFalse);
    if (ts.isBinaryExpression(node))
      return /^(\?\?|\|\||&&)$/.test(node.operatorToken.getText()) && (carries(node.left) || carries(node.right));
    if (ts.isObjectLiteralExpression(node)) return node.properties.some(carries);
    if (ts.isArrayLiteralExpression(node)) return node.elements.some(carries);
    if (ts.isSpreadAssignment(node) || ts.isSpreadElement(node) || ts.isNonNullExpression(node))
      return carries(node.expression);
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return carries(node.expression);
    return false;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer && carries(node.initializer)) carry(node.name);
    if (ts.isForOfStatement(node) && carries(node.expression) && ts.isVariableDeclarationList(node.initializer))
      for (const one of node.initializer.declarations) carry(one.name);
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const ofElements = ts.isPropertyAccessExpression(node.expression) && carries(node.expression.expression);
      for (const [position, argument] of (node.arguments ?? []).entries())
        if (ofElements && (ts.isArrowFunction(argument) || ts.isFunctionExpression(argument))) {
          const [element] = argument.parameters;
          if (element) carry(element.name);
        } else if (carries(argument) && !isPlain(checker.getTypeAtLocation(argument))) {
          const called = checker.getResolvedSignature(node)?.declaration;
          const body = called && implementationOf(called);
          if (body) calls.push([body, position]);
        }
    }
    ts.forEachChild(node, visit);
  };
  carry(parameter);
  if (of.body) visit(of.body);
  return calls;
}

const plain = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.Undefined;

const isPlain = (type: ts.Type): boolean =>
  type.isUnion() ? type.types.every(isPlain) : (type.flags & (plain | ts.TypeFlags.Null)) !== 0;

function implementationOf(declaration: ts.Node): ts.FunctionLikeDeclaration | undefined {
  const isOwn = !declaration.getSourceFile().fileName.includes("/node_modules/");
  return isOwn && ts.isFunctionLike(declaration) && "body" in declaration && declaration.body
    ? (declaration as ts.FunctionLikeDeclaration)
    : undefined;
}
