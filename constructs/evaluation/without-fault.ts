import type ts from "typescript";
import { received } from "../definition/problem.ts";
import { typescript } from "../definition/typescript.ts";
import { below } from "../form/form.ts";

/** A place in a file's text; both count from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The name of REPORTED in a file's code. */
const REPORTED = "globalThis.nightlane.exports.REPORTED";

/** What threw in a file. */
export interface Fault {
  /** The property that contains it, as a problem names it. */
  readonly property: string;
  /** The file's text with REPORTED in its place, line for line. */
  readonly rest: string;
}

/** Finds what threw at a position of a file; undefined where nothing can be put in its place. */
export function withoutFault(text: string, { line, column }: Position): Fault | undefined {
  const ts = typescript();
  const source = ts.createSourceFile("customer.ts", text, ts.ScriptTarget.Latest, true);
  const lineStart = source.getLineStarts()[line];
  if (lineStart === undefined) {
    return undefined;
  }
  const found = replaced(innermost(source, lineStart + column));
  if (found === undefined) {
    return undefined;
  }
  const { node, by } = found;
  const start = node.getStart(source);
  const lines = text.slice(start, node.end).split("\n").length - 1;
  return {
    property: propertyOf(node),
    rest: `${text.slice(0, start)}${by}${"\n".repeat(lines)}${text.slice(node.end)}`,
  };
}

/** The property that is written at a position of a file, as a problem names it. */
export function propertyAt(text: string, { line, column }: Position): string {
  const ts = typescript();
  const source = ts.createSourceFile("customer.ts", text, ts.ScriptTarget.Latest, true);
  return propertyOf(innermost(source, (source.getLineStarts()[line] ?? 0) + column));
}

function innermost(node: ts.Node, position: number): ts.Node {
  const child = typescript().forEachChild(node, (one) =>
    one.getStart() <= position && position < one.end ? one : undefined,
  );
  return child === undefined ? node : innermost(child, position);
}

/** The node to replace, and what to replace it by. */
function replaced(at: ts.Node): { readonly node: ts.Node; readonly by: string } | undefined {
  const ts = typescript();
  const whole = wholeExpression(at);
  const { parent } = whole;
  const imported = ts.findAncestor(at, ts.isImportDeclaration);
  if (imported !== undefined) {
    return {
      node: imported,
      by: namesOf(imported)
        .map((name) => `const ${name} = ${REPORTED};`)
        .join(" "),
    };
  }
  if (parent !== undefined && ts.isThrowStatement(parent)) {
    return { node: parent, by: ";" };
  }
  if (parent !== undefined && ts.isShorthandPropertyAssignment(parent)) {
    return { node: parent, by: `${parent.name.text}: ${REPORTED}` };
  }
  const declaration = ts.findAncestor(at, ts.isVariableDeclaration);
  const isInPattern = declaration !== undefined && at.pos < declaration.name.end && at.pos >= declaration.name.pos;
  if (isInPattern) {
    return declaration.initializer === undefined ? undefined : { node: declaration.initializer, by: REPORTED };
  }
  return ts.isExpression(whole) ? { node: whole, by: REPORTED } : undefined;
}

/** `night` or `spark` as the whole of `night.spark("var-es", { ... })`. */
function wholeExpression(node: ts.Node): ts.Node {
  const ts = typescript();
  const { parent } = node;
  const isWithin =
    parent !== undefined &&
    (ts.isPropertyAccessExpression(parent) ||
      ts.isNonNullExpression(parent) ||
      ((ts.isElementAccessExpression(parent) || ts.isCallExpression(parent) || ts.isNewExpression(parent)) &&
        parent.expression === node) ||
      (ts.isTaggedTemplateExpression(parent) && parent.tag === node) ||
      (ts.isBinaryExpression(parent) && parent.left === node && isAssignment(parent.operatorToken.kind)));
  return isWithin ? wholeExpression(parent) : node;
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  const { FirstAssignment, LastAssignment } = typescript().SyntaxKind;
  return operator >= FirstAssignment && operator <= LastAssignment;
}

function namesOf({ importClause }: ts.ImportDeclaration): readonly string[] {
  const { name, namedBindings } = importClause ?? {};
  const named =
    namedBindings === undefined
      ? []
      : typescript().isNamespaceImport(namedBindings)
        ? [namedBindings.name]
        : namedBindings.elements.map((one) => one.name);
  return [...(name === undefined ? [] : [name]), ...named].map(({ text }) => text);
}

/** The path of the property that contains a node: `workflow.steps["var-es"].memory`, or whatever else it is part of. */
function propertyOf(node: ts.Node): string {
  const ts = typescript();
  const path: string[] = [];
  for (let one = node; !ts.isSourceFile(one); one = one.parent) {
    if (ts.isImportDeclaration(one)) {
      return "import";
    }
    path.unshift(partOf(one, node));
  }
  return path.join("").replace(/^\./, "") || "(code)";
}

/** What a node adds to the path of its content. */
function partOf(one: ts.Node, within: ts.Node): string {
  const ts = typescript();
  const { parent } = one;
  const named = (name: string): string => below("_", name).slice(1);
  if (ts.isPropertyAssignment(one) || ts.isShorthandPropertyAssignment(one)) {
    return named(ts.isStringLiteralLike(one.name) ? one.name.text : one.name.getText());
  }
  if (ts.isArrayLiteralExpression(parent) && ts.isExpression(one)) {
    return `[${parent.elements.indexOf(one)}]`;
  }
  if (ts.isVariableDeclaration(one) && ts.isIdentifier(one.name) && ts.isSourceFile(parent.parent.parent)) {
    return named(one.name.text);
  }
  // What threw is a step's own declaration only where it is a statement: among options it is something else.
  const isByItself = ts.isExpressionStatement(parent) || ts.isVariableDeclaration(parent) || ts.isArrowFunction(parent);
  // Steps are declared by a function.
  const mayBeStep = (one !== within || isByItself) && ts.findAncestor(one, ts.isFunctionLike) !== undefined;
  if (mayBeStep && ts.isCallExpression(one) && ts.isPropertyAccessExpression(one.expression) && !isOfModule(one)) {
    const [name] = one.arguments;
    return name !== undefined && ts.isStringLiteralLike(name) ? `[${received(name.text)}]` : "";
  }
  return "";
}

/** Whether a call is of a function of a namespace import: `nl.nightly("22:00")` declares no step. */
function isOfModule(call: ts.CallExpression): boolean {
  const ts = typescript();
  const [root = ""] = call.expression.getText().split(".");
  return call.getSourceFile().statements.some((one) => ts.isImportDeclaration(one) && namesOf(one).includes(root));
}
