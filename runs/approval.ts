import type { RecordedAct } from "./act.ts";
import { parsedObject } from "./json.ts";
import { Refusal } from "./refusal.ts";
import type { WorkflowSpecTemplate } from "./workflow.ts";

/** On a night's template: which gates ask for approvals, and from whom, by step. JSON. */
export const APPROVALS = "nightlane/approvals";

/** The approvals that a gate asks for. */
export interface Approval {
  /** The group whose members approve, as the API server knows it. @default - anybody who may act */
  readonly group?: string;
  /** How many different people. */
  readonly people: number;
}

/** A gate's approvals so far. */
export interface GateApproval extends Approval {
  /** Who has approved the present question, in order. */
  readonly by: readonly string[];
}

/** The annotation that holds the approvals of a night's gates. */
export function approvalsAnnotation(gates: ReadonlyMap<string, Approval>): Readonly<Record<string, string>> {
  return gates.size === 0 ? {} : { [APPROVALS]: JSON.stringify(Object.fromEntries(gates)) };
}

/**
 * The approvals that the gates of a night ask for, by step. Read from the template stored in the night, not from anything
 * that a person may set when starting it.
 */
export function approvalsOf(template: WorkflowSpecTemplate | undefined): ReadonlyMap<string, Approval> {
  const text = template?.workflowMetadata?.annotations?.[APPROVALS];
  const gates = Object.entries(parsedObject(text ?? "{}") ?? {});
  return new Map(gates.map(([step, asked]) => [step, readApproval(asked)]));
}

/** An unreadable requirement asks for more people than exist: a gate that nobody can release is noticed, one that anybody can is not. */
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

/** Who started a night by hand, from the acts noted on it. */
export function startersOf(acts: readonly RecordedAct[]): readonly string[] {
  return acts.filter(({ verb }) => STARTS.has(verb)).map(({ by }) => by);
}

/** The gate to approve. */
export interface ApprovalPlace {
  readonly customer: string;
  readonly step: string;
  readonly approval: GateApproval;
  /** Who has started the night by hand. */
  readonly startedBy: readonly string[];
}

/**
 * Checks that a person may approve a gate.
 * @param person Who, and the group in whose name they decide; admission has verified both.
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
      `is released by members of ${group}, and ${person.by} is not a member as far as the API server knows`,
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

/** State of a gate's approvals, in a few words; undefined for a gate that anybody may release alone. */
export function approvalText({ group, people, by }: GateApproval): string {
  const whom = group === undefined ? (people === 1 ? "person" : "people") : `of ${group}`;
  const so = by.length === 0 ? "" : `; approved by ${by.join(", ")}`;
  return `${by.length} of ${people} ${whom}${so}`;
}
