import { appendFileSync, readFileSync } from "node:fs";

/** Situations and their calls, as a test counted them. */
export interface Counted {
  readonly situations: number;
  readonly expected: number;
  readonly received: number;
  readonly false: number;
}

/** Adds to the suite's sum. @param file From `inject("tally")`. */
export function noteSituations(file: string, counted: Counted): void {
  appendFileSync(file, `${JSON.stringify(counted)}\n`);
}

/** The suite's last line. */
export function sumOf(file: string): string {
  const counted = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Counted => JSON.parse(line));
  const sum = (name: keyof Counted): number => counted.reduce((total, one) => total + one[name], 0);
  const calls = `${sum("expected")} calls expected, ${sum("received")} received, ${sum("false")} false`;
  return `alerts: ${sum("situations")} situations, ${calls}`;
}
