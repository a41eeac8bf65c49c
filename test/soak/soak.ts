import { mistake } from "../../constructs/definition/problem.ts";
import { nextMinute } from "../farm/nights/due-soon.ts";
import { findings } from "./findings.ts";
import type { Monitoring } from "./monitoring.ts";
import type { Round } from "./plan.ts";
import type { Findings } from "./report.ts";
import type { SoakLane } from "./soak-lane.ts";
import { type WatchedNight, type WatchProps, watchNight } from "./watched-night.ts";

/** Seconds for what has to be prepared before the first minute of a round. */
const LEAD_SECONDS = 25;

/** Seconds after which every call must be resolved. */
const QUIET_SECONDS = 420;

/** What a soak runs with. */
export interface SoakProps extends WatchProps {
  readonly lanes: ReadonlyMap<string, SoakLane>;
  readonly rounds: readonly Round[];
  readonly monitoring: Monitoring;
}

/** Lets all nights of a plan come due, injects their faults, and judges them and every call. */
export async function soak(props: SoakProps): Promise<Findings> {
  const { rounds, monitoring, operator, progress, abort } = props;
  await monitoring.untilAlive();
  const before = await quiet("nobody is called", props);
  if (before.length > 0) {
    throw mistake(
      `a person is called before the first night is due: ${before.join(", ")}`,
      "every call in a soak is caused by the soak",
      "end what calls, or the farm: make farm-down",
    );
  }
  operator.watch(() => monitoring.calls);
  const nights: WatchedNight[] = [];
  for (const [index, round] of rounds.entries()) {
    abort.throwIfAborted();
    progress.note(`round ${index + 1} of ${rounds.length}, about ${round.minutes} minutes`);
    nights.push(...(await watchRound(props, round)));
  }
  const standing = await quiet("every call is resolved", props);
  abort.throwIfAborted();
  return findings({ nights, calls: monitoring.calls, typed: operator.typed, standing });
}

/** Watches all nights of a round to their end, even where one of them cannot be watched. */
async function watchRound(props: SoakProps, { nights }: Round): Promise<readonly WatchedNight[]> {
  const begin = nextMinute(LEAD_SECONDS);
  const watched = await Promise.allSettled(
    nights.map(async (planned) => {
      const lane = props.lanes.get(planned.customer);
      if (lane === undefined) {
        throw new Error(`the soak has no lane of ${planned.customer}`);
      }
      return watchNight(props, lane, planned, begin);
    }),
  );
  return watched.map((one) => {
    if (one.status === "rejected") {
      throw one.reason;
    }
    return one.value;
  });
}

async function quiet(title: string, { monitoring, progress, abort }: SoakProps): Promise<readonly string[]> {
  return progress.step(title, (step) =>
    monitoring.untilQuiet(QUIET_SECONDS, abort, (standing) => step.detail(standing)),
  );
}
