/** What is done in a lane, and where there is anything to do. */
interface LaneWorkParts {
  readonly isNeeded: (namespace: string) => boolean;
  readonly work: (namespace: string) => Promise<void>;
}

/** Does the work of each lane, once at a time: again where the lane has changed in the meantime. */
export class LaneWork {
  private readonly working = new Map<string, Promise<void>>();
  /** Lanes that have changed since their work began. */
  private readonly changed = new Set<string>();

  constructor(private readonly parts: LaneWorkParts) {}

  /** Begins the work of a lane or, while it is under way, has it done again afterwards. */
  start(namespace: string): void {
    if (!this.parts.isNeeded(namespace)) {
      return;
    }
    if (this.working.has(namespace)) {
      this.changed.add(namespace);
      return;
    }
    const work = this.parts.work(namespace).finally(() => {
      this.working.delete(namespace);
      if (this.changed.delete(namespace)) {
        this.start(namespace);
      }
    });
    this.working.set(namespace, work);
  }

  /** Resolves when the work under way has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.working.values());
  }
}
