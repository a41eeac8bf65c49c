import { useEffect, useState } from "preact/hooks";
import { answerKey, type Source } from "./source.ts";

/**
 * An answer about one customer; undefined while it is being loaded, null if nothing is known. The last answer to the same
 * question stays until the next one is there.
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
      // The head shows that the connection is gone; the last answer stays until the next change.
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [source, key, version]);
  return said?.key === key ? said.answer : undefined;
}
