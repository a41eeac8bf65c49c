import { defined } from "../../runs/defined.ts";
import { NOTHING_KNOWN, type RunFacts } from "../../runs/run-record.ts";

const REFUSED = "the record was refused as it was: ";

/** The facts of a run that the API server accepts in any case: what its date goes by, and nothing else. */
export function bareFacts(facts: RunFacts, reason: string): RunFacts {
  const { customer, night, uid, pipeline, phase, runNumber, businessDate, expectedDate, notified } = facts;
  return {
    ...NOTHING_KNOWN,
    customer,
    night,
    uid,
    pipeline,
    runNumber: Number.isInteger(runNumber) ? runNumber : 0,
    phase,
    problems: [`${REFUSED}${reason}`],
    notified,
    ...defined({
      businessDate,
      expectedDate,
      scheduledAt: timeOf(facts.scheduledAt),
      startedAt: timeOf(facts.startedAt),
      finishedAt: timeOf(facts.finishedAt),
    }),
  };
}

/** Whether these are no more than the bare facts of a run: its workflow says more. */
export function isBare({ problems }: RunFacts): boolean {
  return problems?.some((problem) => problem.startsWith(REFUSED)) === true;
}

function timeOf(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
