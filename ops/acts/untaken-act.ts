import { ACT_LIFE, type NightAct } from "../../runs/night-act.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import { LeaseWatch } from "./lease-watch.ts";

/** Nightwatch takes an act within a second; after this long, something is wrong with it, or much is going on. */
const TAKEN_WITHIN_MILLISECONDS = 10_000;

/** From then on nightwatch's lease is looked at: most acts are over by then. */
const LOOK_AFTER_MILLISECONDS = 2000;

/** When one nightwatch ends, the other one leads within this time. */
const TAKEN_OVER_WITHIN_MILLISECONDS = 15_000;

/** How long to wait for a nightwatch that is alive: a busy cluster takes seconds for each change of a large night. */
const LONGEST_WHILE_ALIVE_MILLISECONDS = 60_000;

/** What the wait for an act looks at. */
interface UntakenActParts {
  readonly central: Pick<Central, "signOfNightwatch">;
  readonly lane: Lane;
  /** When nightwatch last took or settled an act of the lane, milliseconds. */
  readonly lastWork: () => Promise<number>;
}

/** The wait for an act that nightwatch has not taken yet. */
export class UntakenAct {
  private readonly asked = Date.now();
  /** When it was asked for or, where earlier acts were settled since, when that was last seen. */
  private since = this.asked;
  private nextLook = this.asked + TAKEN_WITHIN_MILLISECONDS;
  private worked = 0;
  private readonly lease: LeaseWatch;

  constructor(private readonly parts: UntakenActParts) {
    this.lease = new LeaseWatch(parts.central);
  }

  /**
   * Looks whether the act is still worth waiting for.
   * @returns why it takes longer than usual, or the error with which to give up; undefined while all is as usual
   */
  async look({ metadata }: NightAct): Promise<string | OpsError | undefined> {
    if (Date.now() > this.asked + LOOK_AFTER_MILLISECONDS) {
      await this.lease.look();
    }
    const now = Date.now();
    if (now > this.nextLook) {
      this.nextLook = now + TAKEN_WITHIN_MILLISECONDS;
      const last = await this.parts.lastWork();
      // In the order of asking, so what was settled since this was asked for was before it.
      if (last > Math.max(this.worked, Date.parse(metadata.creationTimestamp ?? ""))) {
        this.worked = last;
        this.since = now;
        return `waits behind earlier acts of ${this.parts.lane.customer}`;
      }
    }
    return now > this.since + TAKEN_WITHIN_MILLISECONDS ? this.untaken(metadata.name, now) : undefined;
  }

  private untaken(name: string, now: number): string | OpsError {
    const { customer, namespace } = this.parts.lane;
    const about = `${name} of ${customer} stands in ${namespace}, and nightwatch`;
    if (!this.lease.isKnown || this.lease.silence > TAKEN_OVER_WITHIN_MILLISECONDS) {
      return new OpsError(
        ExitCode.noEffectYet,
        `${about} has not taken it: it is down or cut off`,
        "do not repeat the command: the act is carried out if nightwatch is back within 5 minutes, and expires after that; call the platform engineers (docs/operate.md, When nightwatch is down)",
      );
    }
    const isTooLong = now > this.since + LONGEST_WHILE_ALIVE_MILLISECONDS;
    if ((this.lease.isRenewed && isTooLong) || now > this.asked + ACT_LIFE) {
      return new OpsError(
        ExitCode.noEffectYet,
        `${about}, which is alive, has not taken it within a minute`,
        "do not repeat the command: the act is carried out or expires within 5 minutes, which nightlane history --acts shows; if nothing is carried out, call the platform engineers (docs/operate.md, Acts are not carried out or not recorded)",
      );
    }
    return this.lease.isRenewed
      ? "nightwatch is alive, and has not come to it yet"
      : "nightwatch gives no sign of life; another one takes over within 15 s, if there is one";
  }
}
