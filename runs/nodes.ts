import { gunzipSync, gzipSync } from "node:zlib";
import { UnreadableRun } from "./unreadable-run.ts";
import type { Workflow, WorkflowNode } from "./workflow.ts";

/**
 * All nodes of a workflow, also of one so large that the controller compressed them.
 * @throws UnreadableRun where the controller keeps them in a database, which only Argo's own server can read
 */
export function workflowNodes(workflow: Workflow): readonly WorkflowNode[] {
  const { nodes, compressedNodes, offloadNodeStatusVersion } = workflow.status ?? {};
  if (offloadNodeStatusVersion) {
    throw new UnreadableRun(
      `the nodes of ${workflow.metadata.name} are kept in a database (offloadNodeStatusVersion ${offloadNodeStatusVersion}), not in the workflow`,
      "use `argo get` and `argo node set` against Argo's server for this night",
    );
  }
  if (compressedNodes) {
    const unpacked: Readonly<Record<string, WorkflowNode>> = JSON.parse(
      gunzipSync(Buffer.from(compressedNodes, "base64")).toString(),
    );
    return Object.values(unpacked);
  }
  return Object.values(nodes ?? {});
}

/**
 * The patch of a workflow's status that changes one node, in the form in which its controller keeps them.
 * @param change The fields that the node gets.
 */
export function nodePatch(workflow: Workflow, id: string, change: Partial<WorkflowNode>): object {
  if (!workflow.status?.compressedNodes) {
    return { nodes: { [id]: change } };
  }
  const nodes = Object.fromEntries(
    workflowNodes(workflow).map((node) => [node.id, node.id === id ? { ...node, ...change } : node]),
  );
  return { compressedNodes: gzipSync(JSON.stringify(nodes)).toString("base64") };
}
