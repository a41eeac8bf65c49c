import { setTimeout as delay } from "node:timers/promises";
import type { Fault, Fix } from "../chaos/faults/fault.ts";
import { faults } from "../chaos/faults/registry.ts";
import type { NightLook } from "../chaos/nights/night.ts";
import type { Site } from "../chaos/site/site.ts";
import { endOf } from "../chaos/trial.ts";
import { type Evidence, hashOfResults } from "../chaos/verdict.ts";
import type { Progress } from "../farm/progress.ts";
import { until } from "../farm/wait.ts";
import type { Operator, Typed } from "./operator.ts";
import type { PlannedNight } from "./plan.ts";
import type { ScheduledNight } from "./scheduled-night.ts";
import type { SoakLane } from "./soak-lane.ts";

/** Seconds after its fault within which a night must have ended, or wait for a person. */
const LIMIT_SECONDS = 420;

/** Seconds within which a person must have been called and have typed. */
const CALL_SECONDS = 240;

/** The step that faults are injected into. */
const STEP = "revaluation";

const MINUTE = 60_000;

/** A due night, with everything that its verdict needs. Times are milliseconds since the epoch. */
export interface WatchedNight {
  readonly planned: PlannedNight;
  readonly workflow: string;
  /** When it was due. */
  readonly at: number;
  /** When it was over. */
  readonly over: number;
  readonly evidence: Omit<Evidence, "faultFree">;
  /** Whether its minute came and no workflow did. */
  readonly missed: boolean;
  /** Whether it was deleted, because it did not end. */
  readonly deleted: boolean;
  /** What went wrong with the fault, with the expected call, or after the decision. */
  readonly problems: readonly string[];
}

/** What nights are watched with. */
export interface WatchProps {
  readonly operator: Operator;
  readonly progress: Progress;
  /** Fires when the soak is given up. */
  readonly abort: AbortSignal;
}

/**
 * Lets a night come due, injects the planned fault, waits for the outcome, and leaves its lane free for the next night.
 * @param begin When its round begins, milliseconds since the epoch.
 */
export async function watchNight(
  props: WatchProps,
  lane: SoakLane,
  planned: PlannedNight,
  begin: number,
): Promise<WatchedNight> {
  const { customer, minute, fault } = planned;
  const what = fault?.name ?? "fault-free";
  const at = begin + minute * MINUTE;
  const title = `${customer} ${new Date(at).toISOString().slice(11, 16)} UTC, ${what}`;
  return props.progress.step(title, async (step) => {
    const night = await lane.nightDue(at, `${what} of ${customer}`);
    const { evidence, failure } = await inject(props, lane.site, planned, night);
    const problems = failure === "" ? [] : [failure];
    const ended = evidence.end.kind;
    let deleted = false;
    if (ended === "stopped") {
      step.detail("waits for a person");
      if (fault?.call !== undefined) {
        problems.push(await called(props, planned, night, fault.call));
      }
      problems.push(await decide(props, customer, night));
    }
    if ((await night.look()).kind !== "done") {
      await night.cleanUp();
      deleted = !night.missed;
    }
    return {
      planned,
      workflow: night.due.workflow,
      at,
      over: Date.now(),
      evidence,
      missed: night.missed,
      deleted,
      problems: problems.filter((problem) => problem !== ""),
    };
  });
}

/** Injects the fault into a night that its schedule starts, and waits for the outcome. */
async function inject(
  { abort }: WatchProps,
  site: Site,
  { fault: soaked, wait }: PlannedNight,
  night: ScheduledNight,
): Promise<Pick<WatchedNight, "evidence"> & { readonly failure: string }> {
  const fault = chaosFault(soaked?.name);
  let end: NightLook = { kind: "running" };
  let fix: Fix | undefined;
  let failure = "";
  let damage: string | undefined;
  try {
    fix = await fault.inject({
      site,
      nights: [night],
      moment: async (when) => {
        if (when !== "now") {
          await delay(wait);
        }
      },
      ended: async (one) => void (await endOf(one, LIMIT_SECONDS, abort)),
    });
    end = await endOf(night, LIMIT_SECONDS, abort);
    if (end.kind === "done") {
      damage = await fault.inspect?.(night);
    }
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  } finally {
    await fix?.();
  }
  const evidence = {
    fault,
    variant: night.variant,
    end,
    drivers: night.drivers(),
    home: hashOfResults(night.home()),
    ...(damage === undefined ? {} : { damage }),
  };
  return { evidence, failure };
}

const FAULT_FREE: Fault = {
  name: "fault-free",
  what: "nothing happens",
  inject: async ({ nights }) => {
    await Promise.all(nights.map((night) => night.start()));
    return undefined;
  },
};

function chaosFault(name: string | undefined): Fault {
  if (name === undefined) {
    return FAULT_FREE;
  }
  const fault = faults.find((one) => one.name === name);
  if (fault === undefined) {
    throw new Error(`the chaos suite has no fault ${name}`);
  }
  return fault;
}

/** Waits until a person was called for a held night and has typed the call's command. @returns what is wrong with it */
async function called(
  { operator, abort }: WatchProps,
  { customer, fault }: PlannedNight,
  { due }: ScheduledNight,
  alert: string,
): Promise<string> {
  const find = (): Typed | undefined =>
    operator.typed.find(
      ({ call }) => call.alert === alert && call.customer === customer && call.step === STEP && call.since >= due.at,
    );
  const what = `${alert} calls for ${STEP} of ${customer}`;
  try {
    await until({ what, limitSeconds: CALL_SECONDS, everyMilliseconds: 500 }, async () => {
      return abort.aborted || find() !== undefined;
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const answer = find();
  if (answer === undefined) {
    return "the soak was given up";
  }
  const { call, result } = answer;
  const saysWhy = chaosFault(fault?.name).held?.test(result.output) === true;
  return saysWhy ? "" : `"${call.command}" does not say why the night waits:\n${result.output.trim()}`;
}

/**
 * What happens in the morning to a night that waits for a person: the cause is removed and a decision made, so that the
 * lane is free for its next night. It must then end well. @returns what went wrong
 */
async function decide({ operator, abort }: WatchProps, customer: string, night: ScheduledNight): Promise<string> {
  await night.relieve();
  const { code, output } = await operator.type(
    `nightlane retry ${customer} ${STEP} --night ${night.due.workflow} --reason "decided in the morning"`,
  );
  if (code !== 0) {
    return `it could not be decided: ${output.trim()}`;
  }
  const look = await endOf(night, LIMIT_SECONDS, abort);
  if (look.kind === "done") {
    return "";
  }
  return `it did not end well once it was decided: ${look.kind === "stopped" ? look.message : look.kind}`;
}
