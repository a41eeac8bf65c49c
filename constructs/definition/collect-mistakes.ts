import { UserError } from "./problem.ts";

/**
 * Works on one item after another, and continues past those with mistakes.
 * @throws UserError with the mistakes of all items together, each once, even one in a file that all of them need
 */
export async function collectMistakes<T, R>(
  items: readonly T[],
  work: (item: T) => R | Promise<R>,
): Promise<readonly R[]> {
  const mistakes: string[] = [];
  const results: R[] = [];
  for (const item of items) {
    try {
      results.push(await work(item));
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      mistakes.push(error.message);
    }
  }
  if (mistakes.length > 0) {
    throw new UserError([...new Set(mistakes)].join("\n\n"));
  }
  return results;
}
