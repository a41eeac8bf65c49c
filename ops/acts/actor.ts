import { randomBytes } from "node:crypto";
import { setTimeout as passing } from "node:timers/promises";
import { defined } from "../../runs/defined.ts";
import { actName, isSettled, type NightAct, type NightActSpec, type NightActStatus } from "../../runs/night-act.ts";
import { furtherOnly } from "../../runs/night-series.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import { patiently } from "../patience.ts";
import { UntakenAct } from "./untaken-act.ts";

/** What every act carries. */
export interface ActOptions {
  /** Why, in a few words; kept in the run record. */
  readonly reason: string;
  /** Check everything, rights and admission too, and change nothing. */
  readonly dryRun: boolean;
  /** Told what is being waited for. */
  readonly note: (text: string) => void;
}

/** An act that was asked for, and its progress. */
export interface Asked {
  /** Name of its object. */
  readonly name: string;
  readonly spec: NightActSpec;
  /** Absent in a dry run. */
  readonly status?: NightActStatus;
}

/** The act itself, without who asks and why. */
export type AskedFor = Omit<NightActSpec, "by" | "reason">;

const LONGEST_REASON = 500;
const LOOK_AGAIN_MILLISECONDS = 150;

/** How long a look at a lane's acts is good for. */
const SEEN_FOR_MILLISECONDS = 5000;

/** A look at what nightwatch has done in a lane. */
interface Look {
  readonly namespace: string;
  /** How long it is good for, milliseconds. */
  readonly until: number;
  readonly last: Promise<number>;
}

/** Asks for acts in the name of the person who holds the kubeconfig. Nightwatch carries them out. */
export class Actor {
  private looked: Look | undefined;

  constructor(
    private readonly central: Central,
    readonly options: ActOptions,
    /** Waits so many milliseconds. */
    private readonly pause: (milliseconds: number) => Promise<unknown> = passing,
  ) {
    if (options.reason.trim() === "") {
      throw new OpsError(
        ExitCode.usage,
        "--reason: received an empty text; every act says why, for anyone who reads the run record",
        'write it like --reason "market data corrected by the vendor"',
      );
    }
    if (options.reason.length > LONGEST_REASON) {
      throw new OpsError(
        ExitCode.usage,
        `--reason: received ${options.reason.length} characters, at most ${LONGEST_REASON} are kept`,
        "name the ticket that holds the rest",
      );
    }
  }

  /** Whether nothing is to be changed. */
  get dryRun(): boolean {
    return this.options.dryRun;
  }

  /**
   * Asks for an act and waits until nightwatch has carried it out.
   * @param seconds How long to wait for the act once nightwatch has taken it. @default - it is not waited for
   * @throws OpsError where it is refused, or nobody takes it
   */
  async ask(lane: Lane, about: AskedFor, seconds = 0): Promise<Asked> {
    const { name: by } = await this.central.whoAmI();
    const spec: NightActSpec = { ...about, ...furtherOnly(lane), by, reason: this.options.reason };
    const name = actName(new Date(), randomBytes(3).toString("hex"));
    await this.central.createAct({ metadata: { name, namespace: lane.namespace }, spec }, { dryRun: this.dryRun });
    if (this.dryRun) {
      return { name, spec };
    }
    const act = await this.untilCarried(lane, { name, spec }, seconds);
    if (act.status?.phase === "Refused") {
      const { refusal: kind = "not-possible", ...why } = act.status;
      throw OpsError.ofRefusal({ kind, ...why });
    }
    if (act.status?.phase === "Expired") {
      throw new OpsError(
        ExitCode.noEffectYet,
        `${spec.verb} of ${lane.customer} was not carried out: ${act.status.message}`,
        "look at the night with nightlane show, then ask again",
      );
    }
    return { name, spec, ...defined({ status: act.status }) };
  }

  private async untilCarried(lane: Lane, { name, spec }: Asked, seconds: number): Promise<NightAct> {
    const read = (): Promise<NightAct> => patiently(() => this.central.act(lane.namespace, name), this.options.note);
    const untaken = new UntakenAct({
      central: this.central,
      lane,
      lastWork: () => this.lastWork(lane.namespace),
    });
    const about = spec.step === undefined ? spec.verb : `${spec.verb} of ${spec.step}`;
    const said = new Set<string>();
    let taken: number | undefined;
    for (;;) {
      const act = await read();
      if (isSettled(act)) {
        return act;
      }
      const message = act.status?.message ?? (await untaken.look(act));
      if (message instanceof OpsError) {
        // Looking took a while.
        if ((await read()).status === undefined) {
          throw message;
        }
        continue;
      }
      if (message !== undefined && !said.has(message)) {
        this.options.note(`${about}: ${message}`);
        said.add(message);
      }
      if (act.status !== undefined) {
        taken ??= Date.now();
        if (Date.now() > taken + seconds * 1000) {
          return act;
        }
      }
      await this.pause(LOOK_AGAIN_MILLISECONDS);
    }
  }

  /** When nightwatch last took or settled an act of a lane, milliseconds; several acts that wait look together. */
  private async lastWork(namespace: string): Promise<number> {
    const now = Date.now();
    if (this.looked === undefined || this.looked.namespace !== namespace || now > this.looked.until) {
      const last = this.central.acts(namespace).then(
        (acts) => Math.max(0, ...acts.flatMap(({ status }) => Date.parse(status?.at ?? "") || [])),
        () => 0,
      );
      this.looked = { namespace, until: now + SEEN_FOR_MILLISECONDS, last };
    }
    return await this.looked.last;
  }
}
