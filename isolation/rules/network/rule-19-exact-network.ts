import type { CustomerLane } from "../../model/estate.ts";
import type { EstateView } from "../../model/view.ts";
import { laneTarget, laneTargets, showAllowance } from "../../network/destination.ts";
import type { Inspection, Rule } from "../rule.ts";

export const exactNetwork: Rule = {
  number: 19,
  name: "exact-network",
  info: "The union of a lane's policies is not exactly its customer's API server and the central API server, each on its one port; or something may reach the lane's pods.",
  explanation:
    "Policies add up: one that looks harmless alone opens what another left closed, and no policy can take back what another gives. So they are judged together, by what they mean (ranges of ports, holes in blocks, empty peers), not by how they are written. All that a lane needs is there, and not one address or port more. Names are not needed, and a resolver would carry anything out of the lane that is put into a name. Argo's executor needs the central API server; the runner beside it can reach it too, without a token.",
  unit: "allowances",
  check(view, inspection) {
    for (const lane of view.customers) {
      if (lane.endpoint === undefined) {
        inspection.note(`customer ${lane.name}: neither a definition nor a manifest names its API server`);
      }
      checkLane(view, lane, inspection);
    }
  },
};

function checkLane(view: EstateView, lane: CustomerLane, inspection: Inspection): void {
  const network = view.networks.get(lane.namespace);
  const reached: string[] = [];
  for (const allowance of network?.egress ?? []) {
    inspection.examine();
    const target = laneTarget(allowance, lane, view.central);
    if (target === undefined) {
      inspection.report(
        allowance.policy,
        `${allowance.path} lets the lane's pods reach ${showAllowance(allowance)}`,
        "remove it: a lane reaches its own API server and the central one, and no names",
      );
    } else {
      reached.push(`${target.kind} at ${target.address}`);
    }
  }
  for (const allowance of network?.ingress ?? []) {
    inspection.examine();
    inspection.report(
      allowance.policy,
      `${allowance.path} lets ${showAllowance(allowance)} reach the lane's pods`,
      "remove it: nothing reaches a lane's pods",
    );
  }
  const wanted = laneTargets(lane, view.central).map(({ kind, address }) => `${kind} at ${address}`);
  for (const target of wanted.filter((each) => !reached.includes(each))) {
    inspection.report(
      `Namespace ${lane.namespace}`,
      `no policy lets the lane's pods reach the ${target}, so nights cannot run, or not always`,
      "allow it in constructs/lane/network-boundary.ts",
    );
  }
}
