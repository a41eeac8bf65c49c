import type { Central } from "../central.ts";

/** Nightwatch renews its lease every two seconds: looking more often shows nothing new. */
const LOOK_AGAIN_MILLISECONDS = 2000;

/** After a longer pause, as after an outage, nothing is known of the time in between. */
const LONGEST_PAUSE_MILLISECONDS = 8000;

/** Whether nightwatch is alive, from its lease: by whether that changes, and by nobody's clock. */
export class LeaseWatch {
  private sign: string | undefined;
  /** When the present sign was first seen, milliseconds. */
  private seen = 0;
  private looked = 0;
  private changed = false;

  constructor(private readonly central: Pick<Central, "signOfNightwatch">) {}

  /** Looks at the lease, unless it was looked at just now. */
  async look(): Promise<void> {
    if (Date.now() - this.looked < LOOK_AGAIN_MILLISECONDS) {
      return;
    }
    const sign = await this.central.signOfNightwatch();
    const now = Date.now();
    if (sign === undefined || this.sign === undefined || now - this.looked > LONGEST_PAUSE_MILLISECONDS) {
      this.seen = now;
      this.changed = false;
    } else if (sign !== this.sign) {
      this.seen = now;
      this.changed = true;
    }
    this.sign = sign;
    this.looked = now;
  }

  /** Whether the lease can be read. */
  get isKnown(): boolean {
    return this.sign !== undefined;
  }

  /** Whether nightwatch has renewed it since it was first looked at. */
  get isRenewed(): boolean {
    return this.changed;
  }

  /** For how long it has given none, milliseconds. */
  get silence(): number {
    return Date.now() - this.seen;
  }
}
