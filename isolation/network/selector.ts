import { type Fields, fields, fieldsList, isFields, stringMap, strings, text } from "../model/fields.ts";

/** The label that the API server itself puts on every namespace and that nobody can change. */
export const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";

export type Labels = Readonly<Record<string, string>>;

/** Whether a label selector chooses everything: it has no requirement at all. */
export function selectsEverything(selector: unknown): boolean {
  return isFields(selector) && requirements(selector).length === 0;
}

/** Whether a label selector, as Kubernetes reads it, chooses an object with these labels. */
export function selects(selector: unknown, labels: Labels): boolean {
  return requirements(fields(selector)).every((requirement) => holds(requirement, labels));
}

/**
 * Names of the namespaces that a selector chooses, if it does so by their immutable name label alone; undefined for a
 * selector that relies on anything else, or that chooses all but some.
 */
export function namespaceNames(selector: unknown): readonly string[] | undefined {
  const all = requirements(fields(selector));
  const sets = all.map(({ key, operator, values }) =>
    key === NAMESPACE_NAME_LABEL && operator === "In" ? values : undefined,
  );
  if (all.length === 0 || sets.includes(undefined)) {
    return undefined;
  }
  return sets.reduce<readonly string[]>(
    (names, set, index) => (index === 0 ? (set ?? []) : names.filter((name) => set?.includes(name))),
    [],
  );
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

function requirements(selector: Fields): readonly Requirement[] {
  const byLabel = Object.entries(stringMap(selector.matchLabels)).map(([key, value]) => ({
    key,
    operator: "In",
    values: [value],
  }));
  const byExpression = fieldsList(selector.matchExpressions).map((expression) => ({
    key: text(expression.key) ?? "",
    operator: text(expression.operator) ?? "",
    values: strings(expression.values),
  }));
  return [...byLabel, ...byExpression];
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      // The API server refuses other operators; should it ever not, an unknown one proves nothing.
      return true;
  }
}
