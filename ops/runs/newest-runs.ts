import { defined } from "../../runs/defined.ts";
import type { Day } from "../../runs/local-time.ts";
import { isSameSeries } from "../../runs/night-series.ts";
import { isOver } from "../../runs/phases.ts";
import { runFacts } from "../../runs/run-facts.ts";
import { type RunFacts, recordNames } from "../../runs/run-record.ts";
import type { Central, WorkflowHead } from "../central.ts";
import type { Lane } from "../lanes.ts";
import type { RecordHead } from "../run-records.ts";

/** Which runs are wanted. */
export interface WantedRuns {
  /** By business date; undefined where a run never had one. */
  readonly wanted: (businessDate: Day | undefined) => boolean;
  readonly limit: number;
}

/** A run that is known to exist, and read only if it is among the newest. */
interface KnownRun {
  readonly businessDate?: Day;
  /** When it began, RFC 3339. */
  readonly began: string;
  readonly read: () => Promise<RunFacts | undefined>;
}

/**
 * The newest runs of a lane, and how many there are in all. Only those are read whole: three months of a customer's
 * records are large. A run that never had a business date is sorted by the day on which it began.
 */
export async function newestRuns(
  central: Central,
  lane: Lane,
  { wanted, limit }: WantedRuns,
): Promise<{ readonly total: number; readonly items: readonly RunFacts[] }> {
  const [records, heads] = await Promise.all([
    central.runRecords.heads({ customer: lane.series.customer }),
    lane.removed === true ? [] : central.heads(lane.namespace, lane.pipeline),
  ]);
  const own = records.filter(({ series }) => isSameSeries(series, lane.series));
  const known = [...recorded(central, lane, own, heads), ...(await unrecorded(central, lane, own, heads))];
  const runs = known.filter(({ businessDate }) => wanted(businessDate)).sort(newestFirst);
  const items = await Promise.all(runs.slice(0, limit).map(({ read }) => read()));
  return { total: runs.length, items: items.filter((run) => run !== undefined) };
}

/** Runs with a record. It may be seconds behind: if it says that the run goes on, the workflow is asked. */
function recorded(
  central: Central,
  lane: Lane,
  records: readonly RecordHead[],
  heads: readonly WorkflowHead[],
): readonly KnownRun[] {
  return records.map((record) => ({
    ...defined({ businessDate: record.businessDate }),
    began: record.created,
    read: async () => {
      const facts = (await central.runRecords.get(record.name))?.spec;
      const head = heads.find(({ uid }) => uid === facts?.uid);
      return head === undefined || facts === undefined || isOver(facts) ? facts : factsOf(central, lane, head, facts);
    },
  }));
}

/** Runs without a record: there are few, and only their workflow knows their date. */
async function unrecorded(
  central: Central,
  lane: Lane,
  records: readonly RecordHead[],
  heads: readonly WorkflowHead[],
): Promise<readonly KnownRun[]> {
  const names = new Set(records.map(({ name }) => name));
  const others = heads.filter((head) => !recordNames(lane.series.customer, head).some((name) => names.has(name)));
  return Promise.all(
    others.map(async (head) => {
      const facts = await factsOf(central, lane, head);
      return { ...defined({ businessDate: facts.businessDate }), began: head.created, read: async () => facts };
    }),
  );
}

async function factsOf(central: Central, lane: Lane, head: WorkflowHead, before?: RunFacts): Promise<RunFacts> {
  return runFacts(await central.workflow(lane.namespace, head.name), undefined, Date.now(), before);
}

function newestFirst(a: KnownRun, b: KnownRun): number {
  const day = ({ businessDate, began }: KnownRun): string => businessDate ?? began.slice(0, 10);
  return day(b).localeCompare(day(a)) || b.began.localeCompare(a.began);
}
