import { addDays, type Day } from "../../runs/local-time.ts";
import { isSameSeries, type NightSeries, seriesName } from "../../runs/night-series.ts";
import { UNRESOLVED } from "../../runs/phases.ts";
import type { Central } from "../central.ts";
import type { RecordHead } from "../run-records.ts";

/** Nights whose records are older than this need no action any more, but where they came to no good end. */
const LOOK_BACK_DAYS = 15;

/**
 * The records that say what counts now, without their content: those of the last two weeks, and those of older dates on
 * which no run ended well. Of one customer's nightly ones or further nights, or of all, which hardly takes the API server
 * longer.
 * @param now Milliseconds.
 */
export async function currentRecords(
  central: Central,
  now: number,
  series?: NightSeries,
): Promise<readonly RecordHead[]> {
  const today = new Date(now).toISOString().slice(0, 10);
  const dates = Array.from({ length: LOOK_BACK_DAYS + 2 }, (_, index) => addDays(today, 1 - index));
  const whose = series === undefined ? {} : { customer: series.customer };
  const [dated, undated, older] = await Promise.all([
    central.runRecords.heads({ ...whose, dates }),
    // A run that ended before its calendar, of a lane without a schedule, has no date.
    central.runRecords.heads({ ...whose, dates: "none" }),
    unresolved(central, whose, dates),
  ]);
  const since = dates.at(-1) ?? "";
  const recent = [...dated, ...undated].filter(({ businessDate, created }) => (businessDate ?? created) >= since);
  return [...recent, ...older].filter((head) => series === undefined || isSameSeries(head.series, series));
}

/** The records of runs that came to no good end, of all dates but the given ones on which no other run did. */
async function unresolved(
  { runRecords }: Central,
  whose: { readonly customer?: string },
  but: readonly Day[],
): Promise<readonly RecordHead[]> {
  const failed = await runRecords.heads({ ...whose, datesBut: but, phases: UNRESOLVED });
  const dates = [...new Set(failed.flatMap(({ businessDate = [] }) => businessDate))];
  const good = dates.length === 0 ? [] : await runRecords.heads({ ...whose, dates, phases: ["Succeeded"] });
  const resolved = new Set(good.map(nightOf));
  return failed.filter((head) => !resolved.has(nightOf(head)));
}

function nightOf({ series, businessDate }: RecordHead): string {
  return `${seriesName(series)} ${businessDate}`;
}
