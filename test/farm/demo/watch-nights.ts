import { setTimeout as delay } from "node:timers/promises";
import type { Central } from "../../../ops/central.ts";
import { renderNight } from "../../../ops/render-night.ts";
import { type Paint, paintFor, plain } from "../../../ops/text/paint.ts";
import { type NightState, nightState } from "../../../runs/night-state.ts";
import { hasEnded } from "../../../runs/phases.ts";
import { Times } from "../../../runs/times.ts";

/** A night that was started and is being watched. */
export interface WatchedNight {
  readonly customer: string;
  readonly displayName: string;
  readonly namespace: string;
  readonly workflow: string;
}

/** How often the nights are read again. */
const REFRESH_MILLISECONDS = 1000;

/**
 * Shows nights until all have ended: redrawn in place on a terminal, otherwise one line for each change of a step.
 * @returns the last state of each, in the order given
 * @throws Error when they have not ended after `limitSeconds`
 */
export async function watchNights(
  central: Central,
  nights: readonly WatchedNight[],
  stream: NodeJS.WriteStream,
  limitSeconds: number,
): Promise<readonly NightState[]> {
  const show = stream.isTTY ? redrawing(stream, paintFor(stream)) : changesOnly(stream);
  const deadline = Date.now() + limitSeconds * 1000;
  for (;;) {
    const states = await Promise.all(
      nights.map(async (night) => nightState(await central.workflow(night.namespace, night.workflow), Date.now())),
    );
    show(nights, states);
    if (states.every((state) => hasEnded(state))) {
      return states;
    }
    if (Date.now() > deadline) {
      throw new Error(`the nights have not ended within ${limitSeconds} s:\n${describe(nights, states, plain)}`);
    }
    await delay(REFRESH_MILLISECONDS);
  }
}

type Show = (nights: readonly WatchedNight[], states: readonly NightState[]) => void;

function redrawing(stream: NodeJS.WriteStream, paint: Paint): Show {
  let lines = 0;
  return (nights, states) => {
    const text = describe(nights, states, paint);
    stream.moveCursor(0, -lines);
    stream.cursorTo(0);
    stream.clearScreenDown();
    stream.write(`${text}\n`);
    lines = text.split("\n").length;
  };
}

function changesOnly(stream: NodeJS.WriteStream): Show {
  const shown = new Map<string, string>();
  return (nights, states) => {
    states.forEach((state, index) => {
      const customer = nights[index]?.customer ?? "";
      for (const step of state.steps) {
        const key = `${customer}/${step.name}`;
        const text = `${step.state}${step.attempts > 1 ? ` (attempt ${step.attempts})` : ""}`;
        if (shown.get(key) !== text && step.state !== "waiting") {
          stream.write(
            `${customer.padEnd(14)} ${step.name.padEnd(20)} ${text}${step.message ? `: ${step.message}` : ""}\n`,
          );
        }
        shown.set(key, text);
      }
    });
  };
}

function describe(nights: readonly WatchedNight[], states: readonly NightState[], paint: Paint): string {
  return states
    .map((state, index) =>
      renderNight(state, { title: nights[index]?.displayName ?? "", paint, times: new Times(), now: Date.now() }),
    )
    .join("\n\n");
}
