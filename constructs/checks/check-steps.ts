import { type Problem, received } from "../definition/problem.ts";
import { allSound, type Sound } from "../form/form.ts";
import { stepProperty } from "../form/step-form.ts";
import { Step } from "../night/step.ts";
import { checkFiles } from "./check-files.ts";
import { checkGroups } from "./check-groups.ts";
import { checkSources } from "./check-sources.ts";
import { checkWork } from "./check-work.ts";
import { findCycle } from "./find-cycle.ts";

/** Longest step name: derived names (templates, remote Jobs, directories) stay readable with it. */
export const STEP_NAME_LIMIT = 40;

/** The steps of a night: their names, their edges, their work. */
export function checkSteps(steps: readonly Step[], sound: Sound = allSound): readonly Problem[] {
  if (steps.length === 0) {
    const rule = "at least one step: a night without work cannot succeed or fail";
    return [
      {
        property: "workflow.steps",
        received: "none",
        rule,
        fix: 'declare one, for instance night.spark("var-es", { ... })',
      },
    ];
  }
  const works = steps
    .filter(({ name }) => sound(stepProperty(name)))
    .map((step) => ({ step, problems: checkWork(step, stepProperty(step.name)) }));
  const flawless = works.flatMap(({ step, problems }) => (problems.length === 0 ? [step] : []));
  return [
    ...checkNames(steps),
    ...checkEdges(steps),
    ...works.flatMap(({ problems }) => problems),
    ...checkGroups(works.map(({ step }) => step)),
    ...(sound("workflow.steps") ? [...checkFiles(steps, flawless), ...checkSources(steps, flawless)] : []),
  ];
}

function checkNames(steps: readonly Step[]): readonly Problem[] {
  const seen = new Set<string>();
  return steps.flatMap(({ name }) => {
    const problems: Problem[] = [];
    if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > STEP_NAME_LIMIT) {
      problems.push({
        property: stepProperty(name),
        received: received(name),
        rule: `a name of lower-case letters, digits and inner dashes, starting with a letter, at most ${STEP_NAME_LIMIT} characters`,
        fix: "rename the step",
      });
    }
    const alike = steps.filter((other) => other.name === name).length;
    if (alike > 1 && !seen.has(name)) {
      problems.push({
        property: stepProperty(name),
        received: `${alike} steps of this name`,
        rule: "a step's name is unique in the night: operators and results are found by it",
        fix: "give each a unique name",
        which: 1,
      });
    }
    seen.add(name);
    return problems;
  });
}

function checkEdges(steps: readonly Step[]): readonly Problem[] {
  const known = new Set(steps);
  const dangling = steps.flatMap((step) =>
    step.after
      .filter((upstream) => !known.has(upstream))
      .map((upstream) => ({
        property: `${stepProperty(step.name)}.${step.sources.includes(upstream) ? "from" : "after"}`,
        received: received(upstream.name),
        rule: "a step of the same night: an edge to another night's step would never be satisfied",
        fix: `declare ${received(upstream.name)} in this night, or drop the edge`,
      })),
  );
  // Options that were changed after the call on night: steps that they name now are not waited for.
  const late = steps.flatMap((step) =>
    [...step.sources, ...step.values.map((value) => value.step)]
      .filter((source) => source instanceof Step && !step.after.includes(source))
      .map((source) => ({
        property: stepProperty(step.name),
        received: `results of step ${received(source.name)}, which it does not wait for`,
        rule: "options that are complete when the step is declared: its edges are read then",
        fix: "assemble from and args before the call on night",
      })),
  );
  dangling.push(...late);
  const cycle = findCycle(steps);
  if (cycle === undefined) {
    return dangling;
  }
  const path = cycle.map((step) => step.name).join(" -> ");
  const rule = "no cycle: each of its steps would wait for the others forever";
  return [...dangling, { property: "workflow.steps", received: path, rule, fix: "drop one of these edges" }];
}
