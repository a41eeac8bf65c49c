import { allComputing, each, type Fault } from "./fault.ts";

/** What drives a step from Nightlane's side is killed, at five moments of the step. */
export const runnerKilled: readonly Fault[] = [
  {
    name: "runner-killed-before-job",
    what: "the runner's pod is killed before the Job exists",
    inject: (stage) =>
      each(stage, async (night) => {
        await night.killBeforeJob();
        await stage.moment("now");
      }),
  },
  {
    name: "runner-killed-after-create",
    what: "the runner is killed when the Job is created and not yet recorded",
    inject: (stage) =>
      each(stage, async (night) => {
        await night.killAfterCreate();
        await stage.moment("now");
      }),
  },
  {
    name: "runner-killed-running",
    what: "the runner is killed while the driver computes",
    inject: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await stage.moment();
        await (await night.handle()).kill();
        await night.release();
      }),
  },
  {
    name: "runner-killed-at-end",
    what: "the runner is killed as the Job ends, before it has seen that",
    inject: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        const handle = await night.handle();
        await handle.freeze();
        await night.release();
        await night.untilDriverSucceeded();
        await stage.moment();
        await handle.kill();
      }),
  },
  {
    name: "runner-killed-bringing",
    what: "the runner's pod is killed while it brings the results",
    inject: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await night.killWhileBringing();
        await stage.moment("now");
      }),
  },
];
