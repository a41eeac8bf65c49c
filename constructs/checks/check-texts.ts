import { type Problem, received } from "../definition/problem.ts";
import { secretShape } from "../definition/secret-shape.ts";
import { BUSINESS_DATE, NIGHT_DIRECTORY, RUN_NUMBER } from "../night/tokens.ts";
import { isBelow } from "./is-below.ts";
import { optionTexts } from "./option-texts.ts";

/** Properties whose own checks judge each value together with its name. */
const JUDGED_BY_NAME = /\.(env|conf|hadoopConf)[.[]/;

/** What no text of a step may contain: an object turned into text, a path that leaves the night's directory, a secret. */
export function checkTexts(options: object, property: string): readonly Problem[] {
  return optionTexts(options, property).flatMap(([at, text]): readonly Problem[] => {
    const secret = JUDGED_BY_NAME.test(at) ? undefined : secretShape(text);
    if (secret !== undefined) {
      return [secretProblem(at, secret)];
    }
    const object = checkObjectText(at, text);
    if (object.length > 0) {
      return object;
    }
    return nightPaths(text).some((path) => path !== "" && !isBelow(path))
      ? [
          {
            property: at,
            received: received(text.replaceAll(NIGHT_DIRECTORY, "<night>")),
            rule: "a relative path without `..`, quotes and backslashes: it stays in the night's own directory",
            fix: 'write for instance night.path("market")',
          },
        ]
      : [];
  });
}

/** A text made by JavaScript from an object or a missing value, which is meaningless. */
export function checkObjectText(property: string, text: string): readonly Problem[] {
  const rule =
    "no object within a text, which JavaScript writes as [object Object]: a value from a result is a whole argument";
  const fix = 'write each as its own element: ["--var", night.number(varEs, "var.json#total.var")]';
  if (/(^|[=:/])(undefined|NaN|Invalid Date)($|\/)/.test(text)) {
    const nothing = "no undefined, NaN or Invalid Date within a text, which JavaScript writes for a missing value";
    const give = "write the value, or correct the name that it is read or computed from";
    return [{ property, received: received(text), rule: nothing, fix: give }];
  }
  return text.includes("[object ") ? [{ property, received: received(text), rule, fix }] : [];
}

/** A text that holds a secret, without the secret. */
export function secretProblem(property: string, what: string): Problem {
  return {
    property,
    received: `${what} (not shown)`,
    rule: "a reference: a secret is never in a customer file, a Job or an argument",
    fix: 'pass it as a variable, env: { PASSWORD: secretKey("name", "key") }, or as a file, volumes: { "/etc/name": secretFiles("name") }',
  };
}

/** The paths below the night's directory that a text names, each to the end of its word. */
function nightPaths(text: string): readonly string[] {
  return text
    .split(NIGHT_DIRECTORY)
    .slice(1)
    .flatMap((rest) => {
      const [word = ""] =
        /^[^\s"';,&|)]*/.exec(rest.replaceAll(BUSINESS_DATE, "date").replaceAll(RUN_NUMBER, "1")) ?? [];
      return word.startsWith("/") ? [word.slice(1)] : [];
    });
}
