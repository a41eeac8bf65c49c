import type ts from "typescript";
import { typescript } from "./typescript.ts";

/** Names of night's methods that declare steps. */
const METHODS: ReadonlySet<string> = new Set(["spark", "job", "exec", "copyIn", "copyOut", "gate"]);

/**
 * The call that declares a step: by its literal name or, for a computed name, the call whose template matches it, or
 * else the first whose name is not a literal.
 * @param which Of several of the same name, from 0.
 */
export function stepCall(within: ts.Node, name: string, which = 0): ts.CallExpression | undefined {
  const calls = stepCalls(within);
  const written = calls.filter((call) => textOf(call) === name);
  return (
    written[which] ??
    calls.find((call) => fitsTemplate(call.arguments[0], name)) ??
    calls.find((call) => isMade(call.arguments[0])) ??
    written[0]
  );
}

/** The call that declares a step without a name: the one at this position, or the first without one. */
export function namelessStep(within: ts.Node, place: number): ts.CallExpression | undefined {
  const calls = stepCalls(within);
  const nameless = calls.filter((call) => textOf(call) === undefined);
  return nameless.find((call) => call === calls[place]) ?? nameless.find((call) => !isMade(call.arguments[0]));
}

function stepCalls(within: ts.Node): readonly ts.CallExpression[] {
  const ts = typescript();
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    const isCall = ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression);
    if (isCall && METHODS.has(node.expression.name.text)) {
      found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(within);
  return found;
}

/** The name of a step, if it is a literal. */
function textOf({ arguments: [name] }: ts.CallExpression): string | undefined {
  return name !== undefined && typescript().isStringLiteralLike(name) ? name.text : undefined;
}

/** Whether an expression may be a name: a variable or a call may, an object may not. */
function isMade(name: ts.Expression | undefined): boolean {
  const ts = typescript();
  return (
    name !== undefined &&
    !ts.isStringLiteralLike(name) &&
    !ts.isTemplateExpression(name) &&
    !ts.isObjectLiteralExpression(name) &&
    !ts.isFunctionLike(name)
  );
}

function fitsTemplate(template: ts.Expression | undefined, name: string): boolean {
  if (template === undefined || !typescript().isTemplateExpression(template)) {
    return false;
  }
  const end = template.templateSpans.at(-1)?.literal.text ?? "";
  return name.startsWith(template.head.text) && name.slice(template.head.text.length).endsWith(end);
}
