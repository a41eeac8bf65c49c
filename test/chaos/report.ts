import { table } from "../../ops/text/table.ts";
import type { VariantName } from "./nights/night.ts";
import type { Verdict } from "./verdict.ts";

/** What the last lines count. */
export interface Sum {
  readonly faults: number;
  readonly survived: number;
  readonly held: number;
  readonly doubleRuns: number;
  readonly lostResults: number;
}

/** The verdicts of one variant, counted. */
export function sumOf(verdicts: readonly Verdict[], variant: VariantName): Sum {
  const own = verdicts.filter((verdict) => verdict.variant === variant);
  const count = (holds: (verdict: Verdict) => boolean): number => own.filter(holds).length;
  return {
    faults: own.length,
    survived: count(({ survived }) => survived),
    held: count(({ held }) => held),
    doubleRuns: count(({ doubleRun }) => doubleRun),
    lostResults: count(({ lostResult }) => lostResult),
  };
}

/** Whether every night ended as it should. */
export function isSurvived({ faults, survived, held, doubleRuns, lostResults }: Sum): boolean {
  return faults > 0 && survived + held === faults && doubleRuns === 0 && lostResults === 0;
}

/** Fault by fault, one column for each variant. */
export function faultTable(verdicts: readonly Verdict[], variants: readonly VariantName[]): string {
  const names = [...new Set(verdicts.map(({ fault }) => fault))];
  const rows = names.map((name) => [
    name,
    ...variants.map((variant) => {
      const own = verdicts.filter((verdict) => verdict.fault === name && verdict.variant === variant);
      return own.map(cell).join(" | ");
    }),
  ]);
  return table([["FAULT", ...variants], ...rows]);
}

function cell(verdict: Verdict): string {
  const ended = verdict.survived ? "survived" : verdict.held ? "held" : "FAILED";
  return [ended, ...(verdict.doubleRun ? ["double run"] : []), ...(verdict.lostResult ? ["lost result"] : [])].join(
    ", ",
  );
}

/** What a lane's nights first showed people, one line for each fault that showed anything. */
export function noticeLines(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.flatMap(({ fault, variant, notices: [notice] }) =>
    variant === "nightlane" && notice !== undefined
      ? [`${fault}: first notice after ${notice.seconds} s: ${notice.words}`]
      : [],
  );
}

/** Why nights did not end as they should, one line each. */
export function problemLines(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts
    .filter(({ problem }) => problem !== "")
    .map(
      ({ fault, variant, problem, driverStarts }) => `${variant}, ${fault}: ${problem} (${driverStarts} driver starts)`,
    );
}

/** The last lines: Nightlane's first, the baselines' below it. */
export function lastLines(verdicts: readonly Verdict[], variants: readonly VariantName[]): readonly string[] {
  return variants.map((variant) => {
    const { faults, survived, held, doubleRuns, lostResults } = sumOf(verdicts, variant);
    const name = variant === "nightlane" ? "chaos" : variant;
    return `${name}: ${faults} faults, ${survived} survived, ${held} held as they should, ${doubleRuns} double runs, ${lostResults} lost results`;
  });
}
