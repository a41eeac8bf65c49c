/** What Argo replaces with a parameter of the template in which it stands. */
export function input(parameter: string): string {
  return placeholder(`inputs.parameters.${parameter}`);
}

/** What Argo replaces with a parameter with which the workflow was started. */
export function argument(parameter: string): string {
  return placeholder(`workflow.parameters.${parameter}`);
}

/** What Argo replaces with what an earlier task of the same DAG has reported. */
export function reported(task: string, parameter: string): string {
  return placeholder(`tasks.${task}.outputs.parameters.${parameter}`);
}

/** What Argo replaces with what the whole night knows: for its exit handler, which sees no task. */
export function known(parameter: string): string {
  return placeholder(`workflow.outputs.parameters.${parameter}`);
}

/** What Argo replaces with a value of the workflow itself: `name`, `uid`, `status`. */
export function ofWorkflow(field: string): string {
  return placeholder(`workflow.${field}`);
}

function placeholder(path: string): string {
  return `{{${path}}}`;
}
