/** What a suite counted. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** One suite of `make test`. */
export interface Suite {
  readonly name: string;
  /** Program and arguments, run in the root of the checkout. */
  readonly command: readonly string[];
  /** Minutes it may take on a machine with nothing cached, two cores. Exceeding it ends the suite. */
  readonly budgetMinutes: number;
  /**
   * Reads the counts from what the suite printed.
   * @default - a suite that only checks counts as one
   */
  readonly count?: (output: string) => Counts | undefined;
}

/** Counts of vitest's closing lines, summed: `Tests  1 failed | 41 passed (42)`. */
export function vitestCounts(output: string): Counts | undefined {
  const line = lastMatch(withoutColour(output), /^\s*Tests\s+(.*)\(\d+\)\s*$/gm);
  return line === undefined ? undefined : { passed: number(line, "passed"), failed: number(line, "failed") };
}

/** Counts of pytest's closing line: `==== 3 passed, 1 failed in 2.1s ====`. */
export function pytestCounts(output: string): Counts | undefined {
  const line = lastMatch(withoutColour(output), /^=*\s*(.*\d+ (?:passed|failed|error).*) in [\d.]+s.*$/gm);
  return line === undefined
    ? undefined
    : { passed: number(line, "passed"), failed: number(line, "failed") + number(line, "errors?") };
}

/** Counts of the chaos suite's line: a fault that ended as it should has passed. */
export function chaosCounts(output: string): Counts | undefined {
  const pattern = /^chaos: (\d+) faults, (\d+) survived, (\d+) held as they should, .*$/gm;
  const [, faults, survived, held] = [...withoutColour(output).matchAll(pattern)].at(-1) ?? [];
  if (faults === undefined) {
    return undefined;
  }
  const passed = Number(survived) + Number(held);
  return { passed, failed: Number(faults) - passed };
}

/** Counts of the soak's line: a night that ended as it should has passed, and each thing that went wrong has failed. */
export function soakCounts(output: string): Counts | undefined {
  const pattern =
    /^soak: (\d+) nights due, (\d+) succeeded, (\d+) held with the right call, (\d+) missed, (\d+) false calls, (\d+) double runs, (\d+) lost results$/gm;
  const found = [...withoutColour(output).matchAll(pattern)].at(-1)?.slice(1).map(Number);
  if (found === undefined) {
    return undefined;
  }
  const [nights = 0, succeeded = 0, held = 0, ...wrong] = found;
  const passed = succeeded + held;
  return { passed, failed: Math.max(nights - passed, 0) + wrong.reduce((sum, one) => sum + one, 0) };
}

/** Counts of the line of the page's suite: `ui: 6 views, 40 tests, 0 failed`. */
export function uiCounts(output: string): Counts | undefined {
  const [, tests, failed] =
    [...withoutColour(output).matchAll(/^ui: \d+ views, (\d+) tests, (\d+) failed$/gm)].at(-1) ?? [];
  return tests === undefined ? undefined : { passed: Number(tests) - Number(failed), failed: Number(failed) };
}

/** What vitest and pytest named as failed, each with the first line of its reason, without repetition. */
export function failures(output: string): string[] {
  const named = /^\s*FAIL {2}(?<vitest>.+)\n(?<reason>.*)$|^(?:FAILED|ERROR) (?<pytest>\S.*)$/gm;
  return [
    ...new Set(
      [...withoutColour(output).matchAll(named)].map(({ groups = {} }) =>
        groups.pytest === undefined ? `${groups.vitest?.trim()}: ${groups.reason}` : groups.pytest,
      ),
    ),
  ];
}

/** The end of what a suite printed, for one that ended badly without naming a failed test. */
export function lastWords(output: string): string[] {
  const lines = withoutColour(output).split(/[\r\n]+/);
  return lines.filter((line) => line.trim() !== "").slice(-LAST_WORDS);
}

const LAST_WORDS = 40;

function number(line: string, word: string): number {
  return Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
}

function lastMatch(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1];
}

function withoutColour(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
