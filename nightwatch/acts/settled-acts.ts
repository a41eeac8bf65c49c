import type { NightAct } from "../../runs/night-act.ts";

/** How long settled acts stay as objects; run records keep their effects for longer. */
const KEPT_MILLISECONDS = 14 * 24 * 3600_000;

/** Most settled acts in a lane: far below its quota, so that one person's many acts do not block those of others. */
const KEPT_IN_A_LANE = 200;

/** With more than these in a lane, settled acts are removed at once and not at the next tidying. */
const MOST_IN_A_LANE = 250;

/** The settled acts, to recognize late events and to remove old acts. */
export class SettledActs {
  /** By lane: when each was settled, milliseconds, by name. */
  private readonly lanes = new Map<string, Map<string, { readonly act: NightAct; readonly at: number }>>();

  /** Notes a settled act. */
  note(act: NightAct): void {
    const { namespace, name } = act.metadata;
    const lane = this.lanes.get(namespace) ?? new Map();
    this.lanes.set(namespace, lane);
    lane.set(name, { act, at: Date.parse(act.status?.at ?? act.metadata.creationTimestamp ?? "") });
  }

  forget(act: NightAct): void {
    // Another act may have its name by now.
    if (this.has(act)) {
      this.lanes.get(act.metadata.namespace)?.delete(act.metadata.name);
    }
  }

  /** Whether an act is settled, so that a late event about it is ignored. */
  has({ metadata: { namespace, name, uid } }: NightAct): boolean {
    return this.lanes.get(namespace)?.get(name)?.act.metadata.uid === uid;
  }

  /** Whether any settled act of a lane matches. */
  some(namespace: string, isSuch: (act: NightAct) => boolean): boolean {
    return [...(this.lanes.get(namespace)?.values() ?? [])].some(({ act }) => isSuch(act));
  }

  /** Whether a lane has so many that they take up the room for new acts. */
  get isCrowded(): boolean {
    return [...this.lanes.values()].some(({ size }) => size > MOST_IN_A_LANE);
  }

  /** Acts to remove: those past their time, and the oldest of a lane that has too many. */
  past(now: number): readonly NightAct[] {
    return [...this.lanes.values()].flatMap((lane) => {
      const newestFirst = [...lane.values()].sort((a, b) => b.at - a.at);
      return newestFirst
        .filter(({ at }, index) => index >= KEPT_IN_A_LANE || now - at > KEPT_MILLISECONDS)
        .map(({ act }) => act);
    });
  }
}
