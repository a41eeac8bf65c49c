/** Prefix of the ConfigMaps that tell a night what to do with steps that it has not reached. */
export const NIGHT_CONTROL_PREFIX = "night-control-";

/** Name of the ConfigMap that tells a night which steps to hold or leave out; it need not exist. */
export function nightControlName(workflow: string): string {
  return `${NIGHT_CONTROL_PREFIX}${workflow}`;
}

/** Key of a step in it; its value is `yes` to hold the step, `skip` to leave it out, `no` for neither. */
export function nightControlKey(step: string): string {
  return `hold.${step}`;
}
