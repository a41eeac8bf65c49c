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
  const { key, value } = node;
  const found = (what: string): HostAccess => ({ path: pathOf(node), what });
  if (typeof key !== "string") {
    return undefined;
  }
  if (SHARED_WITH_HOST.has(key) && (value === true || value === "true")) {
    return found(key);
  }
  if (key === "hostPath" && isFields(value)) {
    return found("hostPath");
  }
  if (key === "hostPort" && typeof value === "number" && value > 0) {
    return found("hostPort");
  }
  return key === "podSpecPatch" && typeof value === "string" ? patchAccess(value, found) : undefined;
}

/** A patch is read when the pod is made: what a placeholder puts into it cannot be known here. */
function patchAccess(patch: string, found: (what: string) => HostAccess): HostAccess | undefined {
  if (patch.includes("{{")) {
    return found("podSpecPatch with a placeholder, which may become anything");
  }
  const named = /host(Network|PID|IPC|Path|Port)|privileged/.exec(patch);
  return named === null ? undefined : found(`podSpecPatch with ${named[0]}`);
}
