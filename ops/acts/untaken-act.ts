import type { NightAct } from "../../runs/night-act.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";

/** Nightwatch takes an act within a second; after this long, something is wrong with it, or much is going on. */
export const TAKEN_WITHIN_SECONDS = 10;

/** How long to wait for a nightwatch that is alive: a busy cluster takes seconds for each change of a large night. */
const LONGEST_WHILE_ALIVE_SECONDS = 60;

/** When to note a sign of nightwatch's life, with which later ones are compared: it gives one every two seconds. */
const FIRST_SIGN_SECONDS = 3;

/** What the wait for an act looks at. */
interface UntakenActParts {
  readonly central: Pick<Central, "signOfNightwatch">;
  readonly lane: Lane;
  /** When nightwatch last took or settled an act of the lane, milliseconds. */
  readonly lastWork: () => Promise<number>;
}

/** The wait for an act that nightwatch has not taken yet. */
export class UntakenAct {
  /** When it was asked for or, where earlier acts were settled since, when that was last seen. */
  private since = Date.now();
  private takenBy = this.since + TAKEN_WITHIN_SECONDS * 1000;
  private worked = 0;
  private sign: Promise<string | undefined> | undefined;

  constructor(private readonly parts: UntakenActParts) {}

  /**
   * Looks whether the act is still worth waiting for.
   * @returns why it takes longer than usual; undefined while it does not
   * @throws OpsError where nobody is there to take it, or nightwatch has had a minute for it
   */
  async look({ metadata }: NightAct): Promise<string | undefined> {
    const now = Date.now();
    if (now > this.since + FIRST_SIGN_SECONDS * 1000) {
      this.sign ??= this.parts.central.signOfNightwatch();
    }
    if (now <= this.takenBy) {
      return undefined;
    }
    this.takenBy = now + TAKEN_WITHIN_SECONDS * 1000;
    const last = await this.parts.lastWork();
    // In the order of asking, so what was settled since this was asked for was before it.
    if (last > Math.max(this.worked, Date.parse(metadata.creationTimestamp ?? ""))) {
      this.worked = last;
      this.since = now;
      return `waits behind earlier acts of ${this.parts.lane.customer}`;
    }
    const isAlive = await this.isAlive();
    if (!isAlive || now > this.since + LONGEST_WHILE_ALIVE_SECONDS * 1000) {
      throw this.notTaken(metadata.name, isAlive);
    }
    return "nightwatch is alive, and has not come to it yet";
  }

  /** Whether nightwatch has given another sign since the last look; by nobody's clock. */
  private async isAlive(): Promise<boolean> {
    const before = await this.sign;
    this.sign = this.parts.central.signOfNightwatch();
    const now = await this.sign;
    return now !== undefined && now !== before;
  }

  private notTaken(name: string, isAlive: boolean): OpsError {
    const { customer, namespace } = this.parts.lane;
    const about = `${name} of ${customer} stands in ${namespace}, and nightwatch`;
    return isAlive
      ? new OpsError(
          ExitCode.noEffectYet,
          `${about}, which is alive, has not carried it out within ${LONGEST_WHILE_ALIVE_SECONDS} s`,
          "do not repeat the command: nightwatch goes on trying until 5 minutes after it was asked for; nightlane history --acts says what becomes of it, and nightwatch's log why (docs/operate.md, Acts are not carried out or not recorded)",
        )
      : new OpsError(
          ExitCode.noEffectYet,
          `${about} has not taken it within ${TAKEN_WITHIN_SECONDS} s: it is down or cut off`,
          "do not repeat the command: the act is carried out if nightwatch is back within 5 minutes, and expires after that; call the platform engineers (docs/operate.md, When nightwatch is down)",
        );
  }
}
