import { randomBytes, randomUUID } from "node:crypto";
import { ACT_PREFIX } from "../../../runs/annotations.ts";
import { actName } from "../../../runs/night-act.ts";
import { pathOf } from "../../support/api.ts";
import type { Attempt } from "../attempt.ts";
import { type Forbidden, type LaneUnderTest, NIGHTWATCH, OPERATOR, refusals } from "./lane.ts";

interface Annotated {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string | null>> };
}

/** The note in every change of a night: who asked for it, and why. */
export function actBy(user: string): Readonly<Record<string, string>> {
  const act = { by: user, verb: "run", reason: "isolation probe", at: "2026-03-31T20:30:00.000Z" };
  return { [`${ACT_PREFIX}${randomUUID()}`]: JSON.stringify(act) };
}

/** A change by nightwatch, with the note of the act that it carries out. */
export function withAct(body: object, user = OPERATOR.user): object {
  const { metadata }: Annotated = body;
  return { ...body, metadata: { ...metadata, annotations: { ...metadata?.annotations, ...actBy(user) } } };
}

/** Acts that people must not ask for: in another's name, forged, or controlling what displays them. */
export function askedActAttempts({
  api,
  namespace,
  otherNamespace,
  storedWorkflow,
}: LaneUnderTest): readonly Attempt[] {
  const act = { verb: "pause", night: storedWorkflow.metadata.name, by: OPERATOR.user, reason: "isolation probe" };
  const path = (inNamespace = namespace, name?: string, subresource?: string): string =>
    pathOf({
      apiVersion: "nightlane.example/v1",
      resource: "nightacts",
      namespace: inNamespace,
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
    });
  const ask = (spec: object, metadata: object = {}, more: object = {}) =>
    ({
      method: "POST",
      path: path(),
      body: {
        apiVersion: "nightlane.example/v1",
        kind: "NightAct",
        metadata: { name: actName(new Date(), randomBytes(3).toString("hex")), namespace, ...metadata },
        spec,
        ...more,
      },
      as: OPERATOR,
    }) as const;
  const attempt = (what: string, call: Forbidden["call"], policy?: string, actor = "operator"): Forbidden => ({
    invariant: 26,
    actor,
    what,
    call,
    ...(policy === undefined ? {} : { policy }),
  });
  const honest = "nightlane-night-acts";
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "x", uid: randomUUID() };
  return refusals(api, { what: "an act in the operator's own name", call: ask(act) }, [
    attempt("an act in somebody else's name", ask({ ...act, by: "anna@vendor.example" }), honest),
    attempt(
      "an act in the name of a group of others",
      ask({ ...act, verb: "release", step: "market", attempt: 1, group: "risk-control" }),
      honest,
    ),
    attempt("an act in nightwatch's name", ask({ ...act, by: NIGHTWATCH.user }), honest),
    attempt(
      "an act in an operator's name",
      { ...ask(act), as: { user: "bert", groups: ["system:masters"] } },
      honest,
      "administrator",
    ),
    attempt("an act without an author", ask({ verb: "pause", night: act.night, reason: "x" })),
    attempt("an act without a reason", ask({ ...act, reason: "" })),
    attempt("a reason of a megabyte", ask({ ...act, reason: "x".repeat(1_000_000) })),
    attempt("a reason that steers a terminal", ask({ ...act, reason: "\u001b[2Jgone" })),
    attempt(
      "a reason of two lines, the second of which looks like another act",
      ask({ ...act, reason: "ok\nby admin" }),
    ),
    attempt("a reason written from right to left", ask({ ...act, reason: "\u202elaw" })),
    attempt("a verb that is none", ask({ ...act, verb: "delete" })),
    attempt("a night that is a path", ask({ ...act, night: "../argo/night" })),
    attempt("a step that is an expression", ask({ ...act, verb: "retry", step: "{{workflow.name}}", attempt: 1 })),
    attempt("a decision that does not say which attempt was seen", ask({ ...act, verb: "retry", step: "market" })),
    attempt("a night of no date", ask({ verb: "run", by: act.by, reason: act.reason })),
    attempt("a date that is none", ask({ verb: "run", by: act.by, reason: act.reason, date: "2026-02-30x" })),
    ...foreignFields(act.night).map(([what, spec]) => attempt(what, ask({ by: act.by, reason: act.reason, ...spec }))),
    attempt("a night of another lane", ask({ ...act, night: `${otherNamespace}/${act.night}` })),
    attempt("an act that belongs to another object, and goes with it", ask(act, { ownerReferences: [owner] }), honest),
    attempt("an act that nobody can remove", ask(act, { finalizers: ["nightlane.example/keep"] }), honest),
    attempt("an act under a name of its own", ask(act, { name: "zz-first-of-all" }), honest),
    attempt("an act of a time that is none", ask(act, { name: "act-99999999999999999-abcdef" }), honest),
    attempt("an act of a day that its month has not", ask(act, { name: "act-20260230000000000-abcdef" }), honest),
    attempt("an act of long ago", ask(act, { name: "act-20200101000000000-abcdef" }), honest),
    attempt("an act of the day after tomorrow", ask(act, { name: actName(inDays(2), "abcdef") }), honest),
    attempt(
      "an act of long ago that says when it was made",
      ask(act, { name: "act-20200101000000000-abcdef", creationTimestamp: "2020-01-01T00:00:00Z" }),
      honest,
    ),
    attempt("an act for a namespace that is not a lane", {
      ...ask(act, { namespace: "argo" }),
      path: path("argo"),
    }),
    attempt("an act of another lane read by a lane's own identity", {
      method: "GET",
      path: path(otherNamespace),
      as: {
        user: `system:serviceaccount:${namespace}:executor`,
        groups: ["system:serviceaccounts", "system:authenticated"],
      },
    }),
    attempt("acts deleted", { method: "DELETE", path: path(namespace, "act-20260331203000000-0a1b2c"), as: OPERATOR }),
    attempt("an act declared done", {
      method: "PATCH",
      path: path(namespace, "act-20260331203000000-0a1b2c", "status"),
      body: { status: { phase: "Done", message: "done", at: "2026-03-31T20:30:00Z" } },
      as: OPERATOR,
    }),
    ...writes(namespace, storedWorkflow.metadata.name).map(([what, call]) => attempt(what, { ...call, as: OPERATOR })),
  ]);
}

/** Values that the verb ignores, but that would be recorded and shown all the same. */
function foreignFields(night: string): readonly (readonly [what: string, spec: object])[] {
  const date = "2026-03-31";
  return [
    ["a restatement that hides who has started it behind a step", { verb: "restate", date, step: "x" }],
    ["a waiver of a step, of which there is none", { verb: "waive", night, step: "market" }],
    ["a backfill that hurries as if it were about a night", { verb: "backfill", date, to: date, night }],
    ["a start that is shown as an act on another night", { verb: "run", date, night: "night-month-end-1" }],
    ["a release of an end", { verb: "end", night, group: "nightlane:oncall" }],
    ["a schedule that is on until a time", { verb: "schedule-on", until: "2026-04-01T00:00:00Z" }],
    ["a remark that is about a step", { verb: "note", night, step: "market", attempt: 1 }],
  ];
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

/** Writes that operators once could make, and that now need an act of nightwatch's. */
function writes(namespace: string, night: string): readonly (readonly [what: string, call: Forbidden["call"]])[] {
  const argo = (resource: string, name?: string): string =>
    pathOf({ apiVersion: "argoproj.io/v1alpha1", resource, namespace, ...(name === undefined ? {} : { name }) });
  const core = (resource: string, name?: string): string =>
    pathOf({ apiVersion: "v1", resource, namespace, ...(name === undefined ? {} : { name }) });
  const body = { metadata: { annotations: { "nightlane/probe": "x" } } };
  return [
    ["a night started by its own hand", { method: "POST", path: argo("workflows"), body }],
    [
      "a night paused by its own hand",
      { method: "PATCH", path: argo("workflows", night), body: { spec: { suspend: true } } },
    ],
    ["a night deleted", { method: "DELETE", path: argo("workflows", night) }],
    ["a schedule taken off by its own hand", { method: "PATCH", path: argo("cronworkflows", "night"), body }],
    ["a template written", { method: "PATCH", path: argo("workflowtemplates", "night-0123456789"), body }],
    ["a hold written by its own hand", { method: "POST", path: core("configmaps"), body }],
    ["an order to a runner by its own hand", { method: "PATCH", path: core("pods", "night-market"), body }],
  ];
}

/** Notes of acts that nobody must write: run records must never be based on them. */
export function notedActAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace, storedWorkflow, storedPod, cron } = lane;
  const argo = (resource: string, name: string): string =>
    pathOf({ apiVersion: "argoproj.io/v1alpha1", resource, namespace, name });
  const night = argo("workflows", storedWorkflow.metadata.name);
  const schedule = argo("cronworkflows", cron.metadata.name);
  const pod = pathOf({ apiVersion: "v1", resource: "pods", namespace, name: storedPod.metadata.name });
  const patch = (path: string, body: object) => ({ method: "PATCH", path, body, as: NIGHTWATCH }) as const;
  const pause = { spec: { suspend: true } };
  const order = { metadata: { annotations: { "nightlane/order": "stop" } } };
  const [noted = ""] = Object.keys(storedWorkflow.metadata.annotations ?? {}).filter((key) =>
    key.startsWith(ACT_PREFIX),
  );
  const rewritten = { metadata: { annotations: { [noted]: JSON.stringify({ by: "anna", verb: "skip" }) } } };
  const attempt = (what: string, call: Forbidden["call"], actor = "nightwatch"): Forbidden => ({
    invariant: 26,
    actor,
    what,
    policy: "nightlane-noted-acts",
    call,
  });
  const ofSchedule = (what: string, body: object): Forbidden => ({
    ...attempt(what, patch(schedule, withAct(body))),
    policy: "nightlane-cron-workflow",
  });
  return [
    ...refusals(api, { what: "a night paused, with who and why", call: patch(night, withAct(pause)) }, [
      attempt("a night paused without who and why", patch(night, pause)),
      attempt("an act rewritten", patch(night, withAct(rewritten))),
      attempt("an act removed", patch(night, withAct({ metadata: { annotations: { [noted]: null } } }))),
      attempt("an act noted by hand", { method: "PATCH", path: night, body: withAct(pause) }, "administrator"),
    ]),
    ...refusals(api, { what: "an order to a running step, with who and why", call: patch(pod, withAct(order)) }, [
      attempt("an order without who and why", patch(pod, order)),
    ]),
    ...refusals(api, { what: "a schedule taken off, with who and why", call: patch(schedule, withAct(pause)) }, [
      attempt("a schedule taken off without who and why", patch(schedule, pause)),
      ofSchedule("a schedule moved", { spec: { schedules: ["* * * * *"] } }),
      ofSchedule("a schedule that starts another template", {
        spec: { workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } } },
      }),
      ofSchedule("a schedule that lets nights overlap", { spec: { concurrencyPolicy: "Allow" } }),
    ]),
  ];
}
