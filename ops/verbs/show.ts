import { setTimeout as delay } from "node:timers/promises";
import { defined } from "../../runs/defined.ts";
import { forecastNight, type NightForecast } from "../../runs/forecast/forecast-night.ts";
import type { NightModel } from "../../runs/forecast/night-model.ts";
import { hasEnded } from "../../runs/phases.ts";
import { possibleActs } from "../../runs/step-act.ts";
import { isWaitingStep } from "../../runs/urgency.ts";
import type { Central } from "../central.ts";
import { type NightChoice, nightToShow, readNight, type ShownNight } from "../choose-night.ts";
import { OpsError } from "../exit-code.ts";
import { forecastAnswer, readModel } from "../forecast/lane-forecast.ts";
import { Frame } from "../frame.ts";
import { answer, type Output, type View } from "../output.ts";
import { patiently } from "../patience.ts";
import { renderNight } from "../render-night.ts";
import { line } from "../text/line.ts";
import { wrapped } from "../text/width.ts";
import type { Place } from "./verb.ts";

const REFRESH_MILLISECONDS = 2000;

/** Most rows of a screen for the commands under a night. */
const MOST_COMMAND_ROWS = 4;

/** Which night is shown, and how. */
export interface ShowChoice extends NightChoice {
  /** A line for every step, also for those of a large night that are alike. @default false */
  readonly every?: boolean;
}

/** A lane's night: states, times, remote jobs, and who decided what. */
export async function show({ central, lane, output }: Place, choice: ShowChoice): Promise<void> {
  const night = await withModel(central, await nightToShow(central, lane, choice), output);
  night.remarks.forEach(output.note);
  output.show("Night", nightDocument(night), (_, view) => whole(night, view, choice.every));
}

/** The same until the night ends: redrawn on a terminal, else printed on every change. */
export async function watch({ central, lane, output }: Place, choice: ShowChoice): Promise<void> {
  let night = await withModel(central, await nightToShow(central, lane, choice), output);
  night.remarks.forEach(output.note);
  const frame = output.form === "text" && output.stream.isTTY === true ? new Frame(output.stream) : undefined;
  const note = (text: string): void => (frame === undefined ? output.note(text) : frame.say(text));
  let shown = "";
  for (;;) {
    const key = contentOf(night);
    if (frame !== undefined) {
      frame.draw(({ columns, rows }) => fitting(night, { ...output.view, columns }, rows));
    } else if (key !== shown || hasEnded(night.state)) {
      output.stream.write(
        `${output.form === "json" ? JSON.stringify(answer("Night", nightDocument(night))) : whole(night, output.view, choice.every)}\n`,
      );
      shown = key;
    }
    if (hasEnded(night.state)) {
      return;
    }
    await delay(REFRESH_MILLISECONDS);
    const { workflow } = night.state;
    night = { ...night, ...(await patiently(() => readNight(central, lane, workflow), note)) };
  }
}

/** What makes a night worth printing again: everything but durations, which change with every look. */
function contentOf({ state, finishBy }: ForecastNight): string {
  return JSON.stringify({ ...state, finishBy }, (key, value: unknown) => (ELAPSED.has(key) ? undefined : value));
}

const ELAPSED: ReadonlySet<string> = new Set(["seconds", "secondsLeft"]);

/** A night as a JSON answer. */
function nightDocument(night: ForecastNight): object {
  const { lane, state, schedule, finishBy } = night;
  const forecast = forecastOf(night);
  return {
    customer: lane.customer,
    ...state,
    ...defined({
      timezone: schedule?.timezone,
      finishBy: finishBy === undefined ? undefined : new Date(finishBy).toISOString(),
      forecast: forecast === undefined ? undefined : forecastAnswer(forecast),
    }),
  };
}

/** A night with its forecast from the lane's last nights. */
interface ForecastNight extends ShownNight {
  readonly model?: NightModel;
}

/** Reads the lane's last nights. Without them a night is shown all the same. */
async function withModel(central: Central, night: ShownNight, output: Output): Promise<ForecastNight> {
  try {
    const model = await readModel(central, night.lane, night.state);
    return model === undefined ? night : { ...night, model };
  } catch (error) {
    if (error instanceof OpsError) {
      output.note(`no forecast: ${error.message}`);
      return night;
    }
    throw error;
  }
}

function forecastOf({ model, state }: ForecastNight): NightForecast | undefined {
  return model === undefined || hasEnded(state) ? undefined : forecastNight(model, state, Date.now());
}

/** All details, however many lines they take. */
function whole(night: ForecastNight, view: View, every = false): string {
  const { state } = night;
  const commands = commandsOf(night).flatMap((command) => wrapped(command, "  ", view.columns));
  const source = `  ${state.workflow}  template ${state.template ?? "-"}`;
  return [
    renderNight(state, { ...lookOf(night, view), details: true, every }),
    line([["gray", source]], view.paint, view.columns),
    ...commands,
  ].join("\n");
}

/** What fits a screen: the night, and the commands for what waits for a person. */
function fitting(night: ForecastNight, view: View, rows: number): string {
  const all = commandsOf(night);
  const shown = all.slice(0, all.length > MOST_COMMAND_ROWS ? MOST_COMMAND_ROWS - 1 : MOST_COMMAND_ROWS);
  const more = all.length - shown.length;
  const commands = [
    ...shown.map((command) => line([`  ${command}`], view.paint, view.columns)),
    ...(more === 0 ? [] : [line([["gray", `  … ${more} more: nightlane nights --waiting`]], view.paint, view.columns)]),
  ];
  const body = renderNight(night.state, { ...lookOf(night, view), rows: Math.max(rows - commands.length, 3) });
  return [body, ...commands].join("\n");
}

function lookOf(night: ForecastNight, view: View): Parameters<typeof renderNight>[1] {
  const { lane, schedule, finishBy } = night;
  const more = defined({ zone: schedule?.timezone, finishBy, forecast: forecastOf(night) });
  return { ...view, title: lane.customer, now: Date.now(), ...more };
}

/** The command for each step that waits for a person. */
function commandsOf({ lane, state, remarks }: ShownNight): readonly string[] {
  const which = remarks.length === 0 ? "" : ` --night ${state.workflow}`;
  return state.steps.filter(isWaitingStep).map((step) => {
    const verbs = possibleActs(step).map(({ verb }) => verb);
    return `nightlane ${verbs.join("|")} ${lane.customer} ${step.name}${which} --reason "..."`;
  });
}
