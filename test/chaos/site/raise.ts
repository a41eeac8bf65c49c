import { FarmPulumi } from "../../farm/deploy/farm-pulumi.ts";
import { farmCommand } from "../../farm/farm-command.ts";
import { FarmPaths, farmRoot } from "../../farm/paths.ts";
import { customerClusterId, SECOND_CENTRAL_NODE, secondNodeOf } from "../../farm/plan.ts";
import type { Progress } from "../../farm/progress.ts";
import { isFarmRunning } from "../../farm/status.ts";
import { cordon } from "../injection/nodes.ts";
import { ensureApplication } from "./application.ts";
import { ensureArgoBaseline } from "./argo-baseline.ts";
import { CUSTOMER, openSite, prepareBatch, prepareCredential, type Site, sandboxOf } from "./site.ts";

/** What the suite needs from the farm. */
export interface Needs {
  /** Clusters that need a second node, to lose it. */
  readonly secondNodes: ReadonlySet<"central" | "customer">;
  /** Argo in the customer's cluster. */
  readonly argo: boolean;
}

/** Starts a fresh farm or completes a running one, deploys the suite's customer, and opens its site. */
export async function raise(needs: Needs, progress: Progress): Promise<{ site: Site; end: () => Promise<void> }> {
  const paths = new FarmPaths(farmRoot());
  const ranBefore = await isFarmRunning(paths);
  const end = async (): Promise<void> => {
    if (!ranBefore) {
      await farmCommand("down");
    }
  };
  // What a killed farm left behind.
  await end();
  try {
    await farmCommand("up", ...[...needs.secondNodes].flatMap((cluster) => [`--${cluster}-nodes`, "2"]));
    // Read once per process, so not before they exist.
    process.env.NIGHTLANE_IMAGES = paths.images;
    const pulumi = await FarmPulumi.of(paths, progress);
    const own = await prepareCredential(paths, CUSTOMER);
    const credentials = { ...own, batch: await prepareBatch(paths, CUSTOMER, own.remoteApi) };
    for (const stack of ["platform", CUSTOMER]) {
      await progress.step(`pulumi up: ${stack}`, () => pulumi.up(stack));
    }
    const site = await openSite(paths, pulumi, credentials, CUSTOMER);
    await ensureApplication(site.remote);
    if (needs.secondNodes.has("central")) {
      await cordon(site.central, SECOND_CENTRAL_NODE, true);
    }
    if (needs.secondNodes.has("customer")) {
      await cordon(site.remoteApi, secondNodeOf(customerClusterId(CUSTOMER)), true);
    }
    if (needs.argo) {
      await progress.step("plain Argo", async () =>
        ensureArgoBaseline({
          paths,
          sandbox: await sandboxOf(paths, `customer-${CUSTOMER}`),
          adminKubeconfig: paths.customer(CUSTOMER).adminKubeconfig,
          namespace: site.namespace,
          reporter: progress,
        }),
      );
    }
    return {
      site,
      end: async () => {
        await site.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
