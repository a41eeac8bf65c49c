import { backtest, type Outcome, type Score, score } from "./forecast/backtest.ts";
import { KINDS } from "./forecast/kinds.ts";

/** Made-up lanes of each kind. */
const LANES = 12;

const LOOK_EVERY_SECONDS = 5 * 60;

/** What must hold over all kinds. */
const TARGETS = { medianError: 0.05, lateTold: 0.9, falseCalls: 1 / 50 } as const;

function main(): void {
  const all: Outcome[] = [];
  console.log(`${LANES} lanes of each kind, 84 nights each, the last 44 walked in looks of five minutes`);
  console.log("kind            nights  error%  within%  none  late told  false calls");
  for (const [kind, happens] of Object.entries(KINDS)) {
    const outcomes = Array.from({ length: LANES }, (_, lane) =>
      backtest(happens, 1000 + lane, LOOK_EVERY_SECONDS),
    ).flat();
    all.push(...outcomes);
    console.log(line(kind, score(outcomes)));
  }
  const total = score(all);
  console.log(line("all", total));
  const missed = [
    ...(total.medianError > TARGETS.medianError ? ["median error"] : []),
    ...(total.lateTold < TARGETS.lateTold * total.late ? ["late nights told an hour ahead"] : []),
    ...(total.falseCalls > TARGETS.falseCalls * total.inTime ? ["false calls"] : []),
  ];
  for (const miss of missed) {
    console.log(`target missed: ${miss}`);
  }
  process.exitCode = missed.length > 0 ? 1 : 0;
  console.log(
    `forecast: median_error_pct=${(total.medianError * 100).toFixed(2)} late_told_60min=${total.lateTold}/${total.late} false_calls=${total.falseCalls}/${total.inTime}`,
  );
}

function line(kind: string, { nights, medianError, within, withoutForecast, late, ...told }: Score): string {
  return [
    kind.padEnd(15),
    `${nights}`.padStart(6),
    (medianError * 100).toFixed(2).padStart(7),
    (within * 100).toFixed(0).padStart(8),
    `${withoutForecast}`.padStart(5),
    `${told.lateTold}/${late}`.padStart(10),
    `${told.falseCalls}/${told.inTime}`.padStart(12),
  ].join(" ");
}

main();
