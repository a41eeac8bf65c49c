import { admissionFaults } from "./admission-faults.ts";
import { answerFaults } from "./answer-faults.ts";
import { killControllers, removeControllers } from "./central-faults.ts";
import type { Fault } from "./fault.ts";
import { runnerNodeFaults } from "./runner-node-faults.ts";

/**
 * Faults in which Argo's controller has work to do at once: a runner's pod goes and it starts another (drained, taken
 * for gone). In the others nothing happens in the central cluster that a controller could miss; where nights are drawn,
 * it is killed during those as well.
 */
const AT_ONCE: readonly string[] = ["runner-drained", "two-runners-bringing"];

/**
 * Faults in which it has work to do minutes later: a try ends in order to report (queued) or because it must not go on
 * (forbidden), and it starts the next one. Its Deployment has long replaced a killed one by then, so it stays away.
 */
const LATER: readonly string[] = ["job-queued", "permissions-missing"];

const candidates = [...runnerNodeFaults, ...admissionFaults, ...answerFaults];

/** These faults, each with Argo's controller killed at the moment of the fault, or away for as long as it lasts. */
export const controllerFaults: readonly Fault[] = [
  ...candidates.filter(({ name }) => AT_ONCE.includes(name)).map(withKilledController),
  ...candidates.filter(({ name }) => LATER.includes(name)).map(withoutController),
];

/** The same fault, with Argo's controller killed at its moment. */
export function withKilledController(fault: Fault): Fault {
  return {
    ...fault,
    name: `${fault.name}-controller-killed`,
    what: `${fault.what}; Argo's controller is killed at that moment`,
    alone: true,
    inject: (stage) =>
      fault.inject({
        ...stage,
        moment: async (when) => {
          await stage.moment(when);
          await killControllers(stage.site, stage.nights);
        },
      }),
  };
}

/** The same fault, with Argo's controller away from its moment until it is over. */
function withoutController(fault: Fault): Fault {
  return {
    ...fault,
    name: `${fault.name}-controller-away`,
    what: `${fault.what}; Argo's controller is away for as long`,
    alone: true,
    inject: async (stage) => {
      let bringBack = async (): Promise<void> => {};
      try {
        return await fault.inject({
          ...stage,
          moment: async (when) => {
            await stage.moment(when);
            bringBack = await removeControllers(stage.site, stage.nights);
          },
        });
      } finally {
        await bringBack();
      }
    },
  };
}
