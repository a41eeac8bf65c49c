import { READER_LABEL } from "../../../runs/annotations.ts";
import { pathOf } from "../../support/api.ts";
import type { Attempt } from "../attempt.ts";
import { edited } from "../object-edit.ts";
import { withAct } from "./acts.ts";
import { type Forbidden, type LaneUnderTest, NIGHTWATCH, refusals, type WorkflowObject } from "./lane.ts";

const ARGO = "argoproj.io/v1alpha1";

/** A reader of a kept log as `nightlane logs` starts it: without a reason, since it changes nothing. */
function reader(namespace: string): WorkflowObject {
  return {
    apiVersion: ARGO,
    kind: "Workflow",
    metadata: { name: "reader-attempt", namespace, labels: { [READER_LABEL]: "yes" } },
    spec: {
      workflowTemplateRef: { name: "reader-0123456789" },
      arguments: {
        parameters: [
          { name: "business-date", value: "2026-03-31" },
          { name: "run-number", value: "1" },
          { name: "step", value: "revaluation" },
          { name: "attempt", value: "2" },
        ],
      },
    },
  };
}

/** Requests that must not pass as a reader of a kept log, which nobody watches. */
export function readerAttempts({ api, namespace, template }: LaneUnderTest): readonly Attempt[] {
  const path = pathOf({ apiVersion: ARGO, resource: "workflows", namespace });
  const create = (body: object) => ({ method: "POST", path, body, as: NIGHTWATCH }) as const;
  const attempt = (invariant: number, what: string, at: string, value: unknown): Forbidden => ({
    invariant,
    actor: "nightwatch",
    what,
    policy: "nightlane-workflow-creation",
    call: create(withAct(edited(reader(namespace), at, value))),
  });
  const labelledNight = edited(reader(namespace), "spec.workflowTemplateRef", { name: template.metadata.name });
  return refusals(api, { what: "a reader of a kept log", call: create(withAct(reader(namespace))) }, [
    attempt(26, "a reader without its label, which would be watched as a night", "metadata.labels", {}),
    {
      ...attempt(26, "a night with a reader's label, which nobody would watch", "spec", {}),
      call: create(withAct(labelledNight)),
    },
    attempt(26, "a reader with another entrypoint", "spec.entrypoint", "over"),
    attempt(25, "a reader with the credential", "spec.volumes", [{ name: "c", secret: { secretName: "credential" } }]),
    attempt(16, "a reader of a path of its own", "spec.arguments.parameters.2.value", "../../credentials"),
    {
      ...attempt(26, "a reader without an act", "spec", {}),
      policy: "nightlane-noted-acts",
      call: create(reader(namespace)),
    },
  ]);
}
