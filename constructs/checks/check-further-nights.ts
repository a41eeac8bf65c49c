import { LONGEST_PIPELINE, NIGHTLY, PIPELINE_NAME } from "../../runs/night-series.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { type Problem, received } from "../definition/problem.ts";
import { below } from "../form/form.ts";

/** The number of further nights that a lane has room for. */
const MOST = 8;

/**
 * Checks the names of a customer's further nights, and each night as if it were the nightly one.
 * @param check All problems of a definition.
 * @param known Those of the customer with its nightly ones: each is reported once.
 */
export function checkFurtherNights(
  definition: CustomerDefinition,
  check: (definition: CustomerDefinition) => readonly Problem[],
  known: readonly Problem[],
): readonly Problem[] {
  const nights = Object.entries(definition.furtherNights);
  const isKnown = (problem: Problem): boolean => known.some((one) => JSON.stringify(one) === JSON.stringify(problem));
  return [
    ...checkCount(nights.length),
    ...nights.flatMap(([name, workflow]) => {
      const at = below("furtherNights", name);
      const own = check({ ...definition, workflow, furtherNights: {} });
      return [
        ...checkPipeline(name, at),
        ...own
          .filter((problem) => problem.property.startsWith("workflow") || !isKnown(problem))
          .map((problem) => atNight(problem, at)),
      ];
    }),
  ];
}

/** Moves a workflow's problem to its place in the file; any other problem is marked with the night that causes it. */
function atNight(problem: Problem, at: string): Problem {
  return problem.property.startsWith("workflow")
    ? { ...problem, property: problem.property.replace(/^workflow/, at) }
    : { ...problem, rule: `${problem.rule} (of ${at})` };
}

function checkPipeline(name: string, property: string): readonly Problem[] {
  const isName = new RegExp(`^${PIPELINE_NAME}$`).test(name) && name.length <= LONGEST_PIPELINE;
  if (isName && name !== NIGHTLY) {
    return [];
  }
  return [
    {
      property,
      received: received(name),
      rule: `a name of lower-case words with dashes between them, each with a letter first, at most ${LONGEST_PIPELINE} characters, and not "${NIGHTLY}", the name of the nightly ones: schedules, runs and folders are named after it`,
      fix: 'write for instance "month-end"',
    },
  ];
}

function checkCount(count: number): readonly Problem[] {
  if (count <= MOST) {
    return [];
  }
  return [
    {
      property: "furtherNights",
      received: received(count),
      rule: `at most ${MOST}: a lane keeps two weeks of nights of each`,
      fix: "let one night do the work of several, with steps that run on some dates only (`when`)",
    },
  ];
}
