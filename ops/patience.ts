import { setTimeout as delay } from "node:timers/promises";
import { ExitCode, OpsError } from "./exit-code.ts";
import { duration } from "./text/duration.ts";

/** How long a long wait continues while nothing answers. */
const LONGEST_OUTAGE_MILLISECONDS = 10 * 60_000;
const LOOK_AGAIN_MILLISECONDS = 5000;

/** Limits of a long wait. */
export interface PatienceOptions {
  /** @default - ten minutes */
  readonly longestOutageMilliseconds?: number;
  /** @default - five seconds */
  readonly lookAgainMilliseconds?: number;
}

/**
 * One look of a wait that may take hours: while the central cluster cannot be reached it looks again, for some minutes.
 * What is waited for goes on meanwhile.
 * @param note Told when the outage begins and when it is over.
 * @throws OpsError unreachable once it has lasted too long; whatever else the look throws
 */
export async function patiently<Result>(
  look: () => Promise<Result>,
  note: (text: string) => void,
  options: PatienceOptions = {},
): Promise<Result> {
  const longest = options.longestOutageMilliseconds ?? LONGEST_OUTAGE_MILLISECONDS;
  const began = Date.now();
  for (let failed = 0; ; failed += 1) {
    try {
      const result = await look();
      if (failed > 0) {
        note(`the central cluster answers again, after ${duration((Date.now() - began) / 1000)}`);
      }
      return result;
    } catch (error) {
      const lasts = Date.now() - began;
      if (!(error instanceof OpsError) || error.code !== ExitCode.unreachable || lasts > longest) {
        throw error;
      }
      if (failed === 0) {
        note(`${error.message}; the wait goes on for up to ${duration(longest / 1000)}`);
      }
      await delay(options.lookAgainMilliseconds ?? LOOK_AGAIN_MILLISECONDS);
    }
  }
}
