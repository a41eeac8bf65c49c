import { localTime } from "../../runs/local-time.ts";

/** Local times of day that clocks skip or show twice when they are changed. */
export interface ClockChange {
  /** The day of the first such time, `YYYY-MM-DD`. */
  readonly day: string;
  /** Whether the times are skipped; otherwise they come twice. */
  readonly skips: boolean;
  /** First such time, in minutes after midnight. */
  readonly from: number;
  /** How many minutes are skipped or repeated. */
  readonly minutes: number;
}

/** The years that are checked: rules that ended before them concern no night, and later ones are not known yet. */
const FIRST_YEAR = 2026;
const LAST_YEAR = 2037;

const MINUTE = 60_000;
/** No zone changes its clocks there and back within a week. */
const STEP = 7 * 24 * 60 * MINUTE;

/** Changes by zone: finding them is slow, and customers have few zones between them. */
const known = new Map<string, readonly ClockChange[]>();

/** The changes of the clocks in a time zone, one for each time of day that they concern. */
export function clockChanges(timezone: string): readonly ClockChange[] {
  const changes = known.get(timezone) ?? search(timezone);
  known.set(timezone, changes);
  return changes;
}

function search(timezone: string): readonly ClockChange[] {
  const end = Date.UTC(LAST_YEAR + 1, 0, 1);
  const found = new Map<string, ClockChange>();
  let before = Date.UTC(FIRST_YEAR, 0, 1);
  let ahead = offset(before, timezone);
  for (let after = before + STEP; before < end; before = after, after += STEP) {
    const then = offset(after, timezone);
    if (then !== ahead) {
      const change = changeAt(instantOfChange(before, after, timezone), ahead, then);
      const key = `${change.skips} ${change.from} ${change.minutes}`;
      found.set(key, found.get(key) ?? change);
    }
    ahead = then;
  }
  return [...found.values()];
}

/** The first minute with the later offset. */
function instantOfChange(before: number, after: number, timezone: string): number {
  const old = offset(before, timezone);
  let [low, high] = [before, after];
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
    if (offset(middle, timezone) === old) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}

function changeAt(instant: number, old: number, later: number): ClockChange {
  const first = new Date(instant + Math.min(old, later) * MINUTE).toISOString();
  return {
    day: first.slice(0, 10),
    skips: later > old,
    from: Number(first.slice(11, 13)) * 60 + Number(first.slice(14, 16)),
    minutes: Math.abs(later - old),
  };
}

/** Minutes by which local clocks are ahead of UTC. */
function offset(instant: number, timezone: string): number {
  const { day, time } = localTime(instant, timezone);
  return Math.round((Date.parse(`${day}T${time}Z`) - instant) / MINUTE);
}
