import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { customerCalendar } from "../../../constructs/calendars/customer-calendar.ts";
import type { BusinessCalendar } from "../../../runs/business-calendar.ts";
import type { Day } from "../../../runs/local-time.ts";
import { type NightState, nightState } from "../../../runs/night-state.ts";
import { type RunKey, runKeyText } from "../../../runs/remote-job.ts";
import { startNight } from "../../farm/nights/start-night.ts";
import { until } from "../../farm/wait.ts";
import { variantOf } from "../../support/night-variant.ts";
import { Handle } from "../injection/handle.ts";
import { holdCreation } from "../injection/held-creation.ts";
import { deletePod, type PodHead, podsOf } from "../injection/pods.ts";
import type { Shown } from "../shown.ts";
import type { Site } from "../site/site.ts";
import { hasPartial, Night, type NightLook, partialsOf, type VariantName } from "./night.ts";

/** Length of the label value by which everything of a night is found in the customer's cluster. */
const LABEL_LENGTH = 12;

/** A night of a lane, deployed by Pulumi and run by the platform's controller. */
export class NightlaneNight extends Night {
  readonly variant: VariantName = "nightlane";
  protected workflow = "";

  constructor(
    site: Site,
    name: string,
    protected number: number,
    protected businessDate: Day = site.businessDate,
    /** Tells a night at the end of a month from a regular one. */
    private readonly calendar: BusinessCalendar = customerCalendar(site.customer.workflow.schedule),
  ) {
    super(site, name);
  }

  /** The run as its runners know it. */
  private get key(): RunKey {
    const { businessDate, calendar, number } = this;
    const { customer, pipeline } = this.run;
    return { customer, pipeline, businessDate, variant: variantOf(calendar, businessDate), number };
  }

  protected get folder(): string {
    return join(this.site.remote, this.path);
  }

  protected get label(): readonly [string, string] {
    return ["nightlane/night", createHash("sha256").update(runKeyText(this.key)).digest("hex").slice(0, LABEL_LENGTH)];
  }

  async start(): Promise<void> {
    const { namespace } = this.site.laneOf;
    this.workflow = await startNight(this.site.paths.centralKubeconfig, namespace, {
      businessDate: this.businessDate,
      runNumber: this.number,
    });
  }

  /** Starts it as a schedule due at a moment does: the business date follows from it. */
  async startAt(moment: Date): Promise<void> {
    this.businessDate = this.site.doubleHour.businessDate;
    this.number = 1;
    this.workflow = await this.site.startScheduled(moment);
  }

  async startAgain(): Promise<void> {
    throw new Error("a lane's night is never restarted by hand: it goes on, or a person decides");
  }

  async look(): Promise<NightLook> {
    let state: NightState;
    try {
      state = await this.state();
    } catch {
      // The central API server is away, as in some faults.
      return { kind: "running" };
    }
    if (state.phase === "Succeeded") {
      return { kind: "done" };
    }
    if (state.phase === "Failed" || state.phase === "Error") {
      return { kind: "stopped", message: state.message ?? state.phase };
    }
    const held = state.steps.find((step) => step.state === "deciding");
    return held === undefined ? { kind: "running" } : { kind: "stopped", message: held.message ?? "" };
  }

  override async notice(): Promise<Shown | undefined> {
    let steps: NightState["steps"];
    try {
      ({ steps } = await this.state());
    } catch {
      // It shows nothing while the central API server is away.
      return undefined;
    }
    return steps.map(shownOf).find((shown) => shown !== undefined);
  }

  /** The night as an operator sees it. */
  async state(): Promise<NightState> {
    return nightState(await this.site.nights.workflow(this.site.laneOf.namespace, this.workflow), Date.now());
  }

  home(): string {
    return join(this.lane, "archive");
  }

  /** The log that a runner kept of the step's first attempt. */
  get attemptLog(): string {
    return join(this.lane, "revaluation.attempts", "attempt-1.log");
  }

  async handle(): Promise<Handle> {
    return this.handleOf("revaluation");
  }

  /** The processes that do a step now. */
  async handleOf(step: string): Promise<Handle> {
    return Handle.byEnvironment(`NIGHTLANE_STEP=${JSON.stringify({ run: this.key, step }).slice(0, -1)},`);
  }

  async killBeforeJob(): Promise<void> {
    await this.start();
    await deletePod(this.site.central, await this.pod("revaluation"), "at once");
    if (this.jobs().length > 0) {
      throw new Error("the Job already exists");
    }
  }

  /** A webhook holds the Job's creation until the runner is frozen where it waits for the answer. */
  async killAfterCreate(): Promise<void> {
    const held = await holdCreation(this.site, this.label, async () => {
      const handle = await this.handle();
      await handle.freeze();
      return handle;
    });
    try {
      await this.start();
      await this.untilJob();
      await held.done().kill();
    } finally {
      await held.remove();
    }
    const record = join(this.lane, "revaluation.attempts", "attempt-1.json");
    if (existsSync(record)) {
      throw new Error("the Job is already recorded");
    }
  }

  async killWhileBringing(): Promise<void> {
    const handle = await this.handle();
    const pod = await this.pod("revaluation");
    await this.release();
    await until({ what: `${this.name} brings its results`, limitSeconds: 420, everyMilliseconds: 5 }, async () =>
      hasPartial(join(this.lane, "revaluation")),
    );
    await handle.freeze();
    if (existsSync(join(this.lane, "revaluation", "manifest.json"))) {
      throw new Error("the results are already there");
    }
    await handle.kill();
    await deletePod(this.site.central, pod, "at once");
  }

  /**
   * Waits until a runner brings results.
   * @param apart Folders of other runners.
   * @returns the folders it brings them into
   */
  async untilBringing(...apart: readonly (string | undefined)[]): Promise<readonly string[]> {
    let found: readonly string[] = [];
    const what = `${this.name} brings its results${apart.length > 0 ? " once more" : ""}`;
    await until({ what, limitSeconds: 420, everyMilliseconds: 20 }, async () => {
      found = partialsOf(join(this.lane, "revaluation")).filter((name) => !apart.includes(name));
      return found.length > 0;
    });
    return found;
  }

  async cleanUp(): Promise<void> {
    await this.site.endWorkflow(this.site.central, this.site.laneOf.namespace, this.workflow);
  }

  protected folders(): readonly string[] {
    return [this.lane];
  }

  /** The newest pod that does a step. */
  async pod(step: string): Promise<PodHead> {
    let found: PodHead | undefined;
    const what = `a runner's pod of ${step} of ${this.name} exists`;
    await until({ what, limitSeconds: 120, everyMilliseconds: 50 }, async () => {
      const pods = await podsOf(this.site.central, this.site.laneOf.namespace, this.workflow);
      found = pods.filter(({ node }) => node.includes(`.${step}.`)).at(-1);
      return found !== undefined;
    });
    if (found === undefined) {
      throw new Error(what);
    }
    return found;
  }

  /** The night's folder on the lane's results volume. */
  get lane(): string {
    return join(this.site.lane, this.path);
  }

  private get path(): string {
    return join("night", this.businessDate, `run-${this.number}`);
  }

  private get run(): { readonly customer: string; readonly pipeline: string } {
    return { customer: this.site.customer.name, pipeline: "night" };
  }
}

function shownOf({ state, trouble, message }: NightState["steps"][number]): Shown | undefined {
  if (state === "deciding") {
    return message === undefined ? undefined : { words: message };
  }
  return trouble && { kind: trouble.kind, words: trouble.sentence };
}
