import { readFileSync } from "node:fs";
import { auditLogFile } from "../farm/audit-log.ts";
import type { FarmPaths } from "../farm/paths.ts";

/** One write that the central API server answered. */
export interface AuditedWrite {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: {
    readonly username: string;
    readonly groups?: readonly string[];
    /** What else the API server knows, as the pod of a token. */
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly objectRef?: {
    readonly resource: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly message?: string };
  readonly requestObject?: object;
}

/** Every write to Argo's objects and to pods that the farm's central API server has answered so far. */
export function auditedWrites(paths: FarmPaths): readonly AuditedWrite[] {
  const text = readFileSync(auditLogFile(paths.cluster("central").config), "utf8");
  // The last line may be half written.
  const lines = text.slice(0, text.lastIndexOf("\n")).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as AuditedWrite);
}

/** What a write is, in one line without names: `system:serviceaccount:argo:argo create workflows`. */
export function kindOfWrite({ user, verb, objectRef }: AuditedWrite): string {
  const { resource = "", subresource } = objectRef ?? {};
  return `${user.username} ${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`;
}
