import type { Central } from "../../../ops/central.ts";
import type { Day } from "../../../runs/local-time.ts";
import { nightState } from "../../../runs/night-state.ts";

/** The first run number that no workflow of the lane has for a business date. */
export async function nextRunNumber(central: Central, namespace: string, businessDate: Day): Promise<number> {
  const heads = await central.heads(namespace);
  const runs = await Promise.all(
    heads.map(async ({ name }) => nightState(await central.workflow(namespace, name), Date.now())),
  );
  const used = runs.filter((run) => run.businessDate === businessDate).map(({ runNumber }) => Number(runNumber));
  return 1 + Math.max(0, ...used);
}
