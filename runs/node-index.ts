import { parameter, type WorkflowNode } from "./workflow.ts";

/** A night's nodes by what its steps are found by. */
export interface NodeIndex {
  /** By their name as people see it. */
  readonly named: ReadonlyMap<string, readonly WorkflowNode[]>;
  /** By the node around them. */
  readonly within: ReadonlyMap<string, readonly WorkflowNode[]>;
  /** Gates and what reuses earlier results, by the step that they are of. */
  readonly about: ReadonlyMap<string, readonly WorkflowNode[]>;
}

const known = new WeakMap<readonly WorkflowNode[], NodeIndex>();

/** The index of a night's nodes, made once: looking through all of them for each step takes long in a large night. */
export function indexOf(nodes: readonly WorkflowNode[]): NodeIndex {
  const index = known.get(nodes) ?? {
    named: grouped(nodes, ({ displayName }) => displayName),
    within: grouped(nodes, ({ boundaryID = "" }) => boundaryID),
    about: grouped(
      nodes.filter(({ templateName }) => templateName === "gate" || templateName === "reuse"),
      ({ inputs }) => parameter(inputs?.parameters, "job") ?? "",
    ),
  };
  known.set(nodes, index);
  return index;
}

function grouped(
  nodes: readonly WorkflowNode[],
  keyOf: (node: WorkflowNode) => string,
): ReadonlyMap<string, readonly WorkflowNode[]> {
  const groups = new Map<string, WorkflowNode[]>();
  for (const node of nodes) {
    const key = keyOf(node);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [node]);
    } else {
      group.push(node);
    }
  }
  return groups;
}
