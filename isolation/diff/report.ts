import type { AccessFact } from "../access/fact.ts";
import { groupFacts, showOwners } from "../access/group-facts.ts";
import { showCustomers } from "../matrix/path.ts";
import { PLATFORM } from "../model/estate.ts";
import type { Waiver } from "../waivers.ts";
import type { AccessChange, OwnerChange } from "./compare.ts";
import type { Widening } from "./widening.ts";

/** A comparison with the verdict on it. */
export interface DiffResult {
  readonly base: string;
  readonly head: string;
  /** Customers after the change. */
  readonly customers: number;
  readonly change: AccessChange;
  readonly widenings: readonly Widening[];
  /** Waivers of widenings that this change does not have: those of merged changes. */
  readonly unusedWaivers: readonly Waiver[];
}

/** Whether access widens without a waiver. */
export function widensUnanswered({ widenings }: DiffResult): boolean {
  return widenings.some(({ waiver }) => waiver === undefined);
}

/** Lines of one list; the rest is counted, since a merge request is read by people. */
const SHOWN = 40;

/** A comparison as Markdown, to be put into a merge request. */
export function diffText(result: DiffResult): string {
  const { change, widenings, base, head } = result;
  const unanswered = widenings.filter(({ waiver }) => waiver === undefined);
  const widening = new Set(widenings.map(({ line }) => `added: ${line}`));
  const affected = change.owners.filter(({ owner }) => owner !== PLATFORM);
  return [
    "## What this change opens",
    "",
    `${base} -> ${head}`,
    "",
    verdict(result),
    ...section(
      "Widens",
      unanswered.map(({ line }) => line),
    ),
    ...section(
      "Widens, and is answered for",
      widenings.flatMap(({ line, waiver }) =>
        waiver === undefined ? [] : [`${line} (until ${waiver.expires}: ${waiver.reason})`],
      ),
    ),
    ...section("Paths between customers", [
      ...change.addedPaths.map(
        (path) =>
          `added: ${showCustomers(path.from)} -> ${showCustomers(path.to)} (${path.kind}): ${path.how}; opened by ${path.objects.join(", ")}`,
      ),
      ...change.removedPaths.map(
        (path) => `removed: ${showCustomers(path.from)} -> ${showCustomers(path.to)} (${path.kind}): ${path.how}`,
      ),
    ]),
    ...section("Access", [
      // What widens is listed above already.
      ...factLines("added", change.addedFacts, result).filter((line) => !widening.has(line)),
      ...factLines("removed", change.removedFacts, result),
      ...change.changedFacts.map(
        ({ before, after }) =>
          `changed: ${after.owner}: ${after.text}: ${before.value ?? "-"} -> ${after.value ?? "-"}`,
      ),
    ]),
    ...section(`Customers affected: ${affected.length}`, change.owners.map(ownerLine)),
    ...section(
      "Waivers to be removed",
      result.unusedWaivers.map(({ object }) => `${object}: this change does not widen access so`),
    ),
    "",
    summary(result),
  ].join("\n");
}

function verdict(result: DiffResult): string {
  const { widenings, change } = result;
  if (widensUnanswered(result)) {
    return "**Access widens.** Remove what is not meant; answer for the rest in isolation/waivers.json (rule `widening`, object: the line below).";
  }
  if (widenings.length > 0) {
    return "**Access widens, and each widening is answered for.**";
  }
  return change.owners.length === 0 ? "**Nothing changes for anybody.**" : "**Access does not widen.**";
}

/** The last line, for scripts. */
function summary({ widenings, change }: DiffResult): string {
  const waived = widenings.filter(({ waiver }) => waiver !== undefined).length;
  const customers = change.owners.filter(({ owner }) => owner !== PLATFORM).length;
  return `isolation:diff: ${customers} customers affected, ${change.addedPaths.length} paths added, ${change.removedPaths.length} removed, ${widenings.length - waived} widenings, ${waived} waived`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) {
    return [];
  }
  const rest = lines.length > SHOWN ? [`- and ${lines.length - SHOWN} more: --json has all of them`] : [];
  return ["", `### ${title}`, "", ...lines.slice(0, SHOWN).map((line) => `- ${line}`), ...rest];
}

function factLines(what: string, facts: readonly AccessFact[], { customers }: DiffResult): readonly string[] {
  return groupFacts(facts).map((group) => `${what}: ${showOwners(group, customers)}: ${group.text}`);
}

function ownerLine({ owner, presence, added, removed, changed }: OwnerChange): string {
  if (presence !== "stayed") {
    return `${owner}: ${presence === "added" ? "new" : "gone"}, ${added.length + removed.length} objects`;
  }
  const parts = [
    ...(added.length === 0 ? [] : [`added ${added.join(", ")}`]),
    ...(removed.length === 0 ? [] : [`removed ${removed.join(", ")}`]),
    ...(changed.length === 0 ? [] : [`changed ${changed.join(", ")}`]),
  ];
  return `${owner}: ${parts.join("; ")}`;
}

/** A comparison as data. */
export function diffJson(result: DiffResult): string {
  const { base, head, customers, change, widenings } = result;
  return `${JSON.stringify({ summary: summary(result), base, head, customers, widens: widensUnanswered(result), widenings, unusedWaivers: result.unusedWaivers, ...change }, null, 2)}\n`;
}
