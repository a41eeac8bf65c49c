import { admissionFaults } from "./admission-faults.ts";
import { answerFaults } from "./answer-faults.ts";
import { killControllers } from "./central-faults.ts";
import type { Fault } from "./fault.ts";
import { runnerNodeFaults } from "./runner-node-faults.ts";

/**
 * Faults in which Argo's controller has work to do: a runner's pod goes and it starts another (drained, taken for
 * gone), or a try ends in order to report and it starts the next one (queued, forbidden). In the others nothing happens
 * in the central cluster that a controller could miss; where nights are drawn, it is killed during those as well.
 */
const CHOSEN: readonly string[] = ["runner-drained", "two-runners-bringing", "job-queued", "permissions-missing"];

/** The chosen faults, each with Argo's controller killed at the moment of the fault. */
export const controllerFaults: readonly Fault[] = [...runnerNodeFaults, ...admissionFaults, ...answerFaults]
  .filter(({ name }) => CHOSEN.includes(name))
  .map(withoutController);

/** The same fault, with Argo's controller killed at its moment. */
export function withoutController(fault: Fault): Fault {
  return {
    ...fault,
    name: `${fault.name}-controller-killed`,
    what: `${fault.what}; Argo's controller is killed at that moment`,
    alone: true,
    inject: (stage) =>
      fault.inject({
        ...stage,
        moment: async () => {
          await stage.moment();
          await killControllers(stage.site, stage.nights);
        },
      }),
  };
}
