import type { CustomerDefinition } from "../definition/customer-definition.ts";
import type { Problem } from "../definition/problem.ts";
import { stepProperty } from "../form/step-form.ts";
import {
  documentBytes,
  isSmall,
  MOST_DOCUMENT_BYTES,
  MOST_NIGHT_BYTES,
  MOST_STEPS,
  nightBytes,
} from "../workflow/night-size.ts";

/** Whether the night fits the limits of Argo and Linux, which neither reports before it runs. */
export function checkNightSize(definition: CustomerDefinition): readonly Problem[] {
  const { steps } = definition.workflow;
  if (steps.length > MOST_STEPS) {
    return [
      {
        property: "workflow.steps",
        received: `${steps.length} steps`,
        rule: `at most ${MOST_STEPS} steps: the API server accepts no more tasks in one Argo graph`,
        fix: "let one step process several portfolios: a job with parallelism divides them among its pods",
      },
    ];
  }
  if (isSmall(definition.workflow)) {
    return [];
  }
  const sizes = steps.map((step) => ({ step, size: documentBytes(definition, step) }));
  const problems = sizes
    .filter(({ size }) => size > MOST_DOCUMENT_BYTES)
    .map(({ step, size }) => ({
      property: stepProperty(step.name),
      received: `${size} bytes of arguments and settings`,
      rule: `at most ${MOST_DOCUMENT_BYTES} bytes: Linux passes at most 128 KiB to a program in one variable`,
      fix: "move long values into a file, and pass the file's name as an argument",
    }));
  const size = nightBytes(definition);
  if (size <= MOST_NIGHT_BYTES) {
    return problems;
  }
  return [
    ...problems,
    {
      property: "workflow.steps",
      received: `${steps.length} steps, ${size} bytes in Argo`,
      rule: `at most ${MOST_NIGHT_BYTES} bytes, templates and nodes together: a larger night would fail`,
      fix: `let steps differ only in their names, arguments and edges, which costs the least; pass long lists in a file; let one step process several portfolios; about ${Math.floor(((steps.length * MOST_NIGHT_BYTES) / size) * 0.95)} such steps fit`,
    },
  ];
}
