import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { type NightParts, nightWorkflow } from "../../unit/ops/support/night-workflow.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * A time zone in which it is between eight and nine in the evening, so that nights of the real date are in one evening
 * whenever the suite runs.
 */
export class Evening {
  readonly timezone: string;
  private readonly offset: number;

  constructor(private readonly now: number) {
    const ahead = 20 - new Date(now).getUTCHours();
    const hours = ahead > 12 ? ahead - 24 : ahead;
    this.offset = hours * HOUR;
    // The sign of these zones is inverted.
    this.timezone = `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`;
  }

  /** Tonight's business date, or one some days away. */
  day(days = 0): string {
    return new Date(this.now + this.offset + days * 24 * HOUR).toISOString().slice(0, 10);
  }

  /** The local time `HH:MM` some minutes from now. */
  clock(minutes: number): string {
    return new Date(this.now + this.offset + minutes * MINUTE).toISOString().slice(11, 16);
  }

  /** The instant of a local time on a day. */
  instant(day: string, time: string): string {
    return new Date(Date.parse(`${day}T${time}:00Z`) - this.offset).toISOString().replace(".000Z", "Z");
  }

  /** The instant some minutes from now. */
  in(minutes: number): string {
    return new Date(this.now + minutes * MINUTE).toISOString();
  }
}

/** When a lane's nights start and should end, local times `HH:MM`. */
export interface LaneTimes {
  readonly start: string;
  readonly finishBy: string;
  readonly startBy?: string;
  readonly inputsBy?: string;
}

/** A customer's schedule as the API server takes it. */
export function schedule(customer: string, evening: Evening, times: LaneTimes): CronWorkflow & object {
  const [hour = "", minute = ""] = times.start.split(":");
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "CronWorkflow",
    metadata: {
      name: "night",
      namespace: `customer-${customer}`,
      annotations: {
        "nightlane/finish-by": times.finishBy,
        ...(times.startBy === undefined ? {} : { "nightlane/start-by": times.startBy }),
        ...(times.inputsBy === undefined ? {} : { "nightlane/inputs-by": `${times.inputsBy} market` }),
      },
    },
    spec: {
      schedules: [`${Number(minute)} ${Number(hour)} * * *`],
      timezone: evening.timezone,
      workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
    },
  } as CronWorkflow & object;
}

/** A customer's night of a business date as the API server takes it, with nodes as Argo would have recorded them. */
export function night(customer: string, date: string, scheduledAt: string, parts: NightParts = {}): Workflow & object {
  const { metadata: _, ...rest } = nightWorkflow({
    startedAt: scheduledAt,
    ...parts,
    parameters: { "business-date": date, "scheduled-time": scheduledAt, ...parts.parameters },
  });
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: {
      name: `night-${date}`,
      namespace: `customer-${customer}`,
    },
    ...rest,
  } as Workflow & object;
}
