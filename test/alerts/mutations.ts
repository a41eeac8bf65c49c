import type { AlertRule } from "./rules.ts";

/** A rule from which something was taken. */
export interface Mutation {
  /** What, for people. */
  readonly what: string;
  /** What is left of it; undefined where nothing is. */
  readonly rule?: AlertRule;
}

/** A limit that is looser than the rule's: what only just does not call then does. */
const LOOSER = 0.7;

/**
 * A rule without itself, without each of its alternatives and exceptions. Each time a call must fail to come, or come
 * too often.
 */
export function weakened(rule: AlertRule): readonly Mutation[] {
  return [{ what: "the whole rule" }, ...without(rule, "or"), ...without(rule, "unless")];
}

/** A rule without its patience, and with each limit looser. Each time what only just does not call must call. */
export function loosened(rule: AlertRule): readonly Mutation[] {
  const { for: patience, ...impatient } = rule;
  return [
    ...(patience === undefined ? [] : [{ what: `for ${patience}`, rule: impatient }]),
    ...limitsOf(rule.expr).map(({ start, text, operator, limit }) => {
      const looser = operator.startsWith(">") ? limit * LOOSER : limit / LOOSER;
      const expr = `${rule.expr.slice(0, start)}${operator} ${looser}${rule.expr.slice(start + text.length)}`;
      return { what: text, rule: { ...rule, expr } };
    }),
  ];
}

/** Operands of an operator at the outermost level of an expression, or of the brackets around all of it. */
function without(rule: AlertRule, operator: "or" | "unless"): readonly Mutation[] {
  const parts = outermost(rule.expr, ` ${operator} `);
  if (parts.length < 2) {
    return [];
  }
  return parts.flatMap((part, index) => {
    const rest = parts.filter((_, other) => other !== index);
    // An exception is meaningless without what it is an exception from.
    return operator === "unless" && index === 0
      ? []
      : [{ what: `${operator} ${part}`, rule: { ...rule, expr: rest.join(` ${operator} `) } }];
  });
}

function outermost(expression: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < expression.length; at++) {
    depth += "({[".includes(expression[at] ?? "") ? 1 : ")}]".includes(expression[at] ?? "") ? -1 : 0;
    if (depth === 0 && expression.startsWith(separator, at)) {
      parts.push(expression.slice(start, at));
      start = at + separator.length;
    }
  }
  return [...parts, expression.slice(start)];
}

interface Limit {
  readonly start: number;
  readonly text: string;
  readonly operator: string;
  readonly limit: number;
}

/** Comparisons with numbers: 0 and 1 are not limits but mean present and absent. */
function limitsOf(expression: string): readonly Limit[] {
  return [...expression.matchAll(/(>=?|<=?) (\d+(?:\.\d+)?)(?![\w.])/g)].flatMap((match) => {
    const [text, operator = "", number = ""] = match;
    const limit = Number(number);
    return limit === 0 || limit === 1 ? [] : [{ start: match.index, text, operator, limit }];
  });
}
