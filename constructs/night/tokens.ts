/**
 * Placeholders that Argo replaces when a step starts. A token stands for a value that only the running night knows,
 * and may be used wherever a step takes a string.
 */
export const BUSINESS_DATE = "{{inputs.parameters.business-date}}";
export const VARIANT = "{{inputs.parameters.variant}}";
export const ATTEMPT = "{{inputs.parameters.attempt}}";
/** The step's name, in the templates that steps share. */
export const JOB = "{{inputs.parameters.job}}";
export const RUN_NUMBER = "{{workflow.parameters.run-number}}";

/** Name of the one pipeline a lane has. */
export const PIPELINE = "night";

/** The night's directory: the same path on the customer's results volume and on the lane's. */
export const NIGHT_DIRECTORY = `/results/${PIPELINE}/${BUSINESS_DATE}/run-${RUN_NUMBER}`;
