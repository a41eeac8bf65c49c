import { grouped } from "../../runs/grouped.ts";
import { seriesName } from "../../runs/night-series.ts";
import { UnreadableRun } from "../../runs/unreadable-run.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { allLanes, type Lane, laneWith } from "../lanes.ts";
import { currentRecords } from "../overview/current-records.ts";
import { isWhole, type ReadLane, readLane } from "../overview/lane-nights.ts";
import { AllLanes, type ListedRecords, oneLane } from "../overview/lane-source.ts";
import { linesOf, type NightLine, unreadableLine } from "../overview/night-line.ts";
import { RecordLoader } from "../overview/record-loader.ts";

/** The nights of all customers; a lane that cannot be read has its line with the reason, beside the others. */
export async function nights(central: Central, now: number): Promise<readonly NightLine[]> {
  const [customers, records, open, all] = await Promise.all([
    allLanes(central),
    currentRecords(central, now),
    central.runRecords.open(),
    AllLanes.list(central),
  ]);
  const lanes = (await Promise.all(customers.map((lane) => withFurther(central, lane, all)))).flat();
  const current = grouped(records, ({ series }) => seriesName(series));
  const loader = new RecordLoader(central.runRecords, open);
  const lines = await Promise.all(
    lanes.map(async (lane) => {
      const listed = { current: current.get(lane.customer) ?? [], loader };
      return linesOfLane(lane, () => readListed(central, lane, now, listed, all));
    }),
  );
  return lines.flat();
}

/** A customer's nightly ones, and its further nights. */
async function withFurther(central: Central, lane: Lane, all: AllLanes | undefined): Promise<readonly Lane[]> {
  // A lane that cannot be read says so in the line of its nightly ones.
  const further = all?.furtherNights(lane) ?? (await central.furtherNights(lane.namespace).catch(() => []));
  return [lane, ...further.map((pipeline) => laneWith({ ...lane.series, pipeline }))];
}

/** A lane from the list of all lanes or, where that is not enough, read by itself. */
async function readListed(
  central: Central,
  lane: Lane,
  now: number,
  listed: ListedRecords,
  all: AllLanes | undefined,
): Promise<ReadLane> {
  const read = all === undefined ? undefined : await readLane(lane, all.source(lane, listed), now);
  return read !== undefined && isWhole(read) ? read : readLane(lane, oneLane(central, lane, now, listed), now);
}

async function linesOfLane(lane: Lane, read: () => Promise<ReadLane>): Promise<readonly NightLine[]> {
  try {
    return linesOf(await read());
  } catch (error) {
    // An unreadable lane gets a line of its own; the others are still shown.
    return [unreadableLine(lane, reasonOf(error))];
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof OpsError || error instanceof UnreadableRun) {
    return error.message;
  }
  return `its content makes no sense (${error instanceof Error ? error.message : String(error)})`;
}

/** @throws OpsError unreachable if a lane could not be read, so that the list is incomplete */
export function requireAll(lines: readonly NightLine[]): void {
  const unread = lines.filter(({ problem }) => problem === "cannot be read");
  if (unread.length > 0) {
    throw new OpsError(
      ExitCode.unreachable,
      `nights: ${unread.length} of ${new Set(lines.map(({ customer }) => customer)).size} customers could not be read: ${unread.map(({ customer }) => customer).join(", ")}`,
      unread.map(({ customer, reason }) => `${customer}: ${reason}`).join("; "),
    );
  }
}
