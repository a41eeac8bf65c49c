import { useEffect, useState } from "preact/hooks";
import { answerKey, type Source } from "./source.ts";

/**
 * What is said of one customer; undefined while it is asked for, null where nothing is known. What was said before stays
 * until the next answer to the same question is there.
 * @param version Asked again when it changes.
 */
export function useAnswer<Said extends object>(
  source: Source,
  path: string,
  query: Readonly<Record<string, string>>,
  version: string,
): Said | null | undefined {
  const key = answerKey(path, query);
  const [said, setSaid] = useState<{ readonly key: string; readonly answer: Said | null } | undefined>(undefined);
  useEffect(() => {
    let left = false;
    const take = (answer: Said | null): void => {
      if (!left) {
        setSaid({ key, answer });
      }
    };
    source.ask<Said>(path, query).then(
      (answer) => take(answer ?? null),
      // The head says that the connection is gone; what is there stays, and is asked for again at the next change.
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [source, key, version]);
  return said?.key === key ? said.answer : undefined;
}
