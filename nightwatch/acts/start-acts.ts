import { setTimeout as delay } from "node:timers/promises";
import { CoreV1Api, CustomObjectsApi } from "@kubernetes/client-node";
import { NIGHT_ACTS, type NightAct } from "../../runs/night-act.ts";
import { CollectionWatch } from "../watch/collection-watch.ts";
import type { Reader } from "../watch/list-objects.ts";
import { ActDesk } from "./act-desk.ts";
import { LaneWriter } from "./lane-writer.ts";
import type { RunSource } from "./start-nights.ts";

/** What carrying out acts needs. */
export interface ActsSettings {
  readonly reader: Reader;
  readonly source: RunSource;
  readonly log: (level: "info" | "error", text: string) => void;
  /** Told when the watch of the acts broke; it is begun again. */
  readonly failed: (error: unknown) => void;
}

const TICK_MILLISECONDS = 1000;
const TIDY_TICKS = 60;

/** Acts that are carried out for as long as this runs. */
export interface RunningActs {
  /** Takes that a workflow of a lane has changed. */
  readonly laneChanged: (namespace: string) => void;
  readonly stop: () => Promise<void>;
}

/** Begins to carry out acts: those that stand open, and each new one as it comes. */
export function startActs({ reader, source, log, failed }: ActsSettings): RunningActs {
  const { config } = reader;
  const writer = new LaneWriter(config.makeApiClient(CustomObjectsApi), config.makeApiClient(CoreV1Api));
  const desk = new ActDesk({ writer, source, clock: Date.now, log });
  const watch = new CollectionWatch<NightAct>(reader, NIGHT_ACTS, {
    listed: (acts) => desk.listed(acts),
    changed: (act) => desk.note(act),
    deleted: (act) => desk.forget(act),
    failed,
  });
  const stop = new AbortController();
  const ticking = tick(desk, stop.signal);
  void watch.start();
  return {
    laneChanged: (namespace) => desk.laneChanged(namespace),
    stop: async () => {
      stop.abort();
      await Promise.all([ticking, watch.end(), desk.end()]);
    },
  };
}

async function tick(desk: ActDesk, stop: AbortSignal): Promise<void> {
  for (let ticks = 1; !stop.aborted; ticks += 1) {
    desk.tick();
    if (ticks % TIDY_TICKS === 0) {
      await desk.tidy();
    }
    await delay(TICK_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined);
  }
}
