import { type BadInput, each, otherThan, step } from "./bad-input.ts";

/** What holds for a night as a whole. */
export const workflow: readonly BadInput[] = [
  ...each("workflow", "workflow", ["", "{}", ...otherThan("{}")]),
  ...each("workflow", "workflow.steps", ["sparkRiskWorkflow()", "sparkRiskWorkflow({})"]),
  ...each("moreNight", "workflow.finishBy", ['finishBy: "never"', "finishBy: 6", 'finishBy: "24:00"']),
  ...each("moreNight", "workflow.startBy", ["startBy: 22", 'startBy: "21:00"']),
  ...each("moreNight", "workflow.inputsBy", ["inputsBy: true"]),
  ...each("moreNight", "workflow.shadow", ['shadow: "yes"', "shadow: 1"]),
  ...each("moreNight", "workflow.finishby", ['finishby: "03:00"']),
  ...each("moreNight", "workflow.retries", ["retries: 3"]),
  ...each("steps", "workflow.steps", [
    "",
    ...otherThan("[]", "() => 1"),
    "() => {}",
    "async (night) => { night.gate('x'); }",
  ]),
  ...each("steps", "workflow.steps", [
    step('const a = night.gate("a"); const b = night.gate("b", { after: a }); a.runsAfter(b);'),
  ]),
];
