import { defined } from "../../runs/defined.ts";
import { grouped } from "../../runs/grouped.ts";
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
  const byCustomer = grouped(lines, ({ customer }) => customer);
  return lines
    .flatMap((line) => {
      const which =
        runningOf(byCustomer.get(line.customer) ?? []).size > 1 && line.night !== undefined
          ? ` --night ${line.night}`
          : "";
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

/** Names of the runs that are under way, by the lines of one customer. */
function runningOf(lines: readonly NightLine[]): ReadonlySet<string> {
  const own = lines.filter(({ phase }) => phase === "Running" || phase === "Pending");
  return new Set([...own.flatMap(({ night }) => night ?? []), ...lines.flatMap(({ beside }) => beside)]);
}

/** Since when something waits, and why. */
interface Why {
  readonly since: string | undefined;
  readonly message?: string | undefined;
}

function nightWaits(line: NightLine, which: string): readonly Waiting[] {
  const { customer, businessDate: date = "YYYY-MM-DD", blockedBy } = line;
  const about = `${customer} --date ${date}`;
  const one = (waitsFor: WaitingFor, commands: readonly string[], why: Why): Waiting => ({
    ...placeOf(line),
    waitsFor,
    commands,
    ...defined(why),
  });
  const run = `nightlane run ${about} --reason "..."`;
  switch (line.waivedBy === undefined ? line.standing : undefined) {
    case "missed": {
      const message = blockedBy === undefined ? undefined : `${blockedBy} still ran`;
      return [one("missed night", [run], { since: line.startBy, message })];
    }
    case "failed":
    case "deleted": {
      const commands = [`nightlane replay ${about} --reason "..."`, `nightlane history ${about}`];
      return [one("failed night", commands, { since: line.finishedAt })];
    }
    case "suspended": {
      const commands = [run, `nightlane waive ${about} --reason "..."`];
      return [one("night left out", commands, { since: line.start, message: "the schedule was suspended" })];
    }
    default: {
      const commands = [`nightlane resume ${customer}${which} --reason "..."`];
      return line.paused === true ? [one("resume", commands, { since: line.pausedSince })] : [];
    }
  }
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
