import { readPlace } from "../night/result-place.ts";
import type { Word } from "../night/step.ts";
import { leftInLane } from "../night/step-results.ts";

/** An argument in the runner's instructions: a text, or where it finds a value below the night's folder in the lane. */
export type RunnerWord =
  | string
  | { readonly from: string; readonly keys: readonly string[]; readonly type: "number" | "word" };

/** @param text How a text is written at its destination. */
export function runnerWord(word: Word, text: (text: string) => string = (same) => same): RunnerWord {
  if (typeof word === "string") {
    return text(word);
  }
  const { file, keys } = readPlace(word.place) ?? { file: "", keys: [] };
  return { from: `${leftInLane(word.step) ?? word.step.name}/${file}`, keys, type: word.type };
}
