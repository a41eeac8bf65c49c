import { isObject } from "../../runs/json.ts";
import { type Problem, received } from "../definition/problem.ts";
import { below } from "../form/form.ts";
import { isLabelKey, isLabelValue } from "../kubernetes/names.ts";

type Part = Readonly<Record<string, unknown>>;

/**
 * The API server's own rules for pod placement, which it applies only when a night starts the pod. `value` is of the
 * right form.
 */
export function checkAffinity(value: unknown, at: string): readonly Problem[] {
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) => checkAffinity(entry, `${at}[${index}]`));
  }
  if (!isObject(value)) {
    return [];
  }
  const parts = Object.entries(value).flatMap(([name, part]) => checkAffinity(part, below(at, name)));
  return [...checkTerm(value, at), ...parts];
}

function checkTerm(term: Part, at: string): readonly Problem[] {
  const { nodeSelectorTerms, topologyKey, weight, matchLabels, operator } = term;
  const problems: Problem[] = [];
  const add = (name: string, rule: string, fix: string): void => {
    problems.push({
      property: `${at}.${name}`,
      received: received(term[name]),
      rule,
      fix: `write for instance ${fix}`,
    });
  };
  if (Array.isArray(nodeSelectorTerms) && nodeSelectorTerms.length === 0) {
    const example = '[{ matchExpressions: [{ key: "disktype", operator: "In", values: ["ssd"] }] }]';
    add("nodeSelectorTerms", "at least one term: without one no node matches", example);
  }
  if (typeof topologyKey === "string" && !isLabelKey(topologyKey)) {
    add("topologyKey", "the key of a node's label", '"topology.kubernetes.io/zone"');
  }
  if (typeof weight === "number" && !(weight >= 1 && weight <= 100)) {
    add("weight", "a whole number from 1 to 100", "100");
  }
  const labels = Object.entries(isObject(matchLabels) ? matchLabels : {});
  if (labels.some(([key, label]) => !isLabelKey(key) || !isLabelValue(String(label)))) {
    add("matchLabels", "labels as Kubernetes takes them", '{ app: "pricing-engine" }');
  }
  if (typeof operator === "string") {
    problems.push(...checkExpression(term, operator, at));
  }
  return problems;
}

function checkExpression({ key, values = [] }: Part, operator: string, at: string): readonly Problem[] {
  const count = Array.isArray(values) ? values.length : 0;
  const compared = at.includes("nodeAffinity") ? ["Gt", "Lt"] : [];
  const known = ["In", "NotIn", "Exists", "DoesNotExist", ...compared];
  const problem = (name: string, value: unknown, rule: string, fix: string): readonly Problem[] => [
    { property: `${at}.${name}`, received: received(value), rule, fix: `write for instance ${fix}` },
  ];
  if (!isLabelKey(String(key))) {
    return problem("key", key, "the key of a label", '"disktype"');
  }
  if (!known.includes(operator)) {
    return problem("operator", operator, `one of ${known.join(", ")}`, '"In"');
  }
  switch (operator) {
    case "In":
    case "NotIn":
      return count > 0 ? [] : problem("values", values, `at least one value with ${operator}`, '["ssd"]');
    case "Exists":
    case "DoesNotExist":
      return count === 0
        ? []
        : problem("values", values, `no values with ${operator}`, `{ key: "disktype", operator: "${operator}" }`);
    default:
      return count === 1 && Array.isArray(values) && /^-?\d+$/.test(String(values[0]))
        ? []
        : problem("values", values, `one whole number, as a text, with ${operator}`, '["8"]');
  }
}
