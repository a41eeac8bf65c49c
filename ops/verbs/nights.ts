import { defined } from "../../runs/defined.ts";
import { latenessOf } from "../../runs/lateness.ts";
import { localTime } from "../../runs/local-time.ts";
import type { StepState } from "../../runs/night-state.ts";
import { laneSchedule } from "../../runs/schedule.ts";
import { PASSED } from "../../runs/step-status.ts";
import { clock } from "../../runs/time.ts";
import { type StepTrouble, troubleText } from "../../runs/trouble.ts";
import type { Central } from "../central.ts";
import { nightToShow } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import { table } from "../output.ts";
import type { Paint } from "../render-night.ts";

/** A step that runs or waits for a person. */
export interface ActiveStep {
  readonly step: string;
  readonly state: StepState;
  /** What keeps it from going on while its tries go on. */
  readonly trouble?: StepTrouble;
}

/** A lane's newest night in one line. */
export interface NightLine {
  readonly customer: string;
  readonly night?: string;
  readonly businessDate?: string;
  readonly runNumber?: number;
  /** Argo's phase, `Paused`, `Closed` for a day that is no business day, or `None`. */
  readonly state: string;
  readonly stepsDone?: number;
  readonly steps?: number;
  readonly seconds?: number;
  /** Local time by which it should have ended. */
  readonly finishBy?: string;
  readonly late?: boolean;
  readonly secondsLeft?: number;
  /** Steps that run or wait for a person. */
  readonly active: readonly ActiveStep[];
  /** Why nothing is known of this lane. */
  readonly problem?: string;
}

const ACTIVE: ReadonlySet<StepState> = new Set(["held", "running", "confirming", "deciding"]);

/** One line for each lane: a lane that cannot be read is told, the others are shown all the same. */
export async function nights(central: Central, lanes: readonly Lane[]): Promise<readonly NightLine[]> {
  return Promise.all(
    lanes.map(async (lane) => {
      try {
        return await nightLine(central, lane);
      } catch (error) {
        if (error instanceof OpsError && error.code !== ExitCode.unreachable) {
          const none = error.code === ExitCode.notFound;
          return {
            customer: lane.customer,
            state: none ? "None" : "Unknown",
            active: [],
            ...(none ? {} : { problem: error.message }),
          };
        }
        throw error;
      }
    }),
  );
}

async function nightLine(central: Central, lane: Lane): Promise<NightLine> {
  const [{ state }, cron] = await Promise.all([nightToShow(central, lane, {}), central.schedule(lane.namespace)]);
  const schedule = laneSchedule(cron);
  const lateness = latenessOf(state, schedule, Date.now());
  const finishBy = lateness?.finishBy;
  return {
    customer: lane.customer,
    night: state.workflow,
    runNumber: state.runNumber,
    state: state.open === false ? "Closed" : state.paused ? "Paused" : state.phase,
    steps: state.steps.length,
    stepsDone: state.steps.filter((step) => PASSED.has(step.state)).length,
    active: [
      ...(state.trouble === undefined ? [] : [{ step: "calendar", state: "running", trouble: state.trouble } as const]),
      ...state.steps
        .filter((step) => ACTIVE.has(step.state))
        .map(({ name, state, trouble }) => ({ step: name, state, ...defined({ trouble }) })),
    ],
    ...defined({
      businessDate: state.businessDate,
      seconds: state.seconds,
      late: lateness?.late,
      secondsLeft: lateness?.secondsLeft,
      finishBy: finishBy === undefined ? undefined : shortTime(finishBy, schedule?.timezone ?? "UTC"),
    }),
  };
}

function shortTime(instant: number, timezone: string): string {
  return localTime(instant, timezone).time.slice(0, 5);
}

export function renderNights(lines: readonly NightLine[], paint: Paint): string {
  const heading = ["CUSTOMER", "DATE", "RUN", "STATE", "STEPS", "ELAPSED", "FINISH BY", "NOW"];
  const rows = lines.map((line) => [
    line.customer,
    line.businessDate ?? "-",
    String(line.runNumber ?? "-"),
    line.state,
    line.steps === undefined || line.steps === 0 ? "-" : `${line.stepsDone}/${line.steps}`,
    clock(line.seconds) || "-",
    deadlineText(line),
    line.problem ?? line.active.map(activeText).join(", "),
  ]);
  const [head = "", ...body] = table([heading, ...rows]).split("\n");
  return [
    paint("bold", head),
    ...body.map((text, index) => {
      const line = lines[index];
      const bad =
        line?.late === true || line?.active.some(({ state, trouble }) => state === "deciding" || trouble !== undefined);
      return bad ? paint("red", text) : text;
    }),
  ].join("\n");
}

function activeText({ step, state, trouble }: ActiveStep): string {
  if (trouble !== undefined) {
    return `${step}: ${troubleText(trouble)}`;
  }
  return state === "running" ? step : `${step} ${state}`;
}

function deadlineText({ finishBy, late, secondsLeft }: NightLine): string {
  if (finishBy === undefined) {
    return "-";
  }
  if (secondsLeft === undefined) {
    return late === true ? `${finishBy} was late` : finishBy;
  }
  return secondsLeft < 0 ? `${finishBy} LATE ${clock(-secondsLeft)}` : `${finishBy} in ${clock(secondsLeft)}`;
}
