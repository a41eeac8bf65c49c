import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import type { NightState } from "../../runs/night-state.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { type StepTrouble, type TROUBLES, type TroubleKind, troubleText } from "../../runs/trouble.ts";
import { aboutRun } from "./about-run.ts";
import { followCommand, showCommand } from "./night-command.ts";
import { saidTime } from "./said-time.ts";
import type { Signal } from "./signal.ts";

/** How long a trouble may last before a person is called, since it may pass: well below five minutes. */
const MAY_PASS = 3 * 60_000;
/** With less time than this left until the deadline, a person is called at once, no matter who can help. */
const LITTLE_TIME = 60 * 60_000;
/** A trouble that does not pass by itself can wait for this long: a new credential may be on its way. */
const MAY_BE_SEEN_TO = 30 * 60_000;

/** Troubles that go on until a person does something, though the tries may not be used up before the morning. */
const NEEDS_A_PERSON: ReadonlySet<TroubleKind> = new Set([
  "credential",
  "certificate",
  "unreachable",
  "central-image",
  "central-quota",
  "central-node",
  "central-start",
]);

/** Step name in signals and metrics for what comes before the first step. */
const CALENDAR = "calendar";

/** A step that is in trouble, or the calendar of a night that has not begun its steps. */
export interface TroubledStep {
  readonly step: string;
  readonly attempt: number;
  readonly trouble: StepTrouble;
}

/** Everything in trouble in a running night. */
export function troubledSteps(state: NightState): readonly TroubledStep[] {
  const calendar = state.trouble === undefined ? [] : [{ step: CALENDAR, attempt: 1, trouble: state.trouble }];
  const steps = state.steps.flatMap(({ name, attempts, trouble }) =>
    trouble === undefined ? [] : [{ step: name, attempt: attempts, trouble }],
  );
  return [...calendar, ...steps];
}

/**
 * Steps that are tried again and again without success, as long as a person can still help: at once if only a person
 * can end the trouble or it leaves the night little time, else by the morning.
 * @param promise The night's deadline, milliseconds; undefined if nobody waits for it. And the customer's time zone, if known.
 * @param now Milliseconds.
 */
export function troubleSignals(
  facts: RunFacts,
  state: NightState,
  { finishBy, timezone }: { readonly finishBy: number | undefined; readonly timezone?: string | undefined },
  now: number,
): readonly Signal[] {
  const isTight = finishBy !== undefined && finishBy - now < LITTLE_TIME;
  return troubledSteps(state).flatMap(({ step, attempt, trouble }) => {
    const lasts = now - Date.parse(trouble.since);
    const call = signal(facts, { step, attempt, trouble }, timezone);
    if (!(lasts >= (isTight ? 0 : MAY_PASS))) {
      return [];
    }
    const isUrgent = isTight || (NEEDS_A_PERSON.has(trouble.kind) && lasts >= MAY_BE_SEEN_TO);
    return isUrgent ? [{ ...call, key: `${call.key}/urgent`, severity: "critical" }] : [call];
  });
}

function signal(facts: RunFacts, { step, attempt, trouble }: TroubledStep, timezone: string | undefined): Signal {
  return {
    // One that comes and goes is reported once an hour.
    key: `trouble/${step}/${attempt}/${trouble.kind}/${trouble.since.slice(0, "2026-03-31T22".length)}`,
    kind: "trouble",
    labels: { kind: trouble.kind },
    ...aboutRun(facts),
    step,
    since: trouble.since,
    reason: `${step}: ${troubleText(trouble, (since) => saidTime(Date.parse(since), timezone))}. ${trouble.sentence}`,
    command: commandFor(facts, step, trouble),
    runbook: runbookEntry("trouble"),
  };
}

/** The log shows why a driver is idle; every other trouble explains itself. */
function commandFor(facts: RunFacts, step: string, { kind }: StepTrouble): string {
  const logged: readonly (keyof typeof TROUBLES)[] = ["idle", "executors", "interrupted"];
  return logged.includes(kind) ? followCommand(facts, step) : showCommand(facts);
}
