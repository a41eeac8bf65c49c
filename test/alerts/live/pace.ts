import type { AlertRule, RuleGroup } from "../rules.ts";

/**
 * How much faster than in a cluster the live suite waits: a minute of a rule (`for`, a range, an offset) is three
 * seconds. Points in time that nights carry (`finishBy`, since when a step waits) are real ones and are never scaled.
 */
export const PACE = 20;

/** Rules as deployed, with all waiting scaled by a pace; 1 leaves them as deployed. */
export function paced(groups: readonly RuleGroup[], pace: number): readonly RuleGroup[] {
  return groups.map((group) => ({ ...group, rules: group.rules.map((rule) => pacedRule(rule, pace)) }));
}

function pacedRule(rule: AlertRule, pace: number): AlertRule {
  const expr = rule.expr.replaceAll(/(\[|:|offset )(\d+)m/g, (_, before: string, minutes: string) => {
    return `${before}${(Number(minutes) * 60) / pace}s`;
  });
  return { ...rule, expr, ...(rule.for === undefined ? {} : { for: `${Number.parseInt(rule.for, 10) / pace}s` }) };
}
