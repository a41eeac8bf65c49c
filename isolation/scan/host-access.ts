import { isFields } from "../model/fields.ts";
import { type Node, pathOf } from "./walk.ts";

/** Fields of a pod that take it out of its own namespaces when they are true. */
const SHARED_WITH_HOST = new Set(["hostNetwork", "hostPID", "hostIPC", "privileged"]);

/** A place in a manifest that asks for something of the node. */
export interface HostAccess {
  readonly path: string;
  readonly what: string;
}

/** Whether one field asks for something of the node that would make a pod one with it. */
export function hostAccess(node: Node): HostAccess | undefined {
  const what = typeof node.key === "string" ? wanted(node.key, node.value) : undefined;
  return what === undefined ? undefined : { path: pathOf(node), what };
}

function wanted(key: string, value: unknown): string | undefined {
  if (SHARED_WITH_HOST.has(key)) {
    return value === true || value === "true" ? key : undefined;
  }
  switch (key) {
    case "hostPath":
      return isFields(value) ? key : undefined;
    case "hostPort":
      return typeof value === "number" && value > 0 ? key : undefined;
    case "podSpecPatch":
      return typeof value === "string" ? wantedByPatch(value) : undefined;
    default:
      return undefined;
  }
}

/** A patch is read when the pod is made: what a placeholder puts into it cannot be known here. */
function wantedByPatch(patch: string): string | undefined {
  if (patch.includes("{{")) {
    return "podSpecPatch with a placeholder, which may become anything";
  }
  const named = /host(Network|PID|IPC|Path|Port)|privileged/.exec(patch);
  return named === null ? undefined : `podSpecPatch with ${named[0]}`;
}
