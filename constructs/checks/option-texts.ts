import { below } from "../form/form.ts";
import { Step } from "../night/step.ts";

/** All texts in a step's options with their paths, names included; what it takes from other steps is not among them. */
export function optionTexts(value: unknown, at: string): readonly (readonly [path: string, text: string])[] {
  if (typeof value === "string") {
    return [[at, value]];
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) => optionTexts(entry, `${at}[${index}]`));
  }
  if (typeof value !== "object" || value === null || value instanceof Step) {
    return [];
  }
  const { values: _, ...said } = value as Readonly<Record<string, unknown>>;
  // A chart's values go to Argo CD and to no step.
  return Object.entries("chart" in value ? said : value).flatMap(([name, entry]) => [
    [below(at, name), name] as const,
    ...optionTexts(entry, below(at, name)),
  ]);
}
