import { until } from "../../farm/wait.ts";
import type { Night } from "../nights/night.ts";
import type { Site } from "../site/site.ts";
import { allComputing, each, type Fault } from "./fault.ts";

/** More memory than the driver's pod may use. */
const BALLAST_MEBIBYTES = 1500;

/** Faults of the Job, caused by somebody or something in the customer's cluster. */
export const jobFaults: readonly Fault[] = [
  {
    name: "job-suspended",
    what: "somebody suspends the Job, which kills its driver, and resumes it later",
    // Suspending kills the driver: the second start is Kubernetes' own.
    drivers: 2,
    inject: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await stage.moment();
        await patchJob(stage.site, night, { spec: { suspend: true } });
        await untilNoDriver(night);
        await night.release();
        await patchJob(stage.site, night, { spec: { suspend: false } });
      }),
  },
  {
    name: "job-deleted",
    what: "somebody deletes the Job while its driver computes",
    held: /delet|gone|no longer|not found/i,
    inject: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await stage.moment();
        const body = { propagationPolicy: "Background" };
        await stage.site.remoteApi.call({ method: "DELETE", path: jobPath(stage.site, night), body });
        await night.release();
      }),
  },
  {
    name: "job-ttl",
    what: "the Job's time to live ends before anybody has read how it ended",
    held: /delet|gone|no longer|not found/i,
    inject: (stage) =>
      each(stage, async (night) => {
        await allComputing([night]);
        await stage.moment();
        const handle = await night.handle();
        await handle.freeze();
        await patchJob(stage.site, night, { spec: { ttlSecondsAfterFinished: 0 } });
        await night.release();
        const gone = async (): Promise<boolean> => night.job().gone;
        await until({ what: `the Job of ${night.name} is removed`, limitSeconds: 180 }, gone);
        await handle.thaw();
      }),
  },
  {
    name: "driver-oom",
    what: "the driver needs more memory than it has and is killed by the kernel",
    held: /OOMKilled/,
    inject: (stage) =>
      each(stage, async (night) => {
        await night.overload(BALLAST_MEBIBYTES);
        await night.start();
        await stage.moment();
      }),
  },
];

function jobPath(site: Site, night: Night): string {
  return `/apis/batch/v1/namespaces/${site.namespace}/jobs/${night.job().name}`;
}

async function patchJob(site: Site, night: Night, body: unknown): Promise<void> {
  const path = jobPath(site, night);
  const { status, body: answer } = await site.remoteApi.call({ method: "PATCH", path, body });
  if (status !== 200) {
    throw new Error(`PATCH ${path} answered ${status}: ${JSON.stringify(answer)}`);
  }
}

async function untilNoDriver(night: Night): Promise<void> {
  const what = `the driver of ${night.name} has ended`;
  await until({ what, limitSeconds: 120 }, async () => night.drivers().every(({ ended }) => ended !== undefined));
}
