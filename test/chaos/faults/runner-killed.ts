import { allComputing, each, type Fault } from "./fault.ts";

/** What drives a step from our side is ended without a word, at five moments of the step. */
export const runnerKilled: readonly Fault[] = [
  {
    name: "runner-killed-before-job",
    what: "the runner's pod is killed before the Job exists",
    strike: (stage) => each(stage, (night) => night.killBeforeJob()),
  },
  {
    name: "runner-killed-after-create",
    what: "the runner is killed when the Job is made and not yet noted",
    strike: (stage) => each(stage, (night) => night.killAfterCreate()),
  },
  {
    name: "runner-killed-running",
    what: "the runner is killed while the driver computes",
    strike: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await stage.moment();
        await (await night.grip()).kill();
        await night.release();
      }),
  },
  {
    name: "runner-killed-at-end",
    what: "the runner is killed as the Job ends, which it has not seen",
    strike: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        const grip = await night.grip();
        await grip.freeze();
        await night.release();
        await night.untilDriverSucceeded();
        await stage.moment();
        await grip.kill();
      }),
  },
  {
    name: "runner-killed-bringing",
    what: "the runner's pod is killed while it brings the results",
    strike: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await night.killWhileBringing();
      }),
  },
];
