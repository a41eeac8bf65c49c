/**
 * Annotations and labels shared by what is deployed and what operates it. Without imports, since the operator's command
 * must start quickly.
 */

/** Prefix of the annotations that hold what people did to a night, one act each. */
export const ACT_PREFIX = "nightlane/act-";

/** Order to a running step, on its pod; the runner reads its own annotations from a file. */
export const ORDER_ANNOTATION = "nightlane/order";

/** On the CronWorkflow: local time, `HH:MM`, by which the night should have ended. */
export const FINISH_BY = "nightlane/finish-by";

/** On the CronWorkflow: local time, `HH:MM`, at which a night that has not started counts as missed. */
export const START_BY = "nightlane/start-by";

/** On the CronWorkflow: local time, `HH:MM`, and the steps, comma-separated, that should have ended by then. */
export const INPUTS_BY = "nightlane/inputs-by";

/** On the CronWorkflow: which days the customer works, as `runs/business-calendar.ts` reads it. */
export const CALENDAR = "nightlane/calendar";

/** On the kept copy of an act: when the API server took the act itself, RFC 3339. */
export const ASKED_AT = "nightlane/asked-at";

/** On the CronWorkflow of the nightly ones: names, comma-separated, of the lane's other CronWorkflows, which belong to it. */
export const SCHEDULES = "nightlane/schedules";

/** Label of the workflows that read a kept log for a person. Admission allows it on these only. */
export const READER_LABEL = "nightlane/reader";

/** Label selector of the reaper's workflows, which report how full the results volumes are. */
export const REAPERS_ONLY = "workflows.argoproj.io/cron-workflow=reaper";

/** Label selector of a lane's nights: its workflows except the reaper's and readers. */
export const NIGHTS_ONLY = `workflows.argoproj.io/cron-workflow!=reaper,!${READER_LABEL}`;

/** Annotation in which Argo notes when a schedule's workflow was due to start. */
export const SCHEDULED_TIME = "workflows.argoproj.io/scheduled-time";
