import { characters, isPrintable } from "../definition/printable.ts";
import { type Problem, received } from "../definition/problem.ts";
import type { GateOptions } from "../night/step.ts";

const LONGEST_MESSAGE = 300;

/** Longest name of a group that is accepted. */
const LONGEST_GROUP = 253;

/** More people than this cannot be found at night. */
const MOST_PEOPLE = 9;

/** A gate's question, and who must answer it. */
export function checkGate({ message, approvers, approvals }: GateOptions): readonly Problem[] {
  return [...checkMessage(message), ...checkApprovers(approvers), ...checkApprovals(approvals)];
}

function checkMessage(message: string | undefined): readonly Problem[] {
  if (message === undefined || (isPrintable(message) && characters(message) <= LONGEST_MESSAGE)) {
    return [];
  }
  const rule = `one printable line of text for a person, 1 to ${LONGEST_MESSAGE} characters`;
  return [problem("message", message, rule, 'write for instance "Confirm the figures."')];
}

function checkApprovers(group: string | undefined): readonly Problem[] {
  if (group === undefined) {
    return [];
  }
  const fix = 'write the group as your identity provider names it, for instance "risk-control"';
  if (!isPrintable(group) || group.length > LONGEST_GROUP || group !== group.trim()) {
    return [problem("approvers", group, `a group's name: printable, 1 to ${LONGEST_GROUP} characters`, fix)];
  }
  // Kubernetes assigns these itself: they reflect how somebody signed in, not what they may decide.
  return group.startsWith("system:")
    ? [problem("approvers", group, "a group of people, not one that Kubernetes itself assigns", fix)]
    : [];
}

function checkApprovals(people: number | undefined): readonly Problem[] {
  return people === undefined || (Number.isInteger(people) && people >= 1 && people <= MOST_PEOPLE)
    ? []
    : [problem("approvals", people, `how many different people: 1 to ${MOST_PEOPLE}`, "write for instance 2")];
}

function problem(property: string, value: unknown, rule: string, fix: string): Problem {
  return { property, received: received(value), rule, fix };
}
