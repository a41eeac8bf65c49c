import { openSite, prepareCredential, type Site } from "../chaos/site/site.ts";
import { FarmPulumi } from "../farm/deploy/farm-pulumi.ts";
import { farmCommand } from "../farm/farm-command.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import type { Progress } from "../farm/progress.ts";
import { isFarmRunning } from "../farm/status.ts";

/** The sites of the farm's customers, and a function that ends what was started. */
export interface Raised {
  readonly sites: readonly Site[];
  readonly end: () => Promise<void>;
}

/** Starts a fresh farm or completes a running one, deploys every customer of the soak, and opens their sites. */
export async function raise(customers: readonly string[], progress: Progress, abort: AbortSignal): Promise<Raised> {
  const paths = new FarmPaths(farmRoot());
  const ranBefore = await isFarmRunning(paths);
  const sites: Site[] = [];
  const end = async (): Promise<void> => {
    for (const site of sites) {
      await site.close();
    }
    if (!ranBefore) {
      await farmCommand("down");
    }
  };
  // What a killed farm left behind.
  if (!ranBefore) {
    await farmCommand("down");
  }
  try {
    await farmCommand("up");
    abort.throwIfAborted();
    // Read once per process, so not before they exist.
    process.env.NIGHTLANE_IMAGES = paths.images;
    const pulumi = await FarmPulumi.of(paths, progress);
    await progress.step("pulumi up: platform", () => pulumi.up("platform"));
    for (const name of customers) {
      abort.throwIfAborted();
      const credentials = await prepareCredential(paths, name);
      await progress.step(`pulumi up: ${name}`, () => pulumi.up(name));
      sites.push(await openSite(paths, pulumi, credentials, name));
    }
    return { sites, end };
  } catch (error) {
    await end();
    throw error;
  }
}
