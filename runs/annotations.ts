/**
 * Annotations and labels that travel between what we deploy and who operates it. Without imports: the operator's command reads
 * them too, and must start at once.
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

/** Label of the workflows that read a kept log for a person. Admission holds it to be on these and on no others. */
export const READER_LABEL = "nightlane/reader";

/** Label selector of the reaper's workflows, which say how full the results volumes are. */
export const REAPERS_ONLY = "workflows.argoproj.io/cron-workflow=reaper";

/** Label selector of a lane's nights: of all its workflows those that are neither the reaper's nor a reader. */
export const NIGHTS_ONLY = `workflows.argoproj.io/cron-workflow!=reaper,!${READER_LABEL}`;

/** Annotation by which Argo says when a schedule wanted its workflow to start. */
export const SCHEDULED_TIME = "workflows.argoproj.io/scheduled-time";
