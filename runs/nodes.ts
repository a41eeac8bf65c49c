import { gunzipSync, gzipSync } from "node:zlib";
import { parsedObject } from "./json.ts";
import { UnreadableRun } from "./unreadable-run.ts";
import type { Workflow, WorkflowNode } from "./workflow.ts";

/**
 * Most bytes of a night's nodes unpacked. Those of 400 steps, the most there may be, are 3 MiB, and 5 if each is tried
 * five times; what fits into a workflow packed, 13. A thousandth as much can be packed so that it takes all memory
 * there is.
 */
export const MOST_UNPACKED_BYTES = 32 * 2 ** 20;

/**
 * All nodes of a workflow, decompressed if the controller compressed them.
 * @throws UnreadableRun where the controller keeps them in a database, which only Argo's own server can read, and where
 * the packed content is not a night's nodes
 */
export function workflowNodes(workflow: Workflow): readonly WorkflowNode[] {
  const { nodes, compressedNodes, offloadNodeStatusVersion } = workflow.status ?? {};
  if (offloadNodeStatusVersion) {
    throw new UnreadableRun(
      `the nodes of ${workflow.metadata.name} are kept in a database (offloadNodeStatusVersion ${offloadNodeStatusVersion}), not in the workflow`,
      "`argo get` against Argo's server shows this night; nightlane end ends it",
    );
  }
  if (compressedNodes) {
    return unpacked(compressedNodes, workflow.metadata.name);
  }
  return Object.values(nodes ?? {});
}

function unpacked(packed: string, night: string): readonly WorkflowNode[] {
  const remedy = `\`argo get ${night}\` shows what Argo makes of it; nightlane end ends it`;
  const text = inflated(packed, (reason) => new UnreadableRun(`the packed nodes of ${night} ${reason}`, remedy));
  const nodes = parsedObject(text);
  if (nodes === undefined) {
    throw new UnreadableRun(`the packed nodes of ${night} are not a JSON object`, remedy);
  }
  // The content of each node is checked by the code that reads it.
  return Object.values(nodes) as readonly WorkflowNode[];
}

function inflated(packed: string, refused: (reason: string) => Error): string {
  try {
    return gunzipSync(Buffer.from(packed, "base64"), { maxOutputLength: MOST_UNPACKED_BYTES }).toString();
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw refused(
      code === "ERR_BUFFER_TOO_LARGE"
        ? `are more than ${MOST_UNPACKED_BYTES / 2 ** 20} MiB unpacked, which no night's are`
        : `cannot be unpacked: ${code}`,
    );
  }
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
