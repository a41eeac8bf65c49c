import { UnreadableRun } from "../../runs/unreadable-run.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { allLanes, type Lane } from "../lanes.ts";
import { readLane, recentRecords } from "../overview/lane-nights.ts";
import { linesOf, type NightLine, unreadableLine } from "../overview/night-line.ts";
import type { RecordHead } from "../run-records.ts";

/** The nights of all customers; a lane that cannot be read has its line with the reason, beside the others. */
export async function nights(central: Central, now: number): Promise<readonly NightLine[]> {
  const [lanes, records] = await Promise.all([allLanes(central), recentRecords(central, now)]);
  const byCustomer = new Map<string, RecordHead[]>();
  for (const record of records) {
    byCustomer.set(record.customer, [...(byCustomer.get(record.customer) ?? []), record]);
  }
  const lines = await Promise.all(
    lanes.map((lane) => linesOfLane(central, lane, now, byCustomer.get(lane.customer) ?? [])),
  );
  return lines.flat();
}

async function linesOfLane(
  central: Central,
  lane: Lane,
  now: number,
  records: readonly RecordHead[],
): Promise<readonly NightLine[]> {
  try {
    return linesOf(await readLane(central, lane, now, records));
  } catch (error) {
    // Whatever one lane holds, or answers, is its own line: the others are shown all the same.
    return [unreadableLine(lane, reasonOf(error))];
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof OpsError || error instanceof UnreadableRun) {
    return error.message;
  }
  return `what it holds makes no sense (${error instanceof Error ? error.message : String(error)})`;
}

/** @throws OpsError unreachable, where a lane could not be read: what was shown is not all */
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
