import { addDays } from "../../runs/local-time.ts";
import { isSameSeries, type NightSeries } from "../../runs/night-series.ts";
import type { Central } from "../central.ts";
import type { RecordHead } from "../run-records.ts";

/** Nights whose records are older than this need no action any more. */
const LOOK_BACK_DAYS = 15;

/**
 * The records of the last two weeks without their content: of one customer's nightly ones or further nights, or of all,
 * which hardly takes the API server longer.
 * @param now Milliseconds.
 */
export async function recentRecords(
  central: Central,
  now: number,
  series?: NightSeries,
): Promise<readonly RecordHead[]> {
  const today = new Date(now).toISOString().slice(0, 10);
  const dates = Array.from({ length: LOOK_BACK_DAYS + 2 }, (_, index) => addDays(today, 1 - index));
  const whose = series === undefined ? {} : { customer: series.customer };
  const found = await Promise.all([
    central.runRecords.heads({ ...whose, dates }),
    // A run that ended before its calendar has no date.
    central.runRecords.heads({ ...whose, dates: "none" }),
  ]);
  return found
    .flat()
    .filter((head) => series === undefined || isSameSeries(head.series, series))
    .filter(({ businessDate, created }) => (businessDate ?? created) >= (dates.at(-1) ?? ""));
}
