import type { Affected } from "./affected.ts";
import type { OwnerDiff } from "./manifest-diff.ts";
import { codeSpan, fenced } from "./markdown.ts";
import { maskText } from "./mask.ts";
import type { ChangeCounts } from "./preview-summary.ts";

/** First line of the note, which identifies it. */
export const NOTE_MARKER = "<!-- nightlane: what this merge request changes -->";

/** The output of `isolation:diff --json`, as far as the note shows it. */
export interface AccessDiff {
  readonly summary: string;
  readonly widens: boolean;
  readonly widenings: readonly { readonly line: string; readonly waiver?: { readonly reason: string } }[];
  readonly addedFacts: readonly AccessFact[];
  readonly removedFacts: readonly AccessFact[];
}

interface AccessFact {
  readonly owner: string;
  readonly text: string;
}

/** Everything that the note shows. */
export interface NoteContent {
  readonly affected: Affected;
  readonly diffs: readonly OwnerDiff[];
  /** Undefined where access could not be compared. */
  readonly access: AccessDiff | undefined;
  /** Mermaid drawings of new and changed nights, by customer. */
  readonly nights: Readonly<Record<string, string>>;
}

/** Lines of one list or one diff; the jobs' logs and artifacts have the rest. */
const SHOWN = { list: 20, diff: 150, diffs: 10 };

/** The note of a merge request, as Markdown. */
export function renderNote({ affected, diffs, access, nights }: NoteContent): string {
  const sections = [
    [NOTE_MARKER, "## What this merge request changes"],
    [affectedLine(affected)],
    diffs.length === 0 ? ["**No manifest changes.**"] : countsTable(diffs),
    accessSection(access, diffs),
    ...Object.entries(nights).map(([name, drawing]) => [`### The night of ${name}`, "", ...fenced("mermaid", drawing)]),
    diffs.length === 0 ? [] : ["### Manifests", "", ...diffs.slice(0, SHOWN.diffs).flatMap(diffDetails)],
    diffs.length > SHOWN.diffs ? [`and ${diffs.length - SHOWN.diffs} more: see the jobs \`<customer>:diff\``] : [],
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${maskText(text.join("\n\n"))}\n`;
}

/** The counts of all owners, in the form of GitLab's `terraform` report. */
export function terraformReport(diffs: readonly OwnerDiff[]): ChangeCounts {
  const sum = (pick: (diff: OwnerDiff) => number): number => diffs.reduce((total, diff) => total + pick(diff), 0);
  return {
    create: sum((diff) => diff.create),
    update: sum((diff) => diff.update),
    delete: sum((diff) => diff.delete),
  };
}

function affectedLine({ customers, removed, platform }: Affected): string {
  const parts = [
    `${customers.length} ${customers.length === 1 ? "customer" : "customers"} to deploy${names(customers)}`,
    ...(removed.length === 0 ? [] : [`${removed.length} to remove${names(removed)}`]),
    ...(platform ? ["the platform"] : []),
  ];
  return `After the merge: ${parts.join("; ")}.`;
}

function names(list: readonly string[]): string {
  const more = list.length > SHOWN.list ? ` and ${list.length - SHOWN.list} more` : "";
  return list.length === 0 ? "" : ` (${list.slice(0, SHOWN.list).join(", ")}${more})`;
}

function countsTable(diffs: readonly OwnerDiff[]): readonly string[] {
  const rows = diffs.map(
    (diff) => `| ${diff.owner} | ${diff.presence} | ${diff.create} | ${diff.update} | ${diff.delete} |`,
  );
  const rest = rows.length > 100 ? [`| and ${rows.length - 100} more | | | | |`] : [];
  return ["| stack | | create | update | delete |", "|---|---|---:|---:|---:|", ...rows.slice(0, 100), ...rest];
}

function accessSection(access: AccessDiff | undefined, diffs: readonly OwnerDiff[]): readonly string[] {
  if (access === undefined) {
    return ["### Access", "", "**Could not be compared:** see the job `isolation:diff`."];
  }
  const list = (what: string, lines: readonly string[]): readonly string[] => [
    ...lines.slice(0, SHOWN.list).map((line) => `- ${what} ${codeSpan(line)}`),
    ...(lines.length > SHOWN.list ? [`- and ${lines.length - SHOWN.list} more ${what}`] : []),
  ];
  const whole = diffs.filter(({ presence }) => presence !== "changed");
  return [
    "### Access",
    "",
    access.widens ? "**Access widens, and no waiver covers it.**" : "Access does not widen without a waiver.",
    "",
    ...list(
      "widens:",
      access.widenings.map(({ line, waiver }) => `${line}${waiver === undefined ? "" : ` (${waiver.reason})`}`),
    ),
    ...list("opened:", factLines(access.addedFacts, whole)),
    ...list("closed:", factLines(access.removedFacts, whole)),
  ];
}

/**
 * One line per fact; one line for a customer that is added or removed as a whole, since anything unusual about it is
 * listed above.
 */
function factLines(facts: readonly AccessFact[], whole: readonly OwnerDiff[]): readonly string[] {
  const summed = whole.flatMap(({ owner, presence }) => {
    const count = facts.filter((fact) => fact.owner === owner).length;
    return count === 0 ? [] : [`${owner}: ${presence} as a whole, ${count} rights and paths`];
  });
  const single = facts.filter(({ owner }) => !whole.some((diff) => diff.owner === owner));
  return [...summed, ...single.map(({ owner, text }) => `${owner}: ${text}`)];
}

function diffDetails({ owner, text }: OwnerDiff): readonly string[] {
  const lines = text.trimEnd().split("\n");
  const rest = lines.length > SHOWN.diff ? [`... ${lines.length - SHOWN.diff} more lines: job ${owner}:diff`] : [];
  const shown = [...lines.slice(0, SHOWN.diff), ...rest].join("\n");
  return [`<details><summary>${owner}</summary>`, "", ...fenced("diff", shown), "", "</details>"];
}
