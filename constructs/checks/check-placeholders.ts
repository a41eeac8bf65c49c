import { type Problem, received } from "../definition/problem.ts";
import { below } from "../form/form.ts";
import { Step } from "../night/step.ts";
import { BUSINESS_DATE, RUN_NUMBER } from "../night/tokens.ts";

/** Stands where a token of the night stood. */
const TOKEN = "\u0000";

/**
 * Argo reads braces in what a step says as placeholders of its own, and evaluates some: one that it does not know keeps
 * the night from starting. Only the night's tokens are meant for it.
 */
export function checkPlaceholders(options: object, property: string): readonly Problem[] {
  return texts(options, property).flatMap(([at, text]) => {
    const rest = text.replaceAll("\u0000", " ").replaceAll(BUSINESS_DATE, TOKEN).replaceAll(RUN_NUMBER, TOKEN);
    return rest.includes("{{") || rest.includes(`{${TOKEN}`)
      ? [
          {
            property: at,
            received: received(text),
            rule: "no two opening braces together: Argo would read a placeholder of its own, and the night would not start",
            mend: "write night.businessDate or night.path(...) for what only the night knows, and a space between braces",
          },
        ]
      : [];
  });
}

/** All texts in a value, each with its path; what steps are told by others is not this one's. */
function texts(value: unknown, at: string): readonly (readonly [string, string])[] {
  if (typeof value === "string") {
    return [[at, value]];
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) => texts(entry, `${at}[${index}]`));
  }
  if (typeof value !== "object" || value === null || value instanceof Step) {
    return [];
  }
  const { values: _, ...said } = value as Readonly<Record<string, unknown>>;
  // A chart's values go to Argo CD and to no step.
  return Object.entries("chart" in value ? said : value).flatMap(([name, entry]) => [
    [below(at, name), name] as const,
    ...texts(entry, below(at, name)),
  ]);
}
