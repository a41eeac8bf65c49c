import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import { CREDENTIAL_PARTS, type CredentialPart, listedEnds } from "../../runs/credential-ends.ts";
import { isNightly } from "../../runs/night-series.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { Lane } from "../lane.ts";
import { saidTime } from "./said-time.ts";
import type { Signal } from "./signal.ts";

const DAY = 24 * 3600_000;

/** Days before the end at which a person is called, the nearest last. */
const DAYS_BEFORE = [14, 3, 1] as const;

/** Parts of a lane's credential that end within days. @param now Milliseconds. */
export function credentialSignals(lane: Lane, now: number): readonly Signal[] {
  const newest = newestWithEnds(lane);
  return listedEnds(newest?.credentialEnds ?? {}).flatMap(([part, end]) => {
    const left = Date.parse(end) - now;
    const days = DAYS_BEFORE.findLast((limit) => left <= limit * DAY);
    return newest === undefined || days === undefined ? [] : [signal(lane, newest, part, end, days, left)];
  });
}

/**
 * The newest run that knows when the credential ends: it has seen the one that is mounted now. All nights of a customer
 * share the credential, and the signal belongs to the nightly ones.
 */
export function newestWithEnds(lane: Lane): RunFacts | undefined {
  const runs = isNightly(lane) ? lane.runs : [];
  return runs
    .map(({ facts }) => facts)
    .filter(({ credentialEnds }) => credentialEnds !== undefined)
    .toSorted((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""))[0];
}

function signal(lane: Lane, newest: RunFacts, part: CredentialPart, end: string, days: number, left: number): Signal {
  const key = `credential/${part}/${end}/${days}`;
  // Each night finds it again; the signal belongs to the first.
  const facts = lane.runs.find((run) => run.facts.notified.includes(key))?.facts ?? newest;
  const when = left <= 0 ? "ended" : "ends";
  return {
    key,
    kind: "credential",
    severity: days > 3 ? "warning" : "critical",
    customer: lane.customer,
    night: facts.night,
    runNumber: facts.runNumber,
    ...(facts.businessDate === undefined ? {} : { businessDate: facts.businessDate }),
    labels: { part, days: String(days) },
    since: new Date(Date.parse(end) - days * DAY).toISOString(),
    reason: `the ${CREDENTIAL_PARTS[part]} of the customer's credential ${when} on ${saidTime(Date.parse(end), lane.schedule?.timezone)}: no night can reach the customer's cluster after that`,
    command: `nightlane show ${lane.customer}`,
    runbook: runbookEntry("credential"),
  };
}
