import { setTimeout as delay } from "node:timers/promises";
import { CoreV1Api, CustomObjectsApi, VersionApi } from "@kubernetes/client-node";
import { apiClient } from "../../api/api-client.ts";
import { NIGHT_ACTS, type NightAct } from "../../runs/night-act.ts";
import { CollectionWatch } from "../watch/collection-watch.ts";
import type { Reader } from "../watch/list-objects.ts";
import { ActArchive } from "./act-archive.ts";
import { type ActCounters, ActDesk } from "./act-desk.ts";
import { withinLimit } from "./act-outcome.ts";
import { LaneWriter } from "./lane-writer.ts";
import { ServerClock } from "./server-clock.ts";
import type { RunSource } from "./start-nights.ts";

/** Settings for carrying out acts. */
export interface ActsSettings {
  readonly reader: Reader;
  readonly source: RunSource;
  /** Namespace in which copies are kept. */
  readonly namespace: string;
  readonly retentionDays: number;
  readonly log: (level: "info" | "error", text: string) => void;
  /** Called when the watch of the acts broke; it is restarted. */
  readonly failed: (error: unknown) => void;
  /** Called whenever the API server has reported acts. */
  readonly heard: () => void;
}

const TICK_MILLISECONDS = 1000;
const CLOCK_TICKS = 60;
const TIDY_TICKS = 60;
const ARCHIVE_TICKS = 3600;

/** Acts that are carried out for as long as this runs. */
export interface RunningActs {
  /** Notes that a workflow of a lane has changed. */
  readonly laneChanged: (namespace: string) => void;
  readonly counters: Readonly<ActCounters>;
  readonly stop: () => Promise<void>;
}

/** Starts carrying out acts: the open ones, and each new one as it comes. */
export function startActs({ reader, source, namespace, retentionDays, log, failed, heard }: ActsSettings): RunningActs {
  const { config } = reader;
  const objects = apiClient(config, CustomObjectsApi);
  const writer = new LaneWriter(objects, apiClient(config, CoreV1Api));
  const archive = new ActArchive(objects, namespace, retentionDays);
  const clock = new ServerClock(apiClient(config, VersionApi), log);
  const desk = new ActDesk({ writer, archive, source, clock: clock.now, log });
  const watch = new CollectionWatch<NightAct>(reader, NIGHT_ACTS, {
    listed: (acts) => desk.listed(acts),
    changed: (act) => desk.note(act),
    deleted: (act) => desk.forget(act),
    failed,
    heard,
  });
  const stop = new AbortController();
  const ticking = tick({ desk, archive, clock }, stop.signal, (error) => {
    desk.counters.failures += 1;
    failed(error);
  });
  // By then the age of the acts that it finds is known.
  void withinLimit(clock.compare())
    .catch(failed)
    .then(() => watch.start());
  return {
    counters: desk.counters,
    laneChanged: (namespace) => desk.laneChanged(namespace),
    stop: async () => {
      stop.abort();
      await Promise.all([ticking, watch.end(), desk.end()]);
    },
  };
}

async function tick(
  { desk, archive, clock }: { readonly desk: ActDesk; readonly archive: ActArchive; readonly clock: ServerClock },
  stop: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  for (let ticks = 1; !stop.aborted; ticks += 1) {
    desk.tick();
    await withinLimit(desk.keepCopies()).catch(failed);
    if (ticks % CLOCK_TICKS === 0) {
      await withinLimit(clock.compare()).catch(failed);
    }
    if (ticks % TIDY_TICKS === 0 || desk.isCrowded) {
      await withinLimit(desk.tidy()).catch(failed);
    }
    if (ticks % ARCHIVE_TICKS === 0) {
      await archive.tidy(Date.now()).catch(failed);
    }
    await delay(TICK_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined);
  }
}
