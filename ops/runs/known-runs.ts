import type { Central } from "../central.ts";
import type { Lane } from "../lanes.ts";
import type { Day } from "../night/local-time.ts";
import { nightState } from "../night/night-state.ts";

/** A run that is known of, whatever became of it. */
export interface KnownRun {
  readonly night: string;
  readonly businessDate: Day;
  readonly runNumber: number;
  readonly phase: string;
  /** False where the calendar found no business day. */
  readonly open?: boolean;
}

/** All runs of a lane whose business date is known, newest number first. */
export async function knownRuns(central: Central, lane: Lane): Promise<readonly KnownRun[]> {
  const workflows = await central.workflows(lane.namespace);
  return workflows
    .flatMap((workflow) => {
      const { businessDate, runNumber, phase, open } = nightState(workflow, Date.now());
      return businessDate === undefined
        ? []
        : [
            {
              night: workflow.metadata.name,
              businessDate,
              runNumber: Number(runNumber),
              phase,
              ...(open === undefined ? {} : { open }),
            },
          ];
    })
    .sort((a, b) => b.runNumber - a.runNumber);
}
