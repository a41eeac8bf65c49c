import type { Duration } from "cdk8s";
import type { DeployedApp, SparkApp } from "../definition/applications.ts";
import type { CustomerPath } from "./customer-path.ts";
import type { StepGroup } from "./step-group.ts";
import type { JobSettings, SparkSettings } from "./step-settings.ts";

/**
 * Business dates on which a step runs. `month-end` includes the ends of quarters; `half-day` and `full-day` follow the
 * customer's calendar.
 */
export type StepCondition = "month-end" | "quarter-end" | "half-day" | "full-day";

/** What every kind of step has. */
export interface StepOptions {
  /**
   * Steps that must have succeeded, or been skipped, before this one starts.
   * @default - starts with the night
   */
  readonly after?: Step | readonly Step[];
  /**
   * Business dates on which the step runs; on others it is skipped and the night goes on.
   * @default - every business day
   */
  readonly when?: StepCondition;
  /**
   * How long one attempt may take before its work is ended and a person decides: a Job is deleted, a command gets a
   * SIGTERM and is never killed. A gate has none: it waits.
   * @default Duration.hours(12)
   */
  readonly timeout?: Duration;
  /**
   * Whether a shadow night has the step, which must then write only below the night's directory.
   * @default - true for Spark steps and for copies from or to the results volume; false for jobs, commands in an
   * application's pod, copies into one, and gates
   */
  readonly inShadow?: boolean;
  /**
   * Whether the step brings inputs of the night, so that the workflow's `inputsBy` is its deadline.
   * @default - true for a step that waits for no other
   */
  readonly input?: boolean;
}

/** Options of a step that may read what earlier ones have left. */
export interface ReadsResults {
  /**
   * Steps whose results this one reads: it starts after them, and each must leave some on the customer's results volume.
   * Their paths are `night.results(step)`, for the arguments.
   * @default - none
   * @example night.job("report", { image, from: limits, args: ["--limits", night.results(limits)] })
   */
  readonly from?: Step | readonly Step[];
}

/** Options of a step that runs something. */
export interface TakesPlace {
  /**
   * The group to which it belongs, of which only a given number of steps run at the same time. Each attempt takes a
   * place, and gives it back when it has ended, whatever its outcome.
   * @default - none
   * @example group: portfolios, of const portfolios = night.group("portfolios", { atOnce: 8 })
   */
  readonly group?: StepGroup;
}

/** Options of a step that runs as a Job. */
export interface EndsWithin {
  /**
   * How long after the night's start an attempt may run: one that still runs then is ended, and no further attempt
   * begins automatically; a person decides. The time of a replay counts from its own start, and an attempt that a
   * person begins later has only its `timeout`. Whole seconds, at most 7 days.
   * @default - as long as its timeout allows
   * @example night.spark("what-if", { app, endWithin: Duration.hours(6) })
   */
  readonly endWithin?: Duration;
}

/** A number among a step's results, and how far it may move. */
export interface Figure {
  /** The JSON file, and the way to the number in it: `var.json#total.var`. */
  readonly place: string;
  /**
   * By how much it may differ from that of the previous business day, as a percentage of that amount: "20%", at most
   * "1000%". Where it differs by more, the step waits for a person, who sees both numbers.
   * @default - by any amount
   */
  readonly maxJump?: string;
}

/** Options of a step whose results are brought to the lane. */
export interface ShowsFigures {
  /**
   * Numbers among the results that people check, by their own names for them; shown with the run, beside those of the
   * previous business day.
   * @default - none
   * @example figures: { "VaR 99": { place: "var.json#total.var", maxJump: "20%" }, trades: "var.json#trades" }
   */
  readonly figures?: Readonly<Record<string, string | Figure>>;
}

/** A number or a word in a JSON file among the results of an earlier step, as an argument of a later one. */
export interface ResultValue {
  readonly kind: "result";
  readonly type: "number" | "word";
  readonly step: Step;
  /** The file, and the way to the value in it: `var.json#total.var`. */
  readonly place: string;
}

/** An argument: a text, or a value that only the night knows. */
export type Word = string | ResultValue;

/** Whether an argument, or whatever a file gave as one, is a value that only the night knows. */
export function isResultValue(word: unknown): word is ResultValue {
  return typeof word === "object" && word !== null && "kind" in word && word.kind === "result";
}

/** A Spark application run as a Job in the customer's cluster. */
export interface SparkOptions extends StepOptions, EndsWithin, TakesPlace, ReadsResults, ShowsFigures, SparkSettings {
  /** The application. */
  readonly app: SparkApp;
  /**
   * Arguments of the main program; may hold the night's tokens (`night.businessDate`, `night.path(...)`), and be values
   * from earlier results (`night.number(...)`, `night.word(...)`).
   * @default - none
   */
  readonly args?: readonly Word[];
  /**
   * Where the program leaves results. They are brought to the lane and verified; without any the step fails.
   * `true`: in the step's own folder, `$NIGHT_DIR/$STEP`, with a manifest that the program writes. `"out/"`: in this
   * folder below it, which exists and is empty when the program starts; whatever is in it at the end is the result, and
   * the step makes the manifest. Its path is in `RESULTS_DIR`. `false`: it leaves none.
   * @default true
   */
  readonly results?: boolean | string;
  /**
   * The main result, a file that must be among the results.
   * @default - any file
   */
  readonly result?: string;
}

/**
 * Any container, run as a Job in the customer's cluster. It can write only to /tmp and below /results, as user 185 or
 * `user`: the image's own files are read-only. A program that writes elsewhere finds an empty folder there with
 * `volumes: { "/var/lib/app": scratch(Size.gibibytes(1)) }`.
 */
export interface JobOptions extends StepOptions, EndsWithin, TakesPlace, ReadsResults, ShowsFigures, JobSettings {
  /** Image by digest. */
  readonly image: string;
  /**
   * Command to run instead of the image's entrypoint.
   * @default - the image's entrypoint
   */
  readonly command?: readonly string[];
  /**
   * Arguments; may hold the night's tokens (`night.businessDate`, `night.path(...)`), and be values from earlier results
   * (`night.number(...)`, `night.word(...)`).
   * @default - those of the image, where `command` is left out
   */
  readonly args?: readonly Word[];
  /**
   * Pods that run side by side, each with its number in `JOB_COMPLETION_INDEX`, from 0. One that fails ends them all.
   * @default - one pod without a number
   */
  readonly parallelism?: number;
  /**
   * Where the program leaves results. They are brought to the lane and verified; without any the step fails.
   * `true`: in the step's own folder, `$NIGHT_DIR/$STEP`, with a manifest that the program writes. `"out/"`: in this
   * folder below it, which exists and is empty when the program starts; whatever is in it at the end is the result, and
   * the step makes the manifest. Its path is in `RESULTS_DIR`; with `parallelism` each pod has its own, `out/0/` and so
   * on.
   * @default false
   * @example night.job("limits", { image, args: ["--out", night.path("limits/out")], results: "out/" })
   */
  readonly results?: boolean | string;
  /**
   * The main result, a file that must be among the results.
   * @default - any file
   */
  readonly result?: string;
}

/** A command in a pod of an application, by `kubectl exec`. */
export interface ExecOptions extends StepOptions, TakesPlace, ReadsResults {
  /**
   * The application whose pod is entered. A command that reads or writes below `night.path(...)` needs one whose pod mounts
   * the claim `results` at /results, with the group 185.
   */
  readonly app: DeployedApp;
  /** The command and its arguments; may hold the night's tokens, and arguments may be values from earlier results. */
  readonly command: readonly Word[];
}

/** Files from the lane's results volume to the customer's side. */
export interface CopyInOptions extends StepOptions, TakesPlace {
  /**
   * A step that has brought files to the lane, after which this one starts; or a path below the night's directory on the
   * lane's results volume.
   */
  readonly from: Step | string;
  /** Where they go. */
  readonly to: CustomerPath;
}

/** Files from the customer's side to the lane's results volume. */
export interface CopyOutOptions extends StepOptions, TakesPlace {
  /** Where they are, or a step that has left results on the customer's results volume, after which this one starts. */
  readonly from: Step | CustomerPath;
  /**
   * Path below the night's directory on the lane's results volume.
   * @default - the step's name
   */
  readonly to?: string;
}

/** A node that waits for a person. */
export interface GateOptions extends StepOptions {
  /**
   * What the person is asked to confirm.
   * @default "Confirm to go on."
   */
  readonly message?: string;
  /**
   * The group whose members release it, as the central cluster's API server names it. Nobody else can, and nobody can
   * leave such a gate out; people on call can still refuse it.
   * @default - anybody who may act on the customer's nights
   * @example night.gate("sign-off", { after: report, approvers: "risk-control", approvals: 2 })
   */
  readonly approvers?: string;
  /**
   * How many different people must release it, 1 to 9. Where it is more than one, a person who started the night by
   * hand does not count.
   * @default 1
   */
  readonly approvals?: number;
}

/** What a step does, by kind. */
export type StepWork =
  | { readonly kind: "spark"; readonly options: SparkOptions }
  | { readonly kind: "job"; readonly options: JobOptions }
  | { readonly kind: "exec"; readonly options: ExecOptions }
  | { readonly kind: "copyIn"; readonly options: CopyInOptions }
  | { readonly kind: "copyOut"; readonly options: CopyOutOptions }
  | { readonly kind: "gate"; readonly options: GateOptions };

/** One node of a night's DAG. Made by `Night`, referred to by later steps. */
export class Step {
  private readonly upstream: unknown[];

  constructor(
    /** Unique in the night; a lower-case DNS label. */
    readonly name: string,
    readonly work: StepWork,
    edges?: readonly unknown[],
  ) {
    const { after = [] } = work.options;
    const read = [...this.sources, ...this.values.map(({ step }) => step).filter((step) => step instanceof Step)];
    this.upstream = [...(edges ?? new Set([...(Array.isArray(after) ? after : [after]), ...read]))];
  }

  /** Steps that it declares to read from. */
  get sources(): readonly Step[] {
    const { work } = this;
    const from: unknown = work.kind === "gate" ? undefined : work.options.from;
    return (Array.isArray(from) ? from : [from]).filter((one) => one instanceof Step);
  }

  /** Values from earlier results among its arguments. */
  get values(): readonly ResultValue[] {
    const { kind, options } = this.work;
    const words: unknown = kind === "exec" ? options.command : kind === "spark" || kind === "job" ? options.args : [];
    return Array.isArray(words) ? words.filter(isResultValue) : [];
  }

  /** Steps that must have ended before this one starts. */
  get after(): readonly Step[] {
    return this.upstream.filter((one) => one instanceof Step);
  }

  /** What the file gave as edges: steps, if the file is valid. */
  get edges(): readonly unknown[] {
    return this.upstream;
  }

  /** Whether it brings inputs of the night. */
  get isInput(): boolean {
    return this.work.options.input ?? this.upstream.length === 0;
  }

  /** Adds an edge to a step that is declared later in the file. */
  runsAfter(...steps: readonly Step[]): this {
    this.upstream.push(...steps);
    return this;
  }
}
