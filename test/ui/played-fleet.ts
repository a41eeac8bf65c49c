import type { Figures } from "../../runs/figures.ts";
import { addDays, type Day } from "../../runs/local-time.ts";
import { runFacts } from "../../runs/run-facts.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { type CronWorkflow, deadlinesOf, laneSchedule } from "../../runs/schedule.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { ORDINARY, type PlayedNight, playedNight } from "./played-night.ts";

/** Friday, 03:10 in Berlin: the nights of Thursday run. */
export const NOW = Date.parse("2026-11-27T02:10:00Z");
export const TONIGHT = "2026-11-26" as Day;

/** What is tonight of a customer. */
export interface PlayedLane extends Partial<Omit<PlayedNight, "customer" | "date" | "start">> {
  readonly customer: string;
  /** Local start, `HH:MM`. @default "22:30" */
  readonly starts?: string;
  /** @default "06:00" */
  readonly finishBy?: string;
  /** @default "Europe/Berlin" */
  readonly timezone?: string;
  /** Whether the schedule has made tonight's night. @default true */
  readonly started?: boolean;
  /** Nights before this one that are recorded. @default 20 */
  readonly past?: number;
}

/** Everything of a lane that nightwatch reads. */
export interface LaneObjects {
  readonly cron: CronWorkflow;
  readonly workflows: readonly Workflow[];
  readonly records: readonly RunFacts[];
}

export function playedLane(lane: PlayedLane): LaneObjects {
  const { customer, starts = "22:30", finishBy = "06:00", timezone = "Europe/Berlin", past = 20 } = lane;
  const [hour, minute] = starts.split(":").map(Number);
  const cron: CronWorkflow = {
    metadata: {
      name: "night",
      namespace: `customer-${customer}`,
      creationTimestamp: `${addDays(TONIGHT, -past)}T12:00:00Z`,
      annotations: { "nightlane/finish-by": finishBy, "nightlane/inputs-by": "00:30 market,positions" },
    },
    spec: {
      schedules: [`${minute} ${hour} * * *`],
      timezone,
      workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
    },
  };
  const schedule = laneSchedule(cron);
  if (schedule === undefined) {
    throw new Error(`${starts} is not a daily start`);
  }
  const night = (date: Day, parts: Partial<PlayedNight>): Workflow =>
    playedNight({ steps: ORDINARY, now: NOW, ...parts, customer, date, start: deadlinesOf(schedule, date).start });
  const dates = Array.from({ length: past }, (_, back) => addDays(TONIGHT, -1 - back));
  const { steps, slowness, happenings, acts, now } = lane;
  const tonight = { steps, slowness, happenings, acts, now };
  const given = Object.fromEntries(Object.entries(tonight).filter(([, value]) => value !== undefined));
  return {
    cron,
    workflows: lane.started === false ? [] : [night(TONIGHT, given)],
    records: dates.map((date, back) =>
      runFacts(
        night(date, {
          ...(steps === undefined ? {} : { steps }),
          slowness: 1.08 + ((back * 7) % 13) / 100,
          // Two dates were the same day's data: their results are equal.
          results: back === 3 ? addDays(date, -1) : date,
          figures: { "var-es": figuresBefore(back, date) },
          ...(back === 5 ? { happenings: { scenarios: { what: "fails-and-is-retried" } } } : {}),
        }),
        schedule,
        NOW,
      ),
    ),
  };
}

/**
 * What is at risk in a past night, as a step would report it.
 * @param back How many nights ago, 0 being the last one.
 */
function figuresBefore(back: number, date: Day): Figures {
  const at = (nights: number): number => 1_204_000 + 1000 * ((nights * 37) % 90) + (nights === 0 ? 250_000 : 0);
  const figure = (share: number): Figures[string] => ({
    value: String(Math.round(share * at(back))),
    before: String(Math.round(share * at(back + 1))),
    on: addDays(date, -1),
  });
  return { "VaR 99": figure(1), "ES 97.5": figure(1.02) };
}

const FIRST = ["nord", "alpen", "see", "hafen", "tal", "insel", "wald", "stern"] as const;
const SECOND = ["bank", "kredit", "spar", "treu", "invest"] as const;

/** Forty fictitious names. */
export const FORTY: readonly string[] = SECOND.flatMap((second) => FIRST.map((first) => `${first}${second}`));

/** Forty customers at three in the morning: one of each trouble, most of them quiet. */
export function fortyLanes(): readonly PlayedLane[] {
  const special: Readonly<Record<string, Omit<PlayedLane, "customer">>> = {
    nordbank: { slowness: 1.45, happenings: { scenarios: { what: "fails-and-is-retried", afterMinutes: 40 } } },
    alpenkredit: { happenings: { "revaluation-credit": { what: "fails", afterMinutes: 30 } } },
    seebank: { started: false },
    hafenspar: {
      happenings: {
        curves: { what: "given-up", afterMinutes: 5, message: "customer's cluster: certificate has expired" },
      },
    },
    talinvest: {
      happenings: { "revaluation-rates": { what: "held" } },
      acts: [
        {
          by: "anna@vendor.example",
          verb: "hold",
          step: "revaluation-rates",
          reason: "the customer loads corrected rates, ready at 03:30",
          at: "2026-11-26T23:05:00Z",
        },
      ],
    },
    waldtreu: { starts: "21:00", finishBy: "03:00", slowness: 1.2 },
    sternbank: { starts: "20:00", slowness: 0.8 },
  };
  return FORTY.map((customer, index) => ({
    customer,
    starts: index % 5 === 4 ? "18:30" : index % 7 === 6 ? "04:30" : `22:${String((index * 5) % 60).padStart(2, "0")}`,
    slowness: 1.1 + (index % 6) / 30,
    finishBy: index % 5 === 4 ? "02:00" : index % 7 === 6 ? "11:00" : "06:00",
    ...(index % 7 === 6 ? { started: false } : {}),
    ...special[customer],
  }));
}
