import { SCHEDULES } from "./annotations.ts";

/** Name of the pipeline of nightly ones, which every customer has. */
export const NIGHTLY = "night";

/**
 * The nights of one schedule of a customer: they share a template, a schedule and steps, and have one run 1 for each
 * business date. A customer has the nightly ones, and may have further, named ones.
 */
export interface NightSeries {
  readonly customer: string;
  /** @default "night" - the nightly ones */
  readonly pipeline?: string;
}

/** Longest name of further nights, characters. */
export const LONGEST_PIPELINE = 20;

/**
 * What further nights may be named, as a regular expression without its ends. Each word begins with a letter, so that a
 * schedule's name never looks like that of a run, nor a template's hash like a word.
 */
export const PIPELINE_NAME = "[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*";

/** Whether these are the nights that every customer has. */
export function isNightly({ pipeline = NIGHTLY }: Pick<NightSeries, "pipeline">): boolean {
  return pipeline === NIGHTLY;
}

/** Name of a series as people type it: `nordbank`, or `nordbank/month-end`. */
export function seriesName({ customer, pipeline = NIGHTLY }: NightSeries): string {
  return pipeline === NIGHTLY ? customer : `${customer}/${pipeline}`;
}

/** Reads what `seriesName` writes. */
export function seriesOf(name: string): NightSeries {
  const [customer = "", ...rest] = name.split("/");
  return rest.length === 0 ? { customer } : { customer, pipeline: rest.join("/") };
}

/** The property that names a pipeline, or nothing for the nightly ones, which are the default. */
export function furtherOnly({ pipeline }: Pick<NightSeries, "pipeline">): Pick<NightSeries, "pipeline"> {
  return pipeline === undefined || pipeline === NIGHTLY ? {} : { pipeline };
}

/** Whether two are the same series. */
export function isSameSeries(a: NightSeries, b: NightSeries): boolean {
  return seriesName(a) === seriesName(b);
}

/**
 * Name of the CronWorkflow that starts the nights of a pipeline; also the prefix of their templates' and workflows' names.
 */
export function scheduleName(pipeline: string = NIGHTLY): string {
  return pipeline === NIGHTLY ? NIGHTLY : `${NIGHTLY}-${pipeline}`;
}

/** The pipeline whose nights a CronWorkflow starts; undefined for one that starts something else. */
export function pipelineOfSchedule(name: string): string | undefined {
  return name === NIGHTLY ? NIGHTLY : FURTHER_SCHEDULE.exec(name)?.[1];
}

/** The fields of a CronWorkflow that reveal which others belong to its lane. */
interface ScheduleHead {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** The names of the CronWorkflows that should exist beside the one of the nightly ones, according to that one. */
export function schedulesBeside({ metadata }: ScheduleHead): readonly string[] {
  return (metadata.annotations?.[SCHEDULES] ?? "").split(",").filter((name) => name !== "");
}

/**
 * The pipelines of further nights of a lane by its CronWorkflows, in the order of their names, including one whose own
 * CronWorkflow somebody has deleted.
 */
export function furtherPipelines(crons: readonly ScheduleHead[]): readonly string[] {
  const names = crons.flatMap((cron) => [cron.metadata.name, ...schedulesBeside(cron)]);
  const pipelines = names.flatMap((name) => pipelineOfSchedule(name) ?? []).filter((pipeline) => pipeline !== NIGHTLY);
  return [...new Set(pipelines)].sort();
}

/** The pipeline of a night by the name of its template, which determines what runs. */
export function pipelineOfTemplate(name: string | undefined): string {
  return FURTHER_TEMPLATE.exec(name ?? "")?.[1] ?? NIGHTLY;
}

/**
 * The pipeline of a night by its name: that of its workflow, or of a night that never started. Any other name counts as
 * nightly.
 */
export function pipelineOfRun(name: string): string {
  const [, run, missed] = FURTHER_RUN.exec(name) ?? [];
  return run ?? missed ?? NIGHTLY;
}

const FURTHER_SCHEDULE = new RegExp(`^${NIGHTLY}-(${PIPELINE_NAME})$`);
const FURTHER_TEMPLATE = new RegExp(`^${NIGHTLY}-(${PIPELINE_NAME})-[0-9a-f]{10}$`);
const DATE = "\\d{4}-\\d\\d-\\d\\d";
const FURTHER_RUN = new RegExp(
  `^(?:${NIGHTLY}-(${PIPELINE_NAME})-(?:\\d+|${DATE}-run-\\d+)|missed-(${PIPELINE_NAME})-${DATE})$`,
);
