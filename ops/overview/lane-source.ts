import { grouped } from "../../runs/grouped.ts";
import { furtherPipelines, pipelineOfRun, scheduleName } from "../../runs/night-series.ts";
import type { RunRecord } from "../../runs/run-record.ts";
import type { CronWorkflow } from "../../runs/schedule.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { type Central, headsOf, type WorkflowHead } from "../central.ts";
import type { Lane } from "../lanes.ts";
import type { RecordHead } from "../run-records.ts";
import { currentRecords } from "./current-records.ts";
import { RecordLoader } from "./record-loader.ts";

/** Source of one lane. */
export interface LaneSource {
  /** Undefined where there is none. */
  readonly schedule: () => Promise<CronWorkflow | undefined>;
  /** Nights that have a workflow, newest first; those that have ended may be left out. */
  readonly heads: () => Promise<readonly WorkflowHead[]>;
  readonly workflow: (name: string) => Promise<Workflow>;
  /** Records that say what counts now. */
  readonly records: () => Promise<readonly RecordHead[]>;
  /** Undefined if it is gone by now. */
  readonly record: (head: RecordHead) => Promise<RunRecord | undefined>;
}

/** Reads records that were already listed for many lanes. */
export interface ListedRecords {
  readonly current: readonly RecordHead[];
  readonly loader: RecordLoader;
}

/** A lane by itself. @param now Milliseconds. @param listed Its current records. @default - they are asked for */
export function oneLane(
  central: Central,
  { series, pipeline, namespace }: Lane,
  now: number,
  listed?: ListedRecords,
): LaneSource {
  const loader = listed?.loader ?? new RecordLoader(central.runRecords);
  return {
    schedule: () => central.scheduleIfAny(namespace, pipeline),
    heads: () => central.heads(namespace, pipeline),
    workflow: (name) => central.workflow(namespace, name),
    records: async () => listed?.current ?? currentRecords(central, now, series),
    record: (head) => loader.get(head),
  };
}

/** All lanes, listed at once: their schedules, and the nights that have not ended. The records tell of the others. */
export class AllLanes {
  private constructor(
    private readonly schedules: ReadonlyMap<string, readonly CronWorkflow[]>,
    private readonly running: ReadonlyMap<string, readonly Workflow[]>,
  ) {}

  /** Undefined for a person who may only see single lanes. */
  static async list(central: Central): Promise<AllLanes | undefined> {
    const [schedules, running] = await Promise.all([
      central.everywhere.schedules(),
      central.everywhere.runningNights(),
    ]);
    return schedules === undefined || running === undefined
      ? undefined
      : new AllLanes(
          grouped(schedules, ({ metadata }) => metadata.namespace),
          grouped(running, ({ metadata }) => metadata.namespace),
        );
  }

  /** Names of a lane's further nights. */
  furtherNights({ namespace }: Lane): readonly string[] {
    return furtherPipelines(this.schedules.get(namespace) ?? []);
  }

  source({ namespace, pipeline }: Lane, { current, loader }: ListedRecords): LaneSource {
    const nights = (this.running.get(namespace) ?? []).filter(
      ({ metadata }) => pipelineOfRun(metadata.name) === pipeline,
    );
    const name = scheduleName(pipeline);
    return {
      schedule: async () => this.schedules.get(namespace)?.find(({ metadata }) => metadata.name === name),
      heads: async () => headsOf(nights),
      workflow: async (name) => {
        const found = nights.find(({ metadata }) => metadata.name === name);
        if (found === undefined) {
          throw new Error(`${name} is not one of the listed nights`);
        }
        return found;
      },
      records: async () => current,
      record: (head) => loader.get(head),
    };
  }
}
