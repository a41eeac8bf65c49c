import { actsOf } from "../../runs/act.ts";
import { ACT_PREFIX } from "../../runs/annotations.ts";
import { Refusal } from "../../runs/refusal.ts";
import type { Workflow } from "../../runs/workflow.ts";
import type { NightInSight } from "./change-night.ts";

/**
 * What may be noted on a night, in bytes. Kubernetes limits an object's annotations to 256 KiB; what is left of it is for
 * decisions, of which a night asks for no more than its steps and attempts need.
 */
const ROOM = {
  /** Remarks: they have a room of their own. */
  remark: 32 * 1024,
  /** What can be asked for again and again, such as a pause: all notes together. */
  repeatable: 96 * 1024,
} as const;

/** A night that an act is to be noted on, with the notes that it has. */
interface NotedNight extends Pick<NightInSight, "act" | "customer"> {
  readonly metadata: Pick<Workflow["metadata"], "name" | "annotations">;
}

/**
 * Keeps room for decisions: resume, release and whatever else a night waits for are always noted.
 * @param kind What the act counts as.
 * @throws Refusal where its room is used up
 */
export function requireRoomForNote({ act, customer, metadata }: NotedNight, kind: keyof typeof ROOM): void {
  const notes = Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith(ACT_PREFIX));
  const counted =
    kind === "repeatable"
      ? notes
      : notes.filter((note) =>
          actsOf(Object.fromEntries([note])).acts.some(({ verb }) => verb === "note" || verb === "acknowledge"),
        );
  const bytes = counted.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > ROOM[kind]) {
    throw new Refusal(
      "not-possible",
      `${act.spec.verb}: ${counted.length} ${kind === "remark" ? "remarks" : "acts"} are noted on ${metadata.name} of ${customer}, ${bytes} bytes, and the remaining room is kept for decisions`,
      "resume, release, retry, adopt, skip, abort, stop, restart and end of what waits or runs are still possible",
    );
  }
}
