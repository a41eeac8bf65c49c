import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { contentName, NIGHT } from "../../constructs/lane/content-name.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { WatchedNight } from "../farm/demo/watch-nights.ts";
import type { TestLane, TestNight } from "./test-lane.ts";

/** Starts the night of a file in `examples/customers/` in the lane, and so in the cluster, of a customer of the farm. */
export async function startExampleNight(
  lane: TestLane,
  example: string,
  customer: string,
  date: string,
): Promise<TestNight & { readonly watched: WatchedNight }> {
  const { workflow } = await loadCustomer(example, "examples/customers");
  const spec = nightSpec({ ...(await loadCustomer(customer)), workflow });
  const namespace = laneNamespace(customer);
  const name = contentName(NIGHT, spec);
  await lane.create({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name, namespace },
    spec,
  });
  const night = await lane.startNight(date, name);
  return { ...night, watched: { customer, displayName: customer, namespace, workflow: night.workflow } };
}
