import { admissionStruck } from "./admission-struck.ts";
import { answerStruck } from "./answer-struck.ts";
import { killControllers } from "./central-struck.ts";
import type { Fault } from "./fault.ts";
import { runnerNodeStruck } from "./runner-node-struck.ts";

/**
 * Faults in which Argo's controller has something to do: it sees a runner's pod go and starts another (drained, taken for
 * gone), or a try that ends in order to report and the next one begin (queued, forbidden). In the others nothing
 * happens in the central cluster that a controller could miss; where nights are drawn, it is killed during those as well.
 */
const CHOSEN: readonly string[] = ["runner-drained", "two-runners-bringing", "job-queued", "permissions-missing"];

/** The chosen faults, each with Argo's controller killed at the moment in which they strike. */
export const controllerStruck: readonly Fault[] = [...runnerNodeStruck, ...admissionStruck, ...answerStruck]
  .filter(({ name }) => CHOSEN.includes(name))
  .map(withoutController);

/** A fault at whose moment Argo's controller is killed too. */
export function withoutController(fault: Fault): Fault {
  return {
    ...fault,
    name: `${fault.name}-controller-killed`,
    what: `${fault.what}; Argo's controller is killed at that moment`,
    alone: true,
    strike: (stage) =>
      fault.strike({
        ...stage,
        moment: async () => {
          await stage.moment();
          await killControllers(stage.site, stage.nights);
        },
      }),
  };
}
