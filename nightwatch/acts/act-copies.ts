import { ownerOf } from "../../runs/lane-namespace.ts";
import { keptActName, type NightAct, uidOf } from "../../runs/night-act.ts";
import type { ActArchive } from "./act-archive.ts";

/** Of acts that were settled so long before this desk began, the copy may lack the outcome. */
const KEEP_AGAIN_MILLISECONDS = 10 * 60_000;

/** The acts whose copy is still to be kept: each is kept once it is accepted, and again once it is settled. */
export class ActCopies {
  /** Acts whose copy is missing or out of date, by UID. */
  private readonly unkept = new Map<string, NightAct>();
  /** Acts that were settled long ago, for which nobody has checked yet whether a copy is kept. */
  private readonly older = new Set<NightAct>();

  /** @param failed Called with an act whose copy could not be kept; it is tried again. */
  constructor(
    private readonly archive: Pick<ActArchive, "keep" | "names">,
    private readonly failed: (act: NightAct, error: unknown) => void,
  ) {}

  /** Takes an act as it is now, whose copy is missing or out of date. */
  note(act: NightAct): void {
    this.unkept.set(uidOf(act), act);
  }

  /** Takes an act that somebody else settled. @param now Milliseconds. */
  noteSettledElsewhere(act: NightAct, now: number): void {
    if (now - Date.parse(act.status?.at ?? "") < KEEP_AGAIN_MILLISECONDS) {
      this.note(act);
    } else {
      this.older.add(act);
    }
  }

  /** Whether the copy of an act is still to be kept. */
  isPending(act: NightAct): boolean {
    return this.unkept.has(uidOf(act)) || this.older.has(act);
  }

  /** Keeps every copy that is still to be kept. */
  async keep(): Promise<void> {
    await this.findMissing();
    for (const [uid, act] of this.unkept) {
      try {
        await this.archive.keep(act);
        // The act may have gone on while its copy was written.
        if (this.unkept.get(uid) === act) {
          this.unkept.delete(uid);
        }
      } catch (error) {
        this.failed(act, error);
      }
    }
  }

  private async findMissing(): Promise<void> {
    if (this.older.size === 0) {
      return;
    }
    const kept = await this.archive.names();
    for (const act of this.older) {
      const { namespace, name } = act.metadata;
      const customer = ownerOf(namespace);
      // The copies of earlier releases have no UID in their names.
      if (!kept.has(keptActName(customer, act.metadata)) && !kept.has(`${customer}.${name}`)) {
        this.note(act);
      }
      this.older.delete(act);
    }
  }
}
