import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { Central } from "../../ops/central.ts";
import { ExitCode, OpsError } from "../../ops/exit-code.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { Day } from "../../runs/local-time.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { businessDateOf, type CronWorkflow } from "../../runs/schedule.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { type DueSoon, type DueSoonOptions, dueSoon } from "../farm/nights/due-soon.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { openOn } from "../farm/nights/open-on.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import { sleepingNightTemplate } from "../support/sleeping-night.ts";
import { TestLane } from "./test-lane.ts";

/** How long the controller may take beyond the minute itself, even while the machine builds something else. */
const START_LIMIT_SECONDS = 120;
const END_LIMIT_SECONDS = 300;
const ENDED: ReadonlySet<string> = new Set(["Succeeded", "Failed", "Error"]);

/** A night whose minute is about to come, and the number of its run. */
export type DueNight = DueSoon & { readonly runNumber: number };

/** A deployed lane whose schedule is about to start a small night: one Spark step that only sleeps. */
export class ScheduledLane {
  readonly namespace: string;
  private readonly paths = new FarmPaths(farmRoot());
  private readonly central = Central.fromKubeconfig(this.paths.centralKubeconfig);
  private readonly nights: TestLane;
  private readonly ends: (() => Promise<void>)[] = [];

  private constructor(
    readonly customer: string,
    /** Business date of the nights that are due today. */
    readonly date: Day,
    /** Template of the small night. */
    readonly template: string,
  ) {
    this.namespace = laneNamespace(customer);
    this.nights = new TestLane(this.paths, customer);
  }

  static async of(customer: string): Promise<ScheduledLane> {
    const definition = await loadCustomer(customer);
    const date = businessDateOf(definition.workflow.schedule, Date.now());
    const template = sleepingNightTemplate(openOn(definition, date), {
      workSeconds: 5,
      steps: (night, options) => {
        night.spark("work", options);
      },
    });
    const lane = new ScheduledLane(customer, date, template.metadata.name);
    await lane.nights.create(template);
    return lane;
  }

  /** Makes a schedule due in the next minute; it is restored at the end. */
  async due(options: DueSoonOptions = {}): Promise<DueSoon> {
    const due = await dueSoon(this.paths, this.customer, options);
    this.ends.push(due.restore);
    return due;
  }

  /** Makes the small night due, under the next free number of today's date: a farm may have run others. */
  async nightDue(timing: Pick<DueSoonOptions, "leadSeconds" | "againAfterMinutes"> = {}): Promise<DueNight> {
    const runNumber = await nextRunNumber(this.central, this.namespace, this.date);
    const due = await this.due({ ...timing, template: this.template, parameters: numbered(runNumber) });
    return { ...due, runNumber };
  }

  /** Creates a workflow as a command does, under a name of its own. */
  async startAs(name: string, runNumber: number): Promise<void> {
    await this.nights.createNight(name, { businessDate: this.date, runNumber, template: this.template });
  }

  /** The workflow of a name, a night's or not; undefined as long as there is none. */
  async workflow(name: string): Promise<Workflow | undefined> {
    try {
      return await this.central.workflow(this.namespace, name);
    } catch (error) {
      if (error instanceof OpsError && error.code === ExitCode.notFound) {
        return undefined;
      }
      throw error;
    }
  }

  /** The lane's schedule as it is. */
  async schedule(): Promise<CronWorkflow> {
    return this.central.schedule(this.namespace);
  }

  /** Waits until the workflow that a schedule must start exists. */
  async untilStarted({ workflow, at }: Pick<DueSoon, "workflow" | "at">): Promise<Workflow> {
    const limitSeconds = (at - Date.now()) / 1000 + START_LIMIT_SECONDS;
    await until(
      { what: `the schedule of ${this.customer} starts ${workflow}`, limitSeconds, everyMilliseconds: 500 },
      async () => {
        return (await this.workflow(workflow)) !== undefined;
      },
    );
    return this.existing(workflow);
  }

  async untilEnded(workflow: string): Promise<NightState> {
    const what = `${workflow} of ${this.customer} ends`;
    await until({ what, limitSeconds: END_LIMIT_SECONDS, everyMilliseconds: 1000 }, async () => {
      return ENDED.has((await this.existing(workflow)).status?.phase ?? "");
    });
    return nightState(await this.existing(workflow), Date.now());
  }

  /** Waits for the end of a workflow that is not a night. @returns its phase */
  async untilWorkflowEnds(name: string): Promise<string> {
    return (await this.untilEnded(name)).phase;
  }

  /** The record of a run that has ended, which nightwatch writes a moment later. */
  async untilRecorded(workflow: string): Promise<RunFacts> {
    const found = async (): Promise<RunFacts | undefined> =>
      (await this.central.runRecords.all({ customer: this.customer }))
        .map(({ spec }) => spec)
        .find(({ night, phase }) => night === workflow && ENDED.has(phase));
    const what = `nightwatch records the end of ${workflow}`;
    await until({ what, limitSeconds: 60, everyMilliseconds: 500 }, async () => (await found()) !== undefined);
    const record = await found();
    if (record === undefined) {
      throw new Error(`the record of ${workflow} was there and is gone`);
    }
    return record;
  }

  /** Restores the schedules, and removes what was made. */
  async end(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) {
      await end();
    }
    await this.nights.end();
  }

  private async existing(name: string): Promise<Workflow> {
    const workflow = await this.workflow(name);
    if (workflow === undefined) {
      throw new Error(`${name} of ${this.customer} is gone`);
    }
    return workflow;
  }
}

/** The parameters of a run by its number, which the schedule leaves to be 1. */
export function numbered(runNumber: number): Readonly<Record<string, string>> {
  return runNumber === 1 ? {} : { "run-number": String(runNumber) };
}
