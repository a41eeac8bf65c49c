import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Identity } from "./api.ts";
import type { AuditedWrite } from "./audit-log.ts";

/** One request that Argo really sent in a scheduled night, without what differs from night to night. */
export interface ArgoRequest {
  readonly as: Identity;
  readonly verb: "create" | "update" | "patch" | "delete" | "deletecollection";
  readonly resource: string;
  /** Path without the query. */
  readonly path: string;
  readonly body?: object;
}

/** Names of Argo's own parts in the record; their images are set when they are sent again. */
export const RUNNER_IMAGE = "image:runner";
export const EXECUTOR_IMAGE = "image:executor";

/** A night that its schedule started, as the API server was asked for it. */
export interface RecordedNight {
  /** Name that Argo gave to the workflow. */
  readonly workflow: string;
  readonly namespace: string;
  readonly requests: readonly ArgoRequest[];
}

/** File of the record, which `record-argo-requests.ts` writes. */
export const RECORD = fileURLToPath(new URL("argo-requests.json", import.meta.url));

/** What was recorded in the farm. */
export function recordedNight(): RecordedNight {
  return JSON.parse(readFileSync(RECORD, "utf8"));
}

const VERBS: readonly string[] = ["create", "update", "patch", "delete", "deletecollection"];

/**
 * The requests of a lane from an audit log, the first of each kind in their order: what Argo's controller, its
 * schedule, its executor, the kubelet, the scheduler and the garbage collection sent. Nothing is kept of what people
 * did, or of workflows that no schedule started.
 */
export function requestsOf(
  writes: readonly AuditedWrite[],
  night: { readonly namespace: string; readonly workflow: string },
  images: { readonly runner: string; readonly argoExecutor: string },
): readonly ArgoRequest[] {
  const found = new Map<string, ArgoRequest>();
  for (const { verb, user, objectRef, requestURI, requestObject, responseStatus } of writes) {
    const { resource = "", namespace, subresource, name = "" } = objectRef ?? {};
    const taken = (responseStatus?.code ?? 500) < 300;
    const byPerson = user.groups?.includes("system:masters") === true;
    const ofNight =
      name.startsWith(night.workflow) || JSON.stringify(requestObject ?? {}).includes(`"${night.workflow}`);
    // What is removed or entered has no body that names the night.
    const anyDoes = verb.startsWith("delete") || subresource === "exec";
    const kind = `${user.username} ${verb} ${resource}/${subresource ?? ""}`;
    if (
      VERBS.includes(verb) &&
      taken &&
      !byPerson &&
      namespace === night.namespace &&
      (ofNight || anyDoes) &&
      !found.has(kind)
    ) {
      found.set(kind, {
        as: { user: user.username, groups: user.groups ?? [], ...podOf(user.extra) },
        verb: verb as ArgoRequest["verb"],
        resource: subresource === undefined ? resource : `${resource}/${subresource}`,
        path: subresource === "exec" ? requestURI : requestURI.replace(/\?.*$/, ""),
        ...(requestObject === undefined || anyDoes ? {} : { body: withoutImages(requestObject, images) }),
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

/** Key under which the API server records whose token it was. */
const POD_NAME = "authentication.kubernetes.io/pod-name";

/** The pod whose token came with a request: policies depend on it. */
function podOf(extra: AuditedWrite["user"]["extra"]): Pick<Identity, "extra"> {
  const name = extra?.[POD_NAME]?.[0];
  return name === undefined ? {} : { extra: { [POD_NAME]: name } };
}
