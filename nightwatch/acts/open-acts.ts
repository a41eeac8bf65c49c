import { byTime, type NightAct } from "../../runs/night-act.ts";

/** Acts that need somebody yet. */
export class OpenActs {
  private readonly byLane = new Map<string, Map<string, NightAct>>();

  has({ metadata: { namespace, name } }: NightAct): boolean {
    return this.byLane.get(namespace)?.has(name) ?? false;
  }

  set(act: NightAct): void {
    const { namespace, name } = act.metadata;
    const lane = this.byLane.get(namespace) ?? new Map<string, NightAct>();
    this.byLane.set(namespace, lane);
    lane.set(name, act);
  }

  delete({ metadata: { namespace, name } }: NightAct): void {
    this.byLane.get(namespace)?.delete(name);
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

  /** Namespaces in which there is or was one. */
  lanes(): Iterable<string> {
    return this.byLane.keys();
  }

  /** Those of a lane in the order in which they are carried out. */
  ofLane(namespace: string): readonly NightAct[] {
    return [...(this.byLane.get(namespace)?.values() ?? [])].sort(byTime);
  }

  /** The backfill that goes on in a lane. */
  backfill(namespace: string): NightAct | undefined {
    return this.ofLane(namespace).find(({ spec, status }) => spec.verb === "backfill" && status?.phase === "Accepted");
  }
}
