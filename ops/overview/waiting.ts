import { defined } from "../../runs/defined.ts";
import { isWaitingStep } from "../../runs/urgency.ts";
import type { ActiveStep, NightLine } from "./night-line.ts";

/** What a person is needed for. */
export type WaitingFor =
  | "decision"
  | "confirmation"
  | "release"
  | "resume"
  | "missed night"
  | "failed night"
  | "night left out";

/** One thing that waits for a person. All times are RFC 3339. */
export interface Waiting {
  readonly customer: string;
  readonly timezone?: string;
  readonly night?: string;
  readonly businessDate?: string;
  readonly step?: string;
  readonly waitsFor: WaitingFor;
  readonly since?: string;
  readonly finishBy?: string;
  readonly secondsLeft?: number;
  /** Why, as the runner or Argo said it. */
  readonly message?: string;
  /** Commands, any of which resolves it. */
  readonly commands: readonly string[];
}

/** Everything that waits for a person, earliest deadline first. */
export function waitingOf(lines: readonly NightLine[]): readonly Waiting[] {
  const running = lines.filter(({ phase }) => phase === "Running" || phase === "Pending");
  return lines
    .flatMap((line) => {
      const several = running.filter(({ customer }) => customer === line.customer).length + line.beside.length > 1;
      const which = several && line.night !== undefined ? ` --night ${line.night}` : "";
      const steps = line.active.filter(isWaitingStep).map((step) => stepWaits(line, step, which));
      return [...nightWaits(line, which), ...steps];
    })
    .sort(
      (a, b) =>
        (a.finishBy ?? "9").localeCompare(b.finishBy ?? "9") ||
        (a.since ?? "9").localeCompare(b.since ?? "9") ||
        a.customer.localeCompare(b.customer),
    );
}

function nightWaits(line: NightLine, which: string): readonly Waiting[] {
  const { customer, businessDate: date = "YYYY-MM-DD" } = line;
  const isWaived = line.waivedBy !== undefined;
  if (line.standing === "missed" && !isWaived) {
    const message = line.blockedBy === undefined ? undefined : `${line.blockedBy} still ran`;
    return [
      {
        ...placeOf(line),
        waitsFor: "missed night",
        commands: [`nightlane run ${customer} --date ${date} --reason "..."`],
        ...defined({ since: line.startBy, message }),
      },
    ];
  }
  if ((line.standing === "failed" || line.standing === "deleted") && !isWaived) {
    return [
      {
        ...placeOf(line),
        waitsFor: "failed night",
        commands: [
          `nightlane replay ${customer} --date ${date} --reason "..."`,
          `nightlane history ${customer} --date ${date}`,
        ],
        ...defined({ since: line.finishedAt }),
      },
    ];
  }
  if (line.standing === "suspended" && !isWaived) {
    return [
      {
        ...placeOf(line),
        waitsFor: "night left out",
        commands: [
          `nightlane run ${customer} --date ${date} --reason "..."`,
          `nightlane waive ${customer} --date ${date} --reason "..."`,
        ],
        ...defined({ since: line.start, message: "the schedule was suspended" }),
      },
    ];
  }
  return line.paused === true
    ? [
        {
          ...placeOf(line),
          waitsFor: "resume",
          commands: [`nightlane resume ${customer}${which} --reason "..."`],
          ...defined({ since: line.pausedSince }),
        },
      ]
    : [];
}

const WAITS_FOR: Readonly<Partial<Record<ActiveStep["state"], WaitingFor>>> = {
  deciding: "decision",
  confirming: "confirmation",
  held: "release",
};

function stepWaits(line: NightLine, { step, state, since, message, verbs = [] }: ActiveStep, which: string): Waiting {
  return {
    ...placeOf(line),
    step,
    waitsFor: WAITS_FOR[state] ?? "decision",
    commands: verbs.map((verb) => `nightlane ${verb} ${line.customer} ${step}${which} --reason "..."`),
    ...defined({ since, message }),
  };
}

function placeOf(line: NightLine): Pick<Waiting, "customer" | "night" | "businessDate" | "finishBy" | "secondsLeft"> {
  const { customer, timezone, night, businessDate, finishBy, secondsLeft } = line;
  return { customer, ...defined({ timezone, night, businessDate, finishBy, secondsLeft }) };
}
