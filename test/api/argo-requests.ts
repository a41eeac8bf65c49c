import type { AuditedWrite } from "../support/audit-log.ts";

/** One request that Argo really sent in a scheduled night, without what differs from night to night. */
export interface ArgoRequest {
  readonly as: { readonly user: string; readonly groups: readonly string[] };
  readonly verb: "create" | "update" | "patch" | "delete" | "deletecollection";
  readonly resource: string;
  /** Path without the query. */
  readonly path: string;
  readonly body?: object;
}

/** Names of Argo's own parts in the record; which image they are is said when they are sent again. */
export const RUNNER_IMAGE = "image:runner";
export const EXECUTOR_IMAGE = "image:executor";

/**
 * The requests of one night from an audit log, the first of each kind in their order: what Argo's controller, its
 * schedule, its executor and the garbage collection sent.
 */
export function requestsOf(
  writes: readonly AuditedWrite[],
  night: { readonly namespace: string; readonly workflow: string },
  images: { readonly runner: string; readonly argoExecutor: string },
): readonly ArgoRequest[] {
  const found = new Map<string, ArgoRequest>();
  for (const { verb, user, objectRef, requestURI, requestObject, responseStatus } of writes) {
    const { resource = "", namespace, subresource, name = "" } = objectRef ?? {};
    const path = requestURI.replace(/\?.*$/, "");
    const ofNight =
      name.startsWith(night.workflow) || JSON.stringify(requestObject ?? {}).includes(`"${night.workflow}`);
    const isVerb = ["create", "update", "patch", "delete", "deletecollection"].includes(verb);
    const stored = (responseStatus?.code ?? 500) < 300;
    const kind = `${user.username} ${verb} ${resource}/${subresource ?? ""}`;
    if (
      isVerb &&
      stored &&
      namespace === night.namespace &&
      ofNight &&
      !user.groups?.includes("system:masters") &&
      !found.has(kind)
    ) {
      found.set(kind, {
        as: { user: user.username, groups: user.groups ?? [] },
        verb: verb as ArgoRequest["verb"],
        resource: subresource === undefined ? resource : `${resource}/${subresource}`,
        path,
        ...(requestObject === undefined ? {} : { body: withoutImages(requestObject, images) }),
      });
    }
  }
  return [...found.values()];
}

function withoutImages(body: object, { runner, argoExecutor }: { runner: string; argoExecutor: string }): object {
  return JSON.parse(
    JSON.stringify(body).replaceAll(runner, RUNNER_IMAGE).replaceAll(argoExecutor, EXECUTOR_IMAGE),
    (key, value: unknown) => (key === "managedFields" ? undefined : value),
  ) as object;
}
