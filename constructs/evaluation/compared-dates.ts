import type ts from "typescript";
import { typescript } from "../definition/typescript.ts";
import type { Position } from "./without-fault.ts";

/** A file without any of these compares no business date, and need not be parsed. */
const MAY_COMPARE = /businessDate\s*[=!<>]|[=<>]\s*[\w.]*\bbusinessDate\b|switch\s*\([^)]*businessDate/;

/** Where a file compares the business date with something, which calls no function that could refuse. */
export function comparedDates(text: string): readonly Position[] {
  if (!MAY_COMPARE.test(text)) {
    return [];
  }
  const ts = typescript();
  const source = ts.createSourceFile("customer.ts", text, ts.ScriptTarget.Latest, true);
  const found: Position[] = [];
  const visit = (node: ts.Node): void => {
    if (comparedBy(node).some(isDate)) {
      const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push({ line, column: character });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function comparedBy(node: ts.Node): readonly ts.Expression[] {
  const ts = typescript();
  if (ts.isSwitchStatement(node)) {
    return [node.expression];
  }
  const isComparison =
    ts.isBinaryExpression(node) && /^([=!]==?|[<>]=?)$/.test(ts.tokenToString(node.operatorToken.kind) ?? "");
  return isComparison ? [node.left, node.right] : [];
}

function isDate(expression: ts.Expression): boolean {
  return typescript().isPropertyAccessExpression(expression) && expression.name.text === "businessDate";
}
