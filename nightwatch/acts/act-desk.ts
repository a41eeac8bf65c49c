import { setImmediate as immediately } from "node:timers/promises";
import { CONFLICT, FORBIDDEN, NOT_FOUND, statusOf } from "../../api/api-error.ts";
import { defined } from "../../runs/defined.ts";
import { customerOfLane } from "../../runs/lane-namespace.ts";
import { ACT_LIFE, isSettled, type NightAct, type NightActStatus, uidOf } from "../../runs/night-act.ts";
import { errorText } from "../error-text.ts";
import type { ActArchive } from "./act-archive.ts";
import { ActCopies } from "./act-copies.ts";
import { statusAfter, withinLimit } from "./act-outcome.ts";
import type { Carried } from "./carried.ts";
import { carryOut } from "./carry-out.ts";
import { hasBegun } from "./has-begun.ts";
import { LaneWork } from "./lane-work.ts";
import type { LaneWriter } from "./lane-writer.ts";
import { OpenActs } from "./open-acts.ts";
import { SettledActs } from "./settled-acts.ts";
import type { RunSource } from "./start-nights.ts";

/** Dependencies of the desk. */
export interface ActDeskParts {
  readonly writer: LaneWriter;
  readonly source: RunSource;
  readonly archive: Pick<ActArchive, "keep" | "names">;
  /** Milliseconds since the epoch, by the API server's clock, which dates the acts. */
  readonly clock: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** What the desk has done since it started. */
export interface ActCounters {
  done: number;
  refused: number;
  expired: number;
  /** Tries that failed for a reason that may pass. */
  failures: number;
}

/** How often a long-running act, such as a backfill, is continued, milliseconds. */
const SLOW_MILLISECONDS = 2000;

/**
 * Carries out what people ask for, in the order of asking, one act at a time per lane. An act's effect and the note of
 * the act are written to the changed object in one request, so an act that was interrupted by the end of nightwatch
 * starts again and finds its own traces.
 */
export class ActDesk {
  readonly counters: ActCounters = { done: 0, refused: 0, expired: 0, failures: 0 };
  private readonly open = new OpenActs();
  private readonly lanes = new LaneWork({
    isNeeded: (namespace) => !this.ended && this.open.ofLane(namespace).length > 0,
    work: (namespace) => this.work(namespace),
  });
  /** When long-running acts were last continued, by UID. */
  private readonly looked = new Map<string, number>();
  private readonly settled = new SettledActs();
  private readonly copies: ActCopies;
  /** Why each act has not been carried out so far, by name. */
  private readonly obstacles = new Map<string, string>();
  private ended = false;

  constructor(private readonly parts: ActDeskParts) {
    this.copies = new ActCopies(parts.archive, (act, error) => this.failed(act, error));
  }

  /** Takes the list of all acts; those not in it are gone. */
  async listed(acts: AsyncIterable<NightAct>): Promise<void> {
    const there = new Set<string>();
    for await (const act of acts) {
      there.add(`${act.metadata.namespace}/${act.metadata.name}`);
      this.note(act);
    }
    this.open.keep(there);
  }

  /** Takes an act as it is now. */
  note(act: NightAct): void {
    const { namespace } = act.metadata;
    // Copies are kept in the platform's namespace, and do not belong to a lane.
    if (customerOfLane(namespace) === undefined) {
      return;
    }
    if (isSettled(act)) {
      this.open.delete(act);
      const isKnown = this.settled.has(act);
      this.settled.note(act);
      if (!isKnown) {
        this.copies.noteSettledElsewhere(act, this.parts.clock());
      }
      return;
    }
    // An event that predates the act's settlement by this desk.
    if (this.settled.has(act)) {
      return;
    }
    // What this desk wrote itself is known before the watch brings it back.
    if (!this.open.has(act)) {
      this.open.set(act);
      if (act.status !== undefined) {
        this.copies.note(act);
      }
      this.laneChanged(namespace);
    }
  }

  forget(act: NightAct): void {
    this.open.delete(act);
    this.settled.forget(act);
  }

  /** Notes that a lane has changed: an act may have been waiting for it. */
  laneChanged(namespace: string): void {
    this.lanes.start(namespace);
  }

  /** Tries every open act again: what failed may succeed now, what is too old expires. */
  tick(): void {
    for (const namespace of this.open.lanes()) {
      this.laneChanged(namespace);
    }
  }

  /** Resolves when the work under way has ended. */
  async idle(): Promise<void> {
    await this.lanes.idle();
  }

  /** Finishes what is under way, and begins nothing new. */
  async end(): Promise<void> {
    this.ended = true;
    await this.idle();
  }

  /** Keeps copies of the acts that were accepted or settled since, and those that an earlier desk failed to keep. */
  async keepCopies(): Promise<void> {
    await this.copies.keep();
  }

  /** Whether settled acts are to be removed at once. */
  get isCrowded(): boolean {
    return this.settled.isCrowded;
  }

  /** Removes settled acts that need not be kept, once there is a copy of them. Called once in a while. */
  async tidy(): Promise<void> {
    for (const act of this.settled.past(this.parts.clock())) {
      if (this.copies.isPending(act)) {
        continue;
      }
      try {
        await this.parts.writer.removeAct(act);
        this.settled.forget(act);
      } catch (error) {
        this.failed(act, error);
      }
    }
  }

  private async work(namespace: string): Promise<void> {
    // Acts of the same moment arrive one by one: let them arrive, so that they are sorted.
    await immediately();
    /** What could not be carried out, by what it is about. */
    const stuck = new Map<string, NightAct>();
    for (const act of this.open.ofLane(namespace)) {
      // An act that could not be carried out yet blocks later ones about the same night or schedule, and no others.
      const about = subjectOf(act);
      // An act that an earlier one has settled, such as an ended backfill, is not carried out.
      const isOpen = this.open.has(act);
      if (this.ended || !isOpen || !this.isTime(act)) {
        continue;
      }
      const earlier = stuck.get(about);
      if (earlier !== undefined) {
        const { name } = earlier.metadata;
        this.obstacles.set(act.metadata.name, `it waited behind ${name}, which could not be carried out`);
      } else if (!(await this.carry(act))) {
        stuck.set(about, act);
      }
    }
  }

  /** An act that takes hours is continued less often than its lane changes. */
  private isTime(act: NightAct): boolean {
    const { spec, status } = act;
    if (status?.phase !== "Accepted" || spec.night !== undefined) {
      return true;
    }
    const key = uidOf(act);
    const now = this.parts.clock();
    const isTime = now - (this.looked.get(key) ?? 0) >= SLOW_MILLISECONDS;
    if (isTime) {
      this.looked.set(key, now);
    }
    return isTime;
  }

  /** @returns whether later acts about the same night may be carried out */
  private async carry(act: NightAct): Promise<boolean> {
    const now = this.parts.clock();
    try {
      if (act.status?.phase !== "Accepted" && this.isExpired(act, now) && !(await this.hasBegun(act))) {
        const why = this.obstacles.get(act.metadata.name) ?? "nobody was there to carry it out";
        await this.settle(act, { phase: "Expired", message: `${why}, for 5 minutes`, at: iso(now) });
        return true;
      }
      const carried = await withinLimit(this.carryOut(act));
      await this.say(act, { ...carried, at: iso(now) });
      return true;
    } catch (error) {
      return await this.notCarried(act, error, now);
    }
  }

  private async notCarried(act: NightAct, error: unknown, now: number): Promise<boolean> {
    const after = statusAfter(error, iso(now), this.isExpired(act, now));
    if (after === undefined) {
      return await this.triedInVain(act, error);
    }
    // The nights that it has started remain its work, however it ends.
    const { nights, failed } = act.status ?? {};
    const status = { ...defined({ nights, failed }), ...after };
    try {
      await this.say(act, status);
      return true;
    } catch (failure) {
      return await this.triedInVain(act, failure);
    }
  }

  /** @returns whether later acts about the same night may be carried out: another nightwatch may have settled this one */
  private async triedInVain(act: NightAct, error: unknown): Promise<boolean> {
    this.failed(act, error);
    if (statusOf(error) !== CONFLICT) {
      return false;
    }
    try {
      const now = await withinLimit(this.parts.writer.act(act));
      if (now !== undefined && isSettled(now)) {
        this.note(now);
        return true;
      }
      if (now !== undefined) {
        this.open.set(now);
      }
    } catch (failure) {
      this.failed(act, failure);
    }
    return false;
  }

  private failed({ metadata, spec }: NightAct, error: unknown): void {
    const reason = errorText(error);
    this.counters.failures += 1;
    this.obstacles.set(metadata.name, `it failed each time, at last: ${reason}`);
    this.parts.log("error", `act ${spec.verb} ${metadata.namespace}/${metadata.name}: ${reason}; trying again`);
  }

  private isExpired({ metadata }: NightAct, now: number): boolean {
    return now - Date.parse(metadata.creationTimestamp ?? "") > ACT_LIFE;
  }

  private async hasBegun(act: NightAct): Promise<boolean> {
    return await withinLimit(hasBegun(this.parts.writer, act, this.parts.source));
  }

  private carryOut(act: NightAct): Promise<Carried> {
    const { open, settled } = this;
    return carryOut({ ...this.parts, open, settled, settle: (one, status) => this.settle(one, status) }, act);
  }

  private async say(act: NightAct, status: NightActStatus): Promise<void> {
    if (status.phase === "Accepted") {
      const { phase, message, nights = [] } = act.status ?? {};
      if (phase !== "Accepted" || message !== status.message || nights.length !== (status.nights ?? []).length) {
        const { metadata } = await this.parts.writer.writeStatus(act, status);
        const accepted = { ...act, metadata, status };
        this.open.set(accepted);
        this.copies.note(accepted);
      }
      return;
    }
    await this.settle(act, status);
  }

  private async settle(act: NightAct, status: NightActStatus): Promise<void> {
    const { namespace, name } = act.metadata;
    try {
      await this.parts.writer.writeStatus(act, status);
    } catch (error) {
      const isGone = statusOf(error) === NOT_FOUND;
      // Nightwatch may no longer write to the lane: the lane is gone, and nobody is waiting for the answer.
      const isForeign = statusOf(error) === FORBIDDEN && this.isExpired(act, this.parts.clock());
      if (!isGone && !isForeign) {
        throw error;
      }
    }
    this.open.delete(act);
    this.looked.delete(uidOf(act));
    const settled = { ...act, status };
    this.settled.note(settled);
    this.copies.note(settled);
    this.obstacles.delete(name);
    const { verb, by } = act.spec;
    this.parts.log("info", `act ${verb} ${namespace}/${name} by ${by}: ${status.phase}: ${status.message}`);
    const counter = { Done: "done", Refused: "refused", Expired: "expired", Accepted: undefined } as const;
    const counted = counter[status.phase];
    if (counted !== undefined) {
      this.counters[counted] += 1;
    }
  }
}

/** What an act is about: of several about the same thing, a later one waits for an earlier one. */
function subjectOf({ metadata, spec: { night, verb, pipeline } }: NightAct): string {
  const isSwitch = verb === "schedule-off" || verb === "schedule-on";
  return night ?? (isSwitch ? `schedule ${pipeline ?? ""}` : metadata.name);
}

function iso(now: number): string {
  return new Date(now).toISOString();
}
