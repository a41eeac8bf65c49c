import { setTimeout as delay } from "node:timers/promises";
import { hasEnded } from "../../runs/phases.ts";
import type { Central } from "../central.ts";
import { type NightChoice, nightToShow, type ReadNight, readNight } from "../choose-night.ts";
import type { Lane } from "../lanes.ts";
import type { Output } from "../output.ts";
import { type Paint, renderNight } from "../render-night.ts";

const REFRESH_MILLISECONDS = 2000;

/** The DAG of a lane's night: states, durations, remote jobs, and who decided what. */
export async function show(central: Central, lane: Lane, choice: NightChoice, output: Output): Promise<void> {
  const night = await nightToShow(central, lane, choice);
  output.show(night.state, (_, paint) => render(night, paint));
}

/** The same, again and again until the night ends: redrawn on a terminal, else printed whenever it changed. */
export async function watch(central: Central, lane: Lane, choice: NightChoice, output: Output): Promise<void> {
  let night = await nightToShow(central, lane, choice);
  let shown = "";
  let lines = 0;
  for (;;) {
    const text = output.form === "json" ? JSON.stringify(night.state) : render(night, output.paint);
    const key = JSON.stringify(night.state.steps.map((step) => [step.state, step.attempts, step.message]));
    if (output.stream.isTTY === true && output.form === "text") {
      // Up, to the first column, and clear what is below.
      output.stream.write(`${lines > 0 ? `\u001b[${lines}A` : ""}\r\u001b[J${text}\n`);
      lines = text.split("\n").length;
    } else if (key !== shown || hasEnded(night.state)) {
      output.stream.write(`${text}\n`);
      shown = key;
    }
    if (hasEnded(night.state)) {
      return;
    }
    await delay(REFRESH_MILLISECONDS);
    night = await readNight(central, lane, night.state.workflow);
  }
}

function render({ lane, state }: ReadNight, paint: Paint): string {
  const ask = state.steps.filter((step) => step.state === "deciding" || step.state === "confirming");
  const commands = ask.map(({ name, state: is }) =>
    is === "deciding"
      ? `decide ${name}: nightlane retry|skip|abort ${lane.customer} ${name} --reason "..."`
      : `confirm ${name}: nightlane release ${lane.customer} ${name} --reason "..."`,
  );
  const body = renderNight(state, lane.customer, paint, { details: true });
  return [body, paint("gray", `  ${state.workflow}  template ${state.template ?? "-"}`), ...commands].join("\n");
}
