import { customerNames } from "../../constructs/definition/customer-files.ts";
import { FarmPulumi } from "../farm/deploy/farm-pulumi.ts";
import { farmCommand } from "../farm/farm-command.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { progressOn } from "../farm/progress.ts";
import { isFarmRunning } from "../farm/status.ts";

/**
 * Starts the farm and deploys every stack before the end-to-end tests; ends it afterwards, even if that fails, unless
 * it ran before. What a killed farm left behind is removed first: the tests begin with fresh clusters.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const paths = new FarmPaths(farmRoot());
  const ranBefore = await isFarmRunning(paths);
  const end = async (): Promise<void> => {
    if (!ranBefore) {
      await farmCommand("down");
    }
  };
  await end();
  try {
    await farmCommand("up");
    const pulumi = await FarmPulumi.of(paths, progressOn(process.stderr));
    for (const stack of ["platform", ...customerNames()]) {
      await pulumi.up(stack);
    }
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}
