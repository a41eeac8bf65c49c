import { type Problem, received } from "../definition/problem.ts";
import { readNoResults } from "../night/no-results.ts";
import { BUSINESS_DATE, RUN_NUMBER } from "../night/tokens.ts";
import { optionTexts } from "./option-texts.ts";

/** Replaces one of the night's tokens. */
const TOKEN = "\u0000";

/**
 * Argo treats braces in a step's texts as placeholders of its own and evaluates some of them; an unknown one keeps the
 * night from starting. Only the night's own tokens are meant for Argo.
 */
export function checkPlaceholders(options: object, property: string): readonly Problem[] {
  return optionTexts(options, property).flatMap(([at, text]) => {
    const none = readNoResults(text);
    if (none !== undefined) {
      const rule =
        "a step that leaves results on the customer's results volume: a Spark step or job with results, or a copyIn to it";
      return [{ property: at, received: none.asked, rule, fix: none.fix }];
    }
    const rest = text.replaceAll("\u0000", " ").replaceAll(BUSINESS_DATE, TOKEN).replaceAll(RUN_NUMBER, TOKEN);
    return rest.includes("{{") || rest.includes(`{${TOKEN}`)
      ? [
          {
            property: at,
            received: received(text),
            rule: "no two opening braces together: Argo would read them as a placeholder, and the night would not start",
            fix: "write night.businessDate or night.path(...) for what only the night knows, and a space between braces",
          },
        ]
      : [];
  });
}
