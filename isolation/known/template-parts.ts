import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { type Fields, fields, fieldsList } from "../model/fields.ts";

/**
 * What a template or a schedule consists of, without what a night defines itself: its steps, its days, its documents.
 */
export interface TemplateParts {
  /** Fields of the specification. */
  readonly spec: Fields;
  /** Fields of each node but its name, what it does and what it takes and gives. */
  readonly nodes: readonly Fields[];
  /** Each container without its image and the text of its document. */
  readonly containers: readonly Fields[];
}

/** Which of a lane's templates or schedules it is: `night`, `reader`, `reaper`; of further nights `night` as well. */
export function templateRole({ kind, metadata: { name } }: Pick<Manifest, "kind" | "metadata">): string {
  return `${kind} ${/^[a-z]+/.exec(name)?.[0] ?? ""}`;
}

/** The parts of a WorkflowTemplate or a CronWorkflow that Nightlane chooses. */
export function templateParts(manifest: Manifest): TemplateParts {
  const templates = fieldsList(fields(manifest.spec).templates);
  return {
    spec: specOf(manifest),
    nodes: templates.map(({ name: _, dag: __, inputs: ___, outputs: ____, container: _____, ...rest }) => nodeOf(rest)),
    containers: templates.flatMap(({ container }) => (container === undefined ? [] : [containerOf(fields(container))])),
  };
}

/** Approvals are the customer's and have a check of their own; days and the template's name are a schedule's content. */
function specOf({ kind, spec }: Manifest): Fields {
  if (kind === "CronWorkflow") {
    const { schedules: _, timezone: __, startingDeadlineSeconds: ___, workflowSpec, ...rest } = fields(spec);
    const { workflowTemplateRef, ...ownSpec } = fields(workflowSpec);
    const { name: ____, ...reference } = fields(workflowTemplateRef);
    return { ...rest, workflowSpec: { ...ownSpec, workflowTemplateRef: reference } };
  }
  const { templates: _, workflowMetadata: __, ...rest } = fields(spec);
  return rest;
}

/** A deadline is a step's own, and rule 36 asks for it; how many steps run at once is the night's, and rule 45 knows which locks. */
function nodeOf({ activeDeadlineSeconds: _, parallelism: __, synchronization: ___, ...rest }: Fields): Fields {
  return rest;
}

function containerOf({ image: _, env, ...rest }: Fields): Fields {
  return { ...rest, env: fieldsList(env).map(({ value: __, ...variable }) => variable) };
}

/** A text that is the same for the same content, whatever the order of its fields. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)))
      : item,
  );
}
