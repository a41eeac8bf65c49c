import { groupSteps } from "../../runs/graph/step-groups.ts";
import type { NightGraph, NightNode } from "./night-graph.ts";

/** A large night with similar steps folded into one, as the page shows it; a small one as it is. */
export function foldGraph(graph: NightGraph): NightGraph {
  const nodes = groupSteps(graph.nodes).map(({ name, members, after, rank }): NightNode => {
    const [first, ...others] = members as readonly [NightNode, ...NightNode[]];
    const when = others.every((other) => other.when === first.when) ? first.when : undefined;
    return { ...first, name, after, rank, when, facts: commonFacts(members) };
  });
  return { ...graph, nodes };
}

/** What all of them share, and where they differ. */
function commonFacts(members: readonly NightNode[]): readonly string[] {
  const [first, ...others] = members;
  const common = (first?.facts ?? []).filter((fact) => others.every(({ facts }) => facts.includes(fact)));
  return common.length === first?.facts.length ? common : [...common, "otherwise different"];
}
