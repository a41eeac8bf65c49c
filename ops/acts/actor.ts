import type { Act, Verb } from "../../runs/act.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";

/** What every act is given with. */
export interface ActOptions {
  /** Why, in a few words; it lands in the run record. */
  readonly reason: string;
  /** Check everything, rights and admission too, and change nothing. */
  readonly dryRun: boolean;
}

const LONGEST_REASON = 500;

/** Makes the acts of the person who holds the kubeconfig. */
export class Actor {
  constructor(
    private readonly central: Central,
    readonly options: ActOptions,
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

  /** An act of this person now. @param about The step, or the number of the run that is repeated. */
  async act(verb: Verb, about?: string | number): Promise<Act> {
    return {
      by: await this.central.whoAmI(),
      verb,
      ...(typeof about === "string" ? { step: about } : {}),
      ...(typeof about === "number" ? { run: about } : {}),
      reason: this.options.reason,
      at: new Date().toISOString(),
    };
  }
}
