import type { SoakFault } from "./soak-faults.ts";

/** What became of one due night. */
export interface NightOutcome {
  readonly customer: string;
  /** Name of its workflow. */
  readonly night: string;
  /** @default - nothing happened to it */
  readonly fault?: SoakFault;
  readonly succeeded: boolean;
  /** A person had to decide, and was called for exactly that. */
  readonly held: boolean;
  readonly missed: boolean;
  readonly doubleRun: boolean;
  readonly lostResult: boolean;
  /** Why it neither succeeded nor was held as it should; "" where it did. */
  readonly problem: string;
}

/** A call that should not have come, or not like that. */
export interface FalseCall {
  readonly call: string;
  readonly why: string;
}

/** What a soak found. */
export interface Findings {
  readonly nights: readonly NightOutcome[];
  readonly falseCalls: readonly FalseCall[];
}

/** The last line. */
export function lastLine({ nights, falseCalls }: Findings): string {
  const count = (holds: (night: NightOutcome) => boolean): number => nights.filter(holds).length;
  return [
    `soak: ${nights.length} nights due`,
    `${count(({ succeeded }) => succeeded)} succeeded`,
    `${count(({ held }) => held)} held with the right call`,
    `${count(({ missed }) => missed)} missed`,
    `${falseCalls.length} false calls`,
    `${count(({ doubleRun }) => doubleRun)} double runs`,
    `${count(({ lostResult }) => lostResult)} lost results`,
  ].join(", ");
}

/** Whether every night ended as it should and nobody was called for nothing. */
export function isWell({ nights, falseCalls }: Findings): boolean {
  const well = ({ succeeded, held, missed, doubleRun, lostResult }: NightOutcome): boolean =>
    succeeded !== held && !missed && !doubleRun && !lostResult;
  return nights.length > 0 && nights.every(well) && falseCalls.length === 0;
}

/** One line for each night and each call that went wrong. */
export function accounts({ nights, falseCalls }: Findings): readonly string[] {
  return [
    ...nights.flatMap(({ customer, night, fault, problem, doubleRun, lostResult }) => {
      const found = [problem, doubleRun ? "double run" : "", lostResult ? "lost result" : ""].filter(
        (one) => one !== "",
      );
      const what = fault === undefined ? "nothing happened to it" : fault.name;
      return found.length === 0 ? [] : [`${customer} ${night} (${what}): ${found.join("; ")}`];
    }),
    ...falseCalls.map(({ call, why }) => `false call ${call}: ${why}`),
  ];
}
