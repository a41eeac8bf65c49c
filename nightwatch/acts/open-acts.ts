import { byTime, type NightAct } from "../../runs/night-act.ts";

/** Acts that are not settled yet. */
export class OpenActs {
  private readonly byLane = new Map<string, Map<string, NightAct>>();

  /** Whether this very act is open, and not another one with its name. */
  has({ metadata: { namespace, name, uid } }: NightAct): boolean {
    const found = this.byLane.get(namespace)?.get(name);
    return found !== undefined && found.metadata.uid === uid;
  }

  set(act: NightAct): void {
    const { namespace, name } = act.metadata;
    const lane = this.byLane.get(namespace) ?? new Map<string, NightAct>();
    this.byLane.set(namespace, lane);
    lane.set(name, act);
  }

  delete(act: NightAct): void {
    if (this.has(act)) {
      this.byLane.get(act.metadata.namespace)?.delete(act.metadata.name);
    }
  }

  /** Forgets all but these. @param there By `<namespace>/<name>`. */
  keep(there: ReadonlySet<string>): void {
    for (const [namespace, lane] of this.byLane) {
      for (const name of lane.keys()) {
        if (!there.has(`${namespace}/${name}`)) {
          lane.delete(name);
        }
      }
    }
  }

  /** Namespaces that have or had one. */
  lanes(): Iterable<string> {
    return this.byLane.keys();
  }

  /** Those of a lane in the order in which they are carried out. */
  ofLane(namespace: string): readonly NightAct[] {
    return [...(this.byLane.get(namespace)?.values() ?? [])].sort(byTime);
  }

  /**
   * The backfill of a lane: the running one, else the first that has not begun.
   * @param before Of those that were asked for before this act. @default - of all
   */
  backfill(namespace: string, before?: NightAct): NightAct | undefined {
    const backfills = this.ofLane(namespace).filter(
      (act) => act.spec.verb === "backfill" && (before === undefined || byTime(act, before) < 0),
    );
    return backfills.find(({ status }) => status?.phase === "Accepted") ?? backfills[0];
  }
}
