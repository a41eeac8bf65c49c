import type { NightAct } from "../../runs/night-act.ts";

/** Acts that are settled stay as objects for so long; run records keep what they did for longer. */
const KEPT_MILLISECONDS = 14 * 24 * 3600_000;

/** So many settled acts stay in a lane: far below its quota, so that whoever asks for many keeps nobody else from asking. */
const KEPT_IN_A_LANE = 200;

/** What is remembered of acts that are settled: events from before, and which of them are to be removed. */
export class SettledActs {
  /** By lane: when each was settled, milliseconds, by name. */
  private readonly lanes = new Map<string, Map<string, { readonly act: NightAct; readonly at: number }>>();

  /** Takes an act that is settled. */
  note(act: NightAct): void {
    const { namespace, name } = act.metadata;
    const lane = this.lanes.get(namespace) ?? new Map();
    this.lanes.set(namespace, lane);
    lane.set(name, { act, at: Date.parse(act.status?.at ?? act.metadata.creationTimestamp ?? "") });
  }

  forget({ metadata: { namespace, name } }: NightAct): void {
    this.lanes.get(namespace)?.delete(name);
  }

  /** Whether an act is settled: an event from before that comes late changes nothing. */
  has({ metadata: { namespace, name, uid } }: NightAct): boolean {
    return this.lanes.get(namespace)?.get(name)?.act.metadata.uid === uid;
  }

  /** Whether any settled act of a lane is such a one. */
  some(namespace: string, isSuch: (act: NightAct) => boolean): boolean {
    return [...(this.lanes.get(namespace)?.values() ?? [])].some(({ act }) => isSuch(act));
  }

  /** Acts that are to be removed: those past their time, and the oldest of a lane that has too many. */
  past(now: number): readonly NightAct[] {
    return [...this.lanes.values()].flatMap((lane) => {
      const newestFirst = [...lane.values()].sort((a, b) => b.at - a.at);
      return newestFirst
        .filter(({ at }, index) => index >= KEPT_IN_A_LANE || now - at > KEPT_MILLISECONDS)
        .map(({ act }) => act);
    });
  }
}
