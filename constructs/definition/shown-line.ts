import { received } from "./problem.ts";
import { isSecretUnder, secretShape } from "./secret-shape.ts";

/** A line of a customer file for people to read, unless it may contain a secret. */
export function shownLine(source: string, line: number): string {
  const text = source.split("\n")[line - 1]?.trim();
  const words = [...(text ?? "").matchAll(/["'`]([^"'`]*)["'`]/g)].map(([, word = ""]) => word);
  const flagged = words.some((word, index) => isSecretUnder(words[index - 1] ?? "", word));
  const isNamed = /([\w$]+)\s*:\s*["'`]([^"'`]*)["'`]/.exec(text ?? "");
  const named = isNamed !== null && isSecretUnder(isNamed[1] ?? "", isNamed[2] ?? "");
  return flagged || named || secretShape(text ?? "") !== undefined
    ? "a line that may contain a secret"
    : received(text);
}
