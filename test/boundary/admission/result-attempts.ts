import { STEP_OUTPUTS } from "../../../constructs/workflow/step-outputs.ts";
import { type Identity, pathOf } from "../../support/api.ts";
import type { Attempt } from "../attempt.ts";
import { edited } from "../object-edit.ts";
import { executorOf, type Forbidden, type LaneUnderTest, NIGHTWATCH, OPERATOR, refusals } from "./lane.ts";

const ARGO = "argoproj.io/v1alpha1";

/** What Argo's calendar step reports, as its executor sends it. */
const OUTPUTS: readonly (readonly [string, string])[] = [
  ["business-date", "2026-03-31"],
  ["open", "yes"],
  ["variant", "quarter-end"],
  ["half-day", "no"],
  ["reason", "Fête de l’été, São João: 3/4"],
  ["credential-ends", "token=2027-11-28T19:40:44Z authority=2036-11-25T19:40:08Z"],
];

/** What a results step and one that failed report. */
const FURTHER: readonly (readonly [string, string])[] = [
  ["results", `{"sha256": "${"0".repeat(64)}", "files": {"var.json": "${"1".repeat(64)}"}}`],
  ["log-end", `eNpLTEpOSU1L+${"/Az9Q".repeat(500)}==`],
  ["lane-used", "7"],
  ["customer-used", ""],
];

/** Expressions of Argo's library, each of which would run in the one controller of all lanes. */
const EXPRESSIONS: readonly string[] = [
  "{{=1+1}}",
  '{{=sprig.repeat(2000000000,"A")}}',
  '{{=sprig.getHostByName("localhost")}}',
  "{{workflow.uid}}",
  "{{inputs.parameters.attempt}}",
  '{{=sprig.env("KUBERNETES_SERVICE_HOST")}}',
  "{{=toJson(workflow)}}",
];

/**
 * Reports of steps that must not be stored, by a holder of the executor's token, and by those who must not report at
 * all.
 */
export function resultAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace, storedWorkflow } = lane;
  const workflow = storedWorkflow.metadata;
  const path = pathOf({ apiVersion: ARGO, resource: "workflowtaskresults", namespace });
  const pod = `${workflow.name}-calendar-2088087790`;
  const executor = executorOf(namespace, pod);
  const result = {
    apiVersion: ARGO,
    kind: "WorkflowTaskResult",
    metadata: {
      name: `${workflow.name}-2088087790`,
      namespace,
      labels: {
        "workflows.argoproj.io/workflow": workflow.name,
        "workflows.argoproj.io/report-outputs-completed": "false",
      },
      ownerReferences: [{ apiVersion: ARGO, kind: "Workflow", name: workflow.name, uid: workflow.uid }],
    },
    outputs: { parameters: [...OUTPUTS, ...FURTHER].map(([name, value]) => parameter(name, value)) },
  };
  const attempt = (what: string, at: string, value: unknown): Forbidden => ({
    invariant: 26,
    actor: "executor",
    what,
    policy: "nightlane-task-results",
    call: { method: "POST", path, body: edited(result, at, value), as: executor },
  });
  const reports = (what: string, name: string, value: unknown): Forbidden =>
    attempt(what, "outputs", { parameters: [{ ...parameter(name, ""), value }] });
  const first = (change: object): object => ({
    parameters: [{ ...parameter("business-date", "2026-03-31"), ...change }],
  });
  const from = (actor: string, identity: Identity): Forbidden => ({
    ...attempt(`a step's report from ${actor}`, "kind", "WorkflowTaskResult"),
    actor,
    call: { method: "POST", path, body: result, as: { ...identity, groups: ["system:masters"] } },
  });
  const declared = { parameters: OUTPUTS.map(([name]) => ({ ...parameter(name, ""), value: undefined })) };
  const failed = {
    what: "the report of a step that failed before it wrote anything",
    call: { method: "POST", path, body: edited(result, "outputs", declared), as: executor },
  } as const;
  return [
    ...refusals(api, failed, [
      attempt("an output without a value and without a file", "outputs", { parameters: [{ name: "open" }] }),
      attempt("a failed step's output from another file", "outputs", {
        parameters: [{ name: "open", valueFrom: { path: "/credentials/kubeconfig" } }],
      }),
    ]),
    ...refusals(
      api,
      {
        what: "a step's report with every output there is",
        call: { method: "POST", path, body: result, as: executor },
      },
      [
        ...EXPRESSIONS.flatMap((expression) =>
          STEP_OUTPUTS.map(({ name }) => reports(`${expression} as ${name}`, name, expression)),
        ),
        ...STEP_OUTPUTS.map(({ name, longest }) =>
          reports(`${name} of ${longest + 1} characters`, name, "A".repeat(longest + 1)),
        ),
        ...["results", "log-end", "reason", "business-date"].map((name) =>
          reports(`a megabyte as ${name}`, name, "A".repeat(1_000_000)),
        ),
        ...STEP_OUTPUTS.map(({ name }) => reports(`a token as ${name}`, name, TOKEN)),
        ...STEP_OUTPUTS.map(({ name }) => reports(`a control character in ${name}`, name, "\u001b]52;c;eA==\u0007")),
        reports("a decision", "decision", "RETRY"),
        reports("an output that no template has", "note", "x"),
        reports("an output's name in capitals", "Open", "yes"),
        reports("a quote and a brace as a date", "business-date", '2026-03-31","exec":{"'),
        reports("a word as a date", "business-date", "auto"),
        reports("anything but yes or no", "open", "maybe"),
        attempt(
          "an output that is published to the night under another name",
          "outputs",
          first({ globalName: "open" }),
        ),
        attempt("a step's output that is published to the whole night", "outputs", {
          parameters: [{ ...parameter("results", "{}"), globalName: "business-date" }],
        }),
        attempt("an output from another file", "outputs", first({ valueFrom: { path: "/credentials/kubeconfig" } })),
        attempt("an output from an expression", "outputs", first({ valueFrom: { expression: "1+1" } })),
        attempt("an output that waits to be supplied", "outputs", first({ valueFrom: { supplied: {} } })),
        attempt("an output with a default of its own", "outputs", first({ valueFrom: { default: "{{=1+1}}" } })),
        attempt("an output with a default in place of a value", "outputs", first({ default: "x" })),
        attempt("more outputs than there are", "outputs", {
          parameters: Array.from({ length: STEP_OUTPUTS.length + 1 }, () => parameter("open", "yes")),
        }),
        attempt("an artifact", "outputs.artifacts", [{ name: "a", raw: { data: "x" } }]),
        attempt("an exit code", "outputs.exitCode", "0"),
        attempt("a script's result", "outputs.result", "{{=1+1}}"),
        attempt("a phase", "phase", "Succeeded"),
        attempt("a message", "message", "all well"),
        attempt("progress", "progress", "1/2"),
        attempt("a name of another workflow's node", "metadata.name", "night-other-1"),
        attempt("the node that waits for a person", "metadata.name", `${workflow.name}-2`),
        attempt("a name that is not a node's", "metadata.name", `${workflow.name}-decide`),
        attempt("another workflow's label", "metadata.labels", {
          "workflows.argoproj.io/workflow": "night-other",
          "workflows.argoproj.io/report-outputs-completed": "true",
        }),
        attempt("no workflow at all", "metadata.labels", { "workflows.argoproj.io/report-outputs-completed": "true" }),
        attempt("a label of its own", "metadata.labels", { ...result.metadata.labels, team: "risk" }),
        attempt("another controller's label", "metadata.labels", {
          ...result.metadata.labels,
          "workflows.argoproj.io/controller-instanceid": "other",
        }),
        attempt("a result that belongs to nothing and stays", "metadata.ownerReferences", undefined),
        attempt("a result that belongs to something else", "metadata.ownerReferences", [
          { apiVersion: "v1", kind: "ConfigMap", name: workflow.name, uid: workflow.uid },
        ]),
        attempt("a result that holds its workflow", "metadata.ownerReferences", [
          { ...result.metadata.ownerReferences[0], blockOwnerDeletion: true },
        ]),
        attempt("a result with a finalizer, which would keep the lane from being removed", "metadata.finalizers", [
          "nightlane.example/keep",
        ]),
        attempt("a result with an annotation", "metadata.annotations", { "nightlane/act": "x" }),
        from("nightwatch", NIGHTWATCH),
        from("operator", OPERATOR),
        from("administrator", { user: "admin" }),
        from("executor of another lane", executorOf(lane.otherNamespace, pod)),
        from("executor whose token is not a pod's", { user: executor.user }),
        ...[
          [`${workflow.name}-calendar-1088087790`, "another node's pod"],
          [`night-other-calendar-2088087790`, "another night's pod"],
          [`${workflow.name}`, "a night that is one pod"],
          ["reaper-1795895160-2088087790", "the reaper's pod"],
          [`${workflow.name}2-calendar-2088087790`, "a pod of a night whose name goes on"],
        ].map(([other = "", actor = ""]) => from(actor, executorOf(namespace, other))),
        from("default account", { user: `system:serviceaccount:${namespace}:default` }),
        {
          ...attempt("a result outside the lanes", "metadata.namespace", "argo"),
          actor: "administrator",
          policy: "nightlane-lanes-only",
          call: {
            method: "POST",
            path: pathOf({ apiVersion: ARGO, resource: "workflowtaskresults", namespace: "argo" }),
            body: edited(result, "metadata.namespace", "argo"),
          },
        },
      ],
    ),
  ];
}

/** Has the form and length of a service account's token, and is worth nothing. */
const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${"QUJD".repeat(220)}.${"c2ln".repeat(85)}`;

function parameter(name: string, value: string): object {
  const isGlobal = STEP_OUTPUTS.find((output) => output.name === name)?.isGlobal === true;
  const valueFrom = { path: `/tmp/outputs/${name}`, ...(isGlobal ? {} : { default: "" }) };
  return { name, value, valueFrom, ...(isGlobal ? { globalName: name } : {}) };
}
