import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { CUSTOMER as CHAOS_CUSTOMER } from "../chaos/site/site.ts";
import type { Progress } from "../farm/progress.ts";
import { Monitoring } from "./monitoring.ts";
import { Operator } from "./operator.ts";
import type { Round } from "./plan.ts";
import { raise } from "./raise.ts";
import type { Findings } from "./report.ts";
import { soak } from "./soak.ts";
import { SoakLane } from "./soak-lane.ts";

/** What a soak is started with. */
export interface RunProps {
  readonly customers: readonly string[];
  readonly rounds: readonly Round[];
  readonly progress: Progress;
  /** Fires when the soak is given up. */
  readonly abort: AbortSignal;
}

/** Starts the farm and its monitoring, runs the soak, and restores everything, however that ends. */
export async function runSoak({ customers, rounds, progress, abort }: RunProps): Promise<Findings> {
  const ends: { readonly what: string; readonly end: () => Promise<void> }[] = [];
  try {
    const { sites, end } = await raise(customers, progress, abort);
    ends.push({ what: "the farm", end });
    const [first] = sites;
    if (first === undefined) {
      throw new Error("the soak has no customer");
    }
    const chaos = await loadCustomer(CHAOS_CUSTOMER);
    const lanes = new Map<string, SoakLane>();
    for (const site of sites) {
      const lane = await SoakLane.open(site, chaos, abort);
      lanes.set(site.customer.name, lane);
      ends.push({ what: `the lane of ${site.customer.name}`, end: () => lane.close() });
    }
    const monitoring = await progress.step("Prometheus and Alertmanager", () =>
      Monitoring.start(first.paths, first.central),
    );
    ends.push({ what: "Prometheus and Alertmanager", end: () => monitoring.stop() });
    const operator = await Operator.of(first.paths, first.central);
    ends.push({ what: "the operator", end: () => operator.end() });
    return await soak({ lanes, rounds, monitoring, operator, progress, abort });
  } finally {
    // Each by itself: what cannot be restored must not stop the rest.
    for (const { what, end } of ends.reverse()) {
      await end().catch((error: unknown) => progress.note(`${what} could not be left as it was: ${error}`));
    }
  }
}
