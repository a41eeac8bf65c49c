import { randomUUID } from "node:crypto";
import { ACT_PREFIX } from "../../../runs/annotations.ts";
import { pathOf } from "../api.ts";
import type { Attempt } from "../attempt.ts";
import { type Forbidden, type LaneUnderTest, OPERATOR, refusals } from "./lane.ts";

interface Annotated {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string | null>> };
}

/** The note that an operator's every change of a night carries: who makes it, and why. */
export function actBy(user: string): Readonly<Record<string, string>> {
  const act = { by: user, verb: "run", reason: "isolation probe", at: "2026-03-31T20:30:00.000Z" };
  return { [`${ACT_PREFIX}${randomUUID()}`]: JSON.stringify(act) };
}

/** A change by the operator, with its note. */
export function withAct(body: object, user = OPERATOR.user): object {
  const { metadata }: Annotated = body;
  return { ...body, metadata: { ...metadata, annotations: { ...metadata?.annotations, ...actBy(user) } } };
}

/** Acts in another's name, changes without an act, and acts rewritten: what run records must never rest on. */
export function actAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace, storedWorkflow, storedPod } = lane;
  const night = pathOf({
    apiVersion: "argoproj.io/v1alpha1",
    resource: "workflows",
    namespace,
    name: storedWorkflow.metadata.name,
  });
  const pod = pathOf({ apiVersion: "v1", resource: "pods", namespace, name: storedPod.metadata.name });
  const patch = (path: string, body: object) => ({ method: "PATCH", path, body, as: OPERATOR }) as const;
  const pause = { spec: { suspend: true } };
  const order = { metadata: { annotations: { "nightlane/order": "stop" } } };
  const [noted = ""] = Object.keys(storedWorkflow.metadata.annotations ?? {}).filter((key) =>
    key.startsWith(ACT_PREFIX),
  );
  const rewritten = { metadata: { annotations: { [noted]: JSON.stringify({ by: OPERATOR.user, verb: "skip" }) } } };
  const attempt = (policy: string, what: string, call: Forbidden["call"], actor = "operator"): Forbidden => ({
    invariant: 26,
    actor,
    what,
    policy,
    call,
  });
  return [
    ...refusals(api, { what: "a night paused, with who and why", call: patch(night, withAct(pause)) }, [
      attempt("nightlane-acts", "a night paused in somebody else's name", patch(night, withAct(pause, "anna"))),
      attempt("nightlane-acts-required", "a night paused without who and why", patch(night, pause)),
      attempt("nightlane-acts", "an act rewritten", patch(night, withAct(rewritten))),
      attempt(
        "nightlane-acts",
        "an act removed",
        patch(night, withAct({ metadata: { annotations: { [noted]: null } } })),
      ),
      attempt(
        "nightlane-acts",
        "an act in an operator's name",
        { method: "PATCH", path: night, body: withAct(pause) },
        "administrator",
      ),
    ]),
    ...refusals(api, { what: "an order to a running step, with who and why", call: patch(pod, withAct(order)) }, [
      attempt("nightlane-acts", "an order in somebody else's name", patch(pod, withAct(order, "anna"))),
      attempt("nightlane-acts-required", "an order without who and why", patch(pod, order)),
    ]),
  ];
}
