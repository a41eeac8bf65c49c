import { NIGHT_SCHEDULE } from "../../../runs/run-name.ts";
import { pathOf } from "../../support/api.ts";
import { ARGO_CONTROLLER } from "../argo-pod.ts";
import type { Attempt } from "../attempt.ts";
import { edited } from "../object-edit.ts";
import { actBy } from "./acts.ts";
import { type Forbidden, type LaneUnderTest, NIGHTWATCH, OPERATOR, refusals } from "./lane.ts";

const ARGO = "argoproj.io/v1alpha1";

/** What Argo's controller submits when a schedule is due, with what it resolved of the template in the status. */
export function scheduledNight(lane: Pick<LaneUnderTest, "namespace" | "template">): object {
  const template = lane.template.metadata.name;
  return {
    apiVersion: ARGO,
    kind: "Workflow",
    metadata: {
      name: `${NIGHT_SCHEDULE}-1774989000`,
      namespace: lane.namespace,
      annotations: { "workflows.argoproj.io/scheduled-time": "2026-03-31T20:30:00Z" },
      labels: { "workflows.argoproj.io/cron-workflow": NIGHT_SCHEDULE },
      ownerReferences: [
        {
          apiVersion: ARGO,
          kind: "CronWorkflow",
          name: NIGHT_SCHEDULE,
          uid: "11111111-2222-3333-4444-555555555555",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      workflowTemplateRef: { name: template },
      arguments: { parameters: [{ name: "scheduled-time", value: "2026-03-31T20:30:00Z" }] },
    },
    status: { storedTemplates: { [`namespaced/${template}/night`]: { name: "night", dag: { tasks: [] } } } },
  };
}

/** The one exception to "a new night has no status", tried at each of its edges. */
export function scheduleAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace } = lane;
  const night = scheduledNight(lane);
  const create = (workflow: object, as = ARGO_CONTROLLER) =>
    ({
      method: "POST",
      path: pathOf({ apiVersion: ARGO, resource: "workflows", namespace }),
      body: workflow,
      as,
    }) as const;
  const attempt = (actor: string, what: string, call: Forbidden["call"]): Forbidden => ({
    invariant: 26,
    actor,
    what,
    policy: "nightlane-workflow-creation",
    call,
  });
  const argo = (what: string, path: string, value: unknown): Forbidden =>
    attempt("Argo controller", what, create(edited(night, path, value)));
  const stored = { name: "night", container: { image: "x" } };
  return refusals(api, { what: "a night that its schedule starts", call: create(night) }, [
    attempt(
      "nightwatch",
      "resolved templates brought along for a person",
      create(edited(night, "metadata.annotations", actBy(OPERATOR.user)), NIGHTWATCH),
    ),
    argo("resolved templates of another template", "status.storedTemplates", {
      "namespaced/night-0123456789/night": stored,
    }),
    argo("resolved templates of the workflow's own", "status.storedTemplates", { "local/night-1774989000/x": stored }),
    argo("resolved templates of a cluster's template", "status.storedTemplates", {
      [`cluster/${lane.template.metadata.name}/night`]: stored,
    }),
    argo("a whole stored template beside them", "status.storedWorkflowTemplateSpec", { entrypoint: "run-market" }),
    argo("a phase beside them", "status.phase", "Succeeded"),
    argo("nodes beside them", "status.nodes", { x: { id: "x", name: "x", type: "Pod", phase: "Succeeded" } }),
    argo("resolved templates without a schedule", "metadata.ownerReferences", []),
    argo("resolved templates of a foreign schedule's child", "metadata.ownerReferences.0.name", "other"),
    argo("resolved templates of what another kind owns", "metadata.ownerReferences.0.kind", "ConfigMap"),
    argo("resolved templates under a name that no schedule gives", "metadata.name", "night-2026-03-31-run-1"),
  ]);
}
