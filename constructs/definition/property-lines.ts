import type ts from "typescript";
import { namelessStep, stepCall } from "./step-calls.ts";
import { typescript } from "./typescript.ts";

/**
 * The line of a property, or of the object that should contain it where it is missing. Undefined for a problem without
 * a property, such as `(file)`, and where the file defines no customer.
 * @param which Of several steps of the same name, from 0.
 */
export function propertyLine(source: ts.SourceFile, property: string, which = 0): number | undefined {
  const [first, ...rest] = segmentsOf(property);
  const call = callOf(source, "defineCustomer");
  if (first === undefined || property.startsWith("(") || call === undefined) {
    return undefined;
  }
  const customer = call.arguments[0] ?? call;
  const [start, path] = startOf(source, customer, [first, ...rest], {
    which,
    nameless: /\bsteps\[\d+\]/.test(property),
  });
  let found: ts.Node | undefined;
  let node: ts.Node | undefined = start;
  for (const segment of path) {
    node = node === undefined ? undefined : below(source, node, segment);
    found = node ?? found;
  }
  found ??= start === customer ? call : start;
  return source.getLineAndCharacterOfPosition(found.getStart(source)).line + 1;
}

/** `workflow.steps["var-es"].args[1]` as its names and places. */
function segmentsOf(property: string): readonly string[] {
  return [...property.matchAll(/([\w$-]+)|"((?:[^"\\]|\\.)*)"/g)].map(([, name, quoted]) => name ?? quoted ?? "");
}

/** A step is found by its name, wherever it is declared; everything else by its path from the customer. */
function startOf(
  source: ts.SourceFile,
  customer: ts.Node,
  path: readonly string[],
  { which, nameless }: { readonly which: number; readonly nameless: boolean },
): readonly [start: ts.Node, path: readonly string[]] {
  const place = path.indexOf("steps");
  const name = path[place + 1];
  const night = path
    .slice(0, Math.max(0, place))
    .reduce<ts.Node | undefined>((node, one) => (node === undefined ? node : below(source, node, one)), customer);
  const find = (within: ts.Node, of: string): ts.Node | undefined =>
    nameless ? namelessStep(within, Number(of)) : stepCall(within, of, which);
  const step = place < 0 || name === undefined ? undefined : (find(night ?? source, name) ?? find(source, name));
  return step === undefined ? [customer, path] : [step, path.slice(place + 2)];
}

function callOf(source: ts.SourceFile, called: string): ts.CallExpression | undefined {
  const ts = typescript();
  return findNode(
    source,
    (node): node is ts.CallExpression => ts.isCallExpression(node) && isCallOf(node, called, source),
  );
}

/** `nightly(...)`, or `nl.nightly(...)` where the library was imported whole. */
function isCallOf({ expression }: ts.CallExpression, called: string, source: ts.SourceFile): boolean {
  return expression.getText(source).split(".").at(-1) === called;
}

function findNode<Node extends ts.Node>(root: ts.Node, fits: (node: ts.Node) => node is Node): Node | undefined {
  return fits(root) ? root : typescript().forEachChild(root, (child) => findNode(child, fits));
}

/** The part of a value with a given name or index, if it is written out in the file. */
function below(source: ts.SourceFile, node: ts.Node, segment: string): ts.Node | undefined {
  const ts = typescript();
  if (ts.isPropertyAssignment(node)) {
    return below(source, node.initializer, segment);
  }
  if (ts.isIdentifier(node) || ts.isShorthandPropertyAssignment(node)) {
    const name = node.getText(source);
    const declared = findNode(
      source,
      (one): one is ts.VariableDeclaration => ts.isVariableDeclaration(one) && one.name.getText(source) === name,
    );
    return declared?.initializer === undefined || declared.initializer === node
      ? undefined
      : below(source, declared.initializer, segment);
  }
  if (ts.isCallExpression(node)) {
    // `nightly("22:00", { ... })`: its first argument is the start.
    if (segment === "start" && isCallOf(node, "nightly", source)) {
      return node.arguments[0];
    }
    return node.arguments.map((one) => below(source, one, segment)).find((one) => one !== undefined);
  }
  if (ts.isArrayLiteralExpression(node)) {
    return /^\d+$/.test(segment) ? node.elements[Number(segment)] : undefined;
  }
  if (ts.isObjectLiteralExpression(node)) {
    // Of duplicate properties the last one counts.
    const own = node.properties.findLast((one) => one.name !== undefined && nameText(one.name, source) === segment);
    return (
      own ??
      spreads(node)
        .map((one) => below(source, one, segment))
        .find((one) => one !== undefined)
    );
  }
  return undefined;
}

function nameText(name: ts.PropertyName, source: ts.SourceFile): string {
  return typescript().isStringLiteralLike(name) ? name.text : name.getText(source);
}

function spreads(node: ts.ObjectLiteralExpression): readonly ts.Expression[] {
  const ts = typescript();
  return node.properties.flatMap((one) => (ts.isSpreadAssignment(one) ? [one.expression] : []));
}
