import type { RecordedAct } from "./act.ts";
import { parsedObject } from "./json.ts";
import { Refusal } from "./refusal.ts";
import type { WorkflowSpecTemplate } from "./workflow.ts";

/** On a night's template: which of its gates ask for approvals, and of whom, by step. JSON. */
export const APPROVALS = "nightlane/approvals";

/** What a gate asks of those who release it. */
export interface Approval {
  /** The group whose members approve, as the API server knows it. @default - anybody who may act */
  readonly group?: string;
  /** How many different people. */
  readonly people: number;
}

/** A gate's approvals as they stand. */
export interface GateApproval extends Approval {
  /** Who has approved the question that is asked now, in their order. */
  readonly by: readonly string[];
}

/** The annotation that holds the approvals of a night's gates. */
export function approvalsAnnotation(gates: ReadonlyMap<string, Approval>): Readonly<Record<string, string>> {
  return gates.size === 0 ? {} : { [APPROVALS]: JSON.stringify(Object.fromEntries(gates)) };
}

/**
 * The approvals that the gates of a night ask for, by step. Read from the template that Argo keeps in the night: nothing
 * that a person may set when starting it says how many have to agree.
 */
export function approvalsOf(template: WorkflowSpecTemplate | undefined): ReadonlyMap<string, Approval> {
  const text = template?.workflowMetadata?.annotations?.[APPROVALS];
  const gates = Object.entries(parsedObject(text ?? "{}") ?? {});
  return new Map(gates.map(([step, asked]) => [step, readApproval(asked)]));
}

/** What cannot be read asks for more people than there are: a gate that nobody can release is told, one that anybody can is not. */
function readApproval(asked: unknown): Approval {
  const { group, people } = Object(asked) as { readonly group?: unknown; readonly people?: unknown };
  return {
    people: Number.isInteger(people) && Number(people) > 0 ? Number(people) : Number.MAX_SAFE_INTEGER,
    ...(typeof group === "string" ? { group } : {}),
  };
}

/** Who has approved an attempt of a gate: each once. */
export function approvedBy(acts: readonly RecordedAct[], attempt: number): readonly string[] {
  const approving = acts.filter(({ verb, approves }) => verb === "release" && approves === attempt);
  return [...new Set(approving.map(({ by }) => by))];
}

const STARTS: ReadonlySet<string> = new Set(["run", "replay", "restate", "backfill"]);

/** Who has started a night by hand, of all acts noted on it. */
export function startersOf(acts: readonly RecordedAct[]): readonly string[] {
  return acts.filter(({ verb, step }) => step === undefined && STARTS.has(verb)).map(({ by }) => by);
}

/** The gate that somebody wants to approve. */
export interface ApprovalPlace {
  readonly customer: string;
  readonly step: string;
  readonly approval: GateApproval;
  /** Who has started the night by hand. */
  readonly startedBy: readonly string[];
}

/**
 * Holds that a person is one of those whom a gate asks for.
 * @param person Who, and the group in whose name they decide; admission has compared both with the API server's view.
 * @throws Refusal
 */
export function requireApprover(
  { customer, step, approval, startedBy }: ApprovalPlace,
  person: { readonly by: string; readonly group?: string },
): void {
  const { group, people, by } = approval;
  const refused = (why: string, remedy: string): Refusal =>
    new Refusal("not-possible", `release: ${step} of ${customer} ${why}`, remedy);
  if (group !== undefined && person.group !== group) {
    throw refused(
      `is released by members of ${group}, and ${person.by} is none as far as the API server knows`,
      `call a member of ${group}; nightlane abort ${customer} ${step} --reason "..." refuses it`,
    );
  }
  if (by.includes(person.by)) {
    throw refused(
      `was approved by ${person.by} already, and asks for ${people} different people`,
      `call another ${group === undefined ? "person" : `member of ${group}`}`,
    );
  }
  if (people > 1 && startedBy.includes(person.by)) {
    throw refused(
      `asks for ${people} people other than ${person.by}, who started this night by hand`,
      `call another ${group === undefined ? "person" : `member of ${group}`}`,
    );
  }
}

/** How a gate's approvals stand, in a few words; undefined for a gate that anybody releases alone. */
export function approvalText({ group, people, by }: GateApproval): string {
  const whom = group === undefined ? (people === 1 ? "person" : "people") : `of ${group}`;
  const so = by.length === 0 ? "" : `; approved by ${by.join(", ")}`;
  return `${by.length} of ${people} ${whom}${so}`;
}
