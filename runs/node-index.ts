import { grouped } from "./grouped.ts";
import { TEMPLATE } from "./template-names.ts";
import { parameter, type WorkflowNode } from "./workflow.ts";

/** Names in the templates of older runs, which are kept for their replays: of the hold, and of the step's name. */
const FORMER_HOLD = "gate";
const FORMER_STEP = "job";

/** A night's nodes by the keys under which its steps are looked up. */
export interface NodeIndex {
  /** By their name as people see it. */
  readonly named: ReadonlyMap<string, readonly WorkflowNode[]>;
  /** By the node around them. */
  readonly within: ReadonlyMap<string, readonly WorkflowNode[]>;
  /** Holds and nodes that reuse earlier results, by their step. */
  readonly about: ReadonlyMap<string, readonly WorkflowNode[]>;
}

/** For the night that is being read: one is read after the other, and what is not kept costs no memory. */
let last: { readonly nodes: readonly WorkflowNode[]; readonly index: NodeIndex } | undefined;

/** The index of a night's nodes, made once: searching all of them for each step takes long in a large night. */
export function indexOf(nodes: readonly WorkflowNode[]): NodeIndex {
  if (last?.nodes !== nodes) {
    last = { nodes, index: newIndex(nodes) };
  }
  return last.index;
}

function newIndex(nodes: readonly WorkflowNode[]): NodeIndex {
  return {
    named: grouped(nodes, ({ displayName }) => displayName),
    within: grouped(nodes, ({ boundaryID = "" }) => boundaryID),
    about: grouped(
      nodes.filter((node) => isHold(node) || node.templateName === TEMPLATE.reuse),
      ({ inputs }) => parameter(inputs?.parameters, "step") ?? parameter(inputs?.parameters, FORMER_STEP) ?? "",
    ),
  };
}

/** Whether a node is the one at which a step waits while an operator holds it. */
export function isHold({ templateName }: WorkflowNode): boolean {
  return templateName === TEMPLATE.hold || templateName === FORMER_HOLD;
}
