import { NIGHT_SCHEDULE } from "../../../runs/run-name.ts";
import type { FarmPaths } from "../paths.ts";
import { type Move, MovedSchedule } from "./moved-schedule.ts";

const MINUTE = 60_000;

/** What is due, and how. */
export interface DueSoonOptions extends Omit<Move, "at"> {
  /** @default "night" */
  readonly schedule?: string;
  /** Seconds that are left at least until it is due. @default 15 */
  readonly leadSeconds?: number;
  /** Minutes after which it is due again, by the same schedule. @default - it is due once */
  readonly againAfterMinutes?: number;
}

/** A schedule whose minute is about to come. */
export interface DueSoon {
  /** Name that Argo will give to the workflow. */
  readonly workflow: string;
  /** The minute, milliseconds since the epoch. */
  readonly at: number;
  /** Name of the workflow of the second time it is due, and that minute; the first once more where there is none. */
  readonly again: Pick<DueSoon, "workflow" | "at">;
  /** Changes the parameters that it starts workflows with. */
  readonly setParameters: (parameters: Readonly<Record<string, string>>) => Promise<void>;
  /** Restores the schedule. */
  readonly restore: () => Promise<void>;
}

/**
 * Moves a lane's schedule to the next minute, as its deployer may, so that nobody has to wait for the evening: what
 * starts then is started by Argo's controller at the minute of a CronWorkflow, not by a command.
 */
export async function dueSoon(paths: FarmPaths, customer: string, options: DueSoonOptions = {}): Promise<DueSoon> {
  const { schedule: name = NIGHT_SCHEDULE, leadSeconds = 15, againAfterMinutes = 0, ...move } = options;
  const schedule = await MovedSchedule.of(paths, customer, name);
  const at = nextMinute(leadSeconds);
  const again = at + againAfterMinutes * MINUTE;
  await schedule.move({ ...move, at: [at, again] });
  return {
    workflow: schedule.workflowOf(at),
    at,
    again: { workflow: schedule.workflowOf(again), at: again },
    setParameters: (parameters) => schedule.setParameters(parameters),
    restore: () => schedule.restore(),
  };
}

/** The first whole minute that leaves so many seconds, milliseconds since the epoch. */
export function nextMinute(leadSeconds: number): number {
  return Math.ceil((Date.now() + leadSeconds * 1000) / MINUTE) * MINUTE;
}
