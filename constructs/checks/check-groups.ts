import { type Problem, received } from "../definition/problem.ts";
import { stepProperty } from "../form/step-form.ts";
import { groupOf } from "../night/grouped-steps.ts";
import type { Step } from "../night/step.ts";
import { MOST_STEPS } from "../workflow/night-size.ts";

/** Longest name with which its ConfigMap's name stays readable. */
const LONGEST_NAME = 20;

/** The lane keeps a ConfigMap for each, including groups that are no longer in the file. */
const MOST_GROUPS = 8;

/** The groups, of which only a given number of steps run at once. */
export function checkGroups(steps: readonly Step[]): readonly Problem[] {
  const first = new Map<string, number>();
  const problems = steps.flatMap((step) => {
    const group = groupOf(step);
    if (group === undefined) {
      return [];
    }
    const { name, atOnce } = group;
    const known = first.get(name) ?? atOnce;
    first.set(name, known);
    return checkGroup(name, atOnce, known).map((one) => ({
      ...one,
      property: `${stepProperty(step.name)}.group.${one.property}`,
    }));
  });
  return first.size <= MOST_GROUPS
    ? problems
    : [
        ...problems,
        {
          property: "workflow.steps",
          received: `${first.size} groups`,
          rule: `at most ${MOST_GROUPS} groups in a night: each is an object in the lane`,
          fix: "put steps that share a scarce resource into one group",
        },
      ];
}

function checkGroup(name: string, atOnce: number, known: number): readonly Problem[] {
  const problems: Problem[] = [];
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > LONGEST_NAME) {
    const rule = `a name of lower-case letters, digits and inner dashes, starting with a letter, at most ${LONGEST_NAME} characters`;
    problems.push({ property: "name", received: received(name), rule, fix: 'write for instance "portfolios"' });
  }
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > MOST_STEPS) {
    const rule = `a whole number, at least 1 and at most ${MOST_STEPS}`;
    problems.push({ property: "atOnce", received: received(atOnce), rule, fix: "write for instance 8" });
  } else if (atOnce !== known) {
    const rule = `the same number for all steps of a group, here ${known}: another number is another group`;
    const fix = "create the group once, before its steps, or give the other one a different name";
    problems.push({ property: "atOnce", received: received(atOnce), rule, fix });
  }
  return problems;
}
