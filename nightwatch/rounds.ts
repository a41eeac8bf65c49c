import { setTimeout as delay } from "node:timers/promises";
import type { CustomObjectsApi } from "@kubernetes/client-node";
import { errorText } from "./error-text.ts";
import type { Nightwatch } from "./nightwatch.ts";
import { controllerRenewed } from "./watch/controller-lease.ts";

/** What nightwatch does periodically while it leads. */
export interface RoundSettings {
  /** Milliseconds between two rounds. */
  readonly roundMilliseconds: number;
  readonly log: (level: "info" | "error", text: string) => void;
}

const LOAD_PAUSE_MILLISECONDS = 5000;
const CONTROLLER_MILLISECONDS = 15_000;
const TIDY_MILLISECONDS = 3600_000;
/** How often to check whether everything has been listed, so that the first round begins promptly. */
const READY_MILLISECONDS = 250;

/** Reads the records, retrying while the API server is away. */
export async function loadRecords(nightwatch: Nightwatch, { log }: RoundSettings, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      await nightwatch.load();
      return;
    } catch (error) {
      log("error", `records: ${errorText(error)}; trying again`);
      await delay(LOAD_PAUSE_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

/** Does a round every few seconds. @param done Called after each round. */
export async function keepRound(
  nightwatch: Nightwatch,
  settings: RoundSettings,
  stop: AbortSignal,
  done: () => void,
): Promise<void> {
  while (!stop.aborted) {
    // Before everything has been listed once, missing objects mean nothing.
    const ready = nightwatch.isReady();
    if (ready) {
      await tried(nightwatch, settings, "round", async () => nightwatch.round());
      await tried(nightwatch, settings, "page", async () => done());
    }
    const pause = ready ? settings.roundMilliseconds : Math.min(READY_MILLISECONDS, settings.roundMilliseconds);
    await delay(pause, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Writes records and notes outside of the rounds: an API server that hangs keeps only these waiting, and never a call. */
export async function keepRecords(nightwatch: Nightwatch, settings: RoundSettings, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    if (nightwatch.isReady()) {
      await tried(nightwatch, settings, "records", () => nightwatch.keepRecords());
    }
    await delay(settings.roundMilliseconds, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Tidies outside of the rounds: with a thousand records past their time it takes a minute. */
export async function keepTidy(nightwatch: Nightwatch, settings: RoundSettings, stop: AbortSignal): Promise<void> {
  let hasUnresolved = false;
  while (!stop.aborted) {
    const ready = nightwatch.isReady();
    if (ready && !hasUnresolved) {
      hasUnresolved = await tried(nightwatch, settings, "unresolved dates", () => nightwatch.intake.loadUnresolved());
    }
    if (ready) {
      await tried(nightwatch, settings, "tidy", () => nightwatch.tidy());
    }
    const pause = ready ? TIDY_MILLISECONDS : settings.roundMilliseconds;
    await delay(pause, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function tried(
  nightwatch: Nightwatch,
  { log }: RoundSettings,
  what: string,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    nightwatch.counters.roundFailures += 1;
    log("error", `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return false;
  }
}

/** Reads when the leader of the Argo controllers last renewed its lease. */
export async function watchController(
  nightwatch: Nightwatch,
  objects: CustomObjectsApi,
  settings: RoundSettings,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    try {
      nightwatch.controllerSeen(await controllerRenewed(objects));
    } catch (error) {
      nightwatch.counters.watchFailures += 1;
      settings.log("error", `lease of the Argo controller: ${errorText(error)}; trying again`);
    }
    await delay(CONTROLLER_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined);
  }
}
