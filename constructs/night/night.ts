import { given, wholeOptions } from "../definition/given.ts";
import { received } from "../definition/problem.ts";
import { REPORTED } from "../definition/reported.ts";
import { noResults } from "./no-results.ts";
import { overDefaults } from "./over-defaults.ts";
import { FileRefusal } from "./refusal.ts";
import {
  type CopyInOptions,
  type CopyOutOptions,
  type ExecOptions,
  type GateOptions,
  type JobOptions,
  type ResultValue,
  type SparkOptions,
  Step,
  type StepWork,
} from "./step.ts";
import type { StepGroup } from "./step-group.ts";
import { leftAtCustomer } from "./step-results.ts";
import type { StepDefaults } from "./step-settings.ts";
import { BUSINESS_DATE, NIGHT_DIRECTORY } from "./tokens.ts";

/** More steps come from an endless loop; the checks decide how many a night may have. */
const RUNAWAY = 5_000;

/** Collects the steps of one night. Edges are the steps themselves: `after: snapshot`. */
export class Night {
  private readonly declared: Step[] = [];

  /** @param defaults options of all steps, unless a step sets its own */
  constructor(private readonly defaults: StepDefaults = {}) {}

  /** The business date the night computes, `YYYY-MM-DD`; known when the night runs. */
  readonly businessDate = BUSINESS_DATE;

  /** The steps in the order of the file. */
  get steps(): readonly Step[] {
    return this.declared;
  }

  /**
   * A path in the night's directory on the customer's results volume.
   * @example
   * ```ts
   * night.spark("desk", { app, args: ["--in", night.path("market/quotes.parquet")] });
   * ```
   */
  path(below: string): string {
    if ((below as unknown) !== REPORTED && (typeof below !== "string" || /\p{C}/u.test(below))) {
      const rule = "a path below the night's directory: a text on one line";
      throw new FileRefusal(`night.path(${received(below)})`, rule, 'write for instance night.path("market")');
    }
    return `${NIGHT_DIRECTORY}/${below}`;
  }

  /**
   * Where a step's results are on the customer's results volume, for the arguments of a step with `from` it. It is
   * refused for a step that leaves none there.
   * @example
   * ```ts
   * night.spark("desk", { app, from: scenarios, args: ["--in", night.results(scenarios)] });
   * ```
   */
  results(step: Step): string {
    const path = step instanceof Step ? leftAtCustomer(step) : undefined;
    return path === undefined ? noResults(step instanceof Step ? step : undefined) : this.path(path);
  }

  /**
   * A number in a JSON file among a step's results, as a whole argument; the step that takes it starts after that one.
   * It is read when that starts, and passed on as written in the file.
   * @param place The file and the way to the number: names, or places in a list, from 0.
   * @example
   * ```ts
   * night.spark("limits", { app, args: ["--var", night.number(scenarios, "var.json#total.monteCarlo.var")] });
   * ```
   */
  number(step: Step, place: string): ResultValue {
    return { kind: "result", type: "number", step, place };
  }

  /**
   * The same for a word: at most 63 letters, digits, dots, dashes and underscores, a letter or digit first.
   * @example
   * ```ts
   * night.job("publish", { image, command: ["publish"], args: [night.word(scenarios, "run.json#version")] });
   * ```
   */
  word(step: Step, place: string): ResultValue {
    return { kind: "result", type: "word", step, place };
  }

  /**
   * Runs a Spark application as a Job in the customer's cluster and brings its result back.
   * @example
   * ```ts
   * night.spark("desk", { app: riskApp("desk.py"), executors: 4, memory: Size.gibibytes(16), after: scenarios });
   * ```
   * @see https://spark.apache.org/docs/latest/running-on-kubernetes.html
   */
  spark(name: string, options: SparkOptions): Step {
    return this.add(name, { kind: "spark", options: overDefaults(given(this.defaults).spark, options) });
  }

  /**
   * Runs any container as a Job in the customer's cluster.
   * @example
   * ```ts
   * night.job("compress", { image, command: ["compress", "/data"], results: "out/" });
   * ```
   * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
   */
  job(name: string, options: JobOptions): Step {
    return this.add(name, { kind: "job", options: overDefaults(given(this.defaults).job, options) });
  }

  /**
   * Runs a command in a pod of one of the customer's applications.
   * @example
   * ```ts
   * night.exec("snapshot", { app: pricing, command: ["snapshot", night.businessDate] });
   * ```
   */
  exec(name: string, options: ExecOptions): Step {
    return this.add(name, { kind: "exec", options });
  }

  /**
   * Copies files from the lane's results volume to the customer's side.
   * @example
   * ```ts
   * night.copyIn("limits", { from: "limits/today.csv", to: onResults("limits.csv") });
   * ```
   */
  copyIn(name: string, options: CopyInOptions): Step {
    return this.add(name, { kind: "copyIn", options });
  }

  /**
   * Copies files from the customer's side to the lane's results volume.
   * @example
   * ```ts
   * night.copyOut("report", { from: onResults("report"), to: "report", after: scenarios });
   * ```
   */
  copyOut(name: string, options: CopyOutOptions): Step {
    return this.add(name, { kind: "copyOut", options });
  }

  /**
   * Waits for a person.
   * @example
   * ```ts
   * night.gate("sign-off", { after: scenarios, approvers: "risk-control", approvals: 2 });
   * ```
   */
  gate(name: string, options?: GateOptions): Step {
    return this.add(name, { kind: "gate", options: wholeOptions(options) });
  }

  /**
   * A group of steps of which only so many run at the same time: for a database, a licence or a share of the customer's
   * cluster that allows no more. A step joins it by its `group`. One that waits for a person has given its place back;
   * steps in all of the customer's nights whose group has this name and this number count together. When several wait,
   * which one is next is not defined; they count among `stepsAtOnce`.
   * @example
   * ```ts
   * const portfolios = night.group("portfolios", { atOnce: 8 });
   * for (const desk of ["rates", "credit"]) night.spark(`value-${desk}`, { app, args: [desk], group: portfolios });
   * ```
   */
  group(name: string, options: { readonly atOnce: number }): StepGroup {
    const { atOnce, ...rest } = wholeOptions(options) as { readonly atOnce: number };
    return { ...rest, kind: "group", name, atOnce };
  }

  private add(name: string, { kind, options }: StepWork): Step {
    const step = new Step(name, { kind, options: wholeOptions(options) } as StepWork);
    if (this.declared.push(step) > RUNAWAY) {
      throw new FileRefusal(
        `more than ${RUNAWAY} steps`,
        "a night of a few hundred steps: Argo accepts no more in one graph",
        "let one step process several portfolios: a job with parallelism divides them among its pods",
      );
    }
    return step;
  }
}
