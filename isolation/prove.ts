import { type AccessMatrix, accessMatrix } from "./matrix/access-matrix.ts";
import { type PathGroup, showCustomers } from "./matrix/path.ts";
import type { EstateView } from "./model/view.ts";
import { RULES } from "./rules/registry.ts";
import { Inspection, type Rule } from "./rules/rule.ts";
import type { WaivedRule, Waiver, WaiverBook } from "./waivers.ts";

/** Something that keeps the claim from being proven. */
export interface Finding {
  /** Number of the rule; `matrix` for a way that no rule reported, `waivers` for one that has expired. */
  readonly rule: number | "matrix" | "waivers";
  readonly name: string;
  readonly object: string;
  readonly message: string;
  readonly fix: string;
}

/** A finding that does not count because of a waiver. */
export interface WaivedFinding {
  readonly finding: Finding;
  readonly waiver: Waiver;
}

/** One rule with its outcome. */
export interface RuleResult {
  readonly rule: Rule;
  readonly examined: number;
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  readonly notes: readonly string[];
}

/** All that was checked, and what was found. */
export interface Proof {
  readonly customers: readonly string[];
  /** Objects of the central cluster, and of the customers' own. */
  readonly objects: number;
  readonly rules: readonly RuleResult[];
  readonly matrix: AccessMatrix;
  /** Findings on ways and waivers, which belong to no rule. */
  readonly others: readonly Finding[];
  readonly waivedOthers: readonly WaivedFinding[];
  /** Waivers that nothing needed, which should be removed. */
  readonly unusedWaivers: readonly Waiver[];
}

/** Every finding of a proof. */
export function findingsOf(proof: Proof): readonly Finding[] {
  return [...proof.rules.flatMap(({ findings }) => findings), ...proof.others];
}

/** Checks every static invariant on an estate and builds its matrix. */
export function prove(view: EstateView, book: WaiverBook, rules: readonly Rule[] = RULES): Proof {
  const results = rules.map((rule) => checkRule(rule, view, book));
  const matrix = accessMatrix(view);
  const reported = new Set(
    results
      .flatMap(({ findings, waived }) => [...findings, ...waived.map(({ finding }) => finding)])
      .map(({ object }) => object),
  );
  const ways = sort(
    matrix.paths.filter(({ objects }) => !objects.some((object) => reported.has(object))).map(wayFinding),
    book,
    "matrix",
  );
  const expired = book.waivers
    .filter((waiver) => waiver.rule !== "widening" && book.isExpired(waiver))
    .map((waiver) => expiredFinding(waiver));
  return {
    customers: matrix.customers,
    objects: view.objects.length + view.customerSideObjects.length,
    rules: results,
    matrix,
    others: [...ways.findings, ...expired],
    waivedOthers: ways.waived,
    unusedWaivers: book.unused.filter(({ rule }) => rule !== "widening"),
  };
}

function checkRule(rule: Rule, view: EstateView, book: WaiverBook): RuleResult {
  const inspection = new Inspection();
  rule.check(view, inspection);
  const violations = [...inspection.violations];
  if (inspection.examined === 0) {
    violations.push({
      object: "the estate",
      message: `the rule saw no ${rule.unit}, so it proves nothing`,
      fix: "check that the manifests are complete",
    });
  }
  const findings = violations.map((violation): Finding => ({ rule: rule.number, name: rule.name, ...violation }));
  return { rule, examined: inspection.examined, notes: inspection.notes, ...sort(findings, book, rule.number) };
}

/** Divides findings into those that count and those that are waived. */
function sort(
  all: readonly Finding[],
  book: WaiverBook,
  rule: WaivedRule,
): { readonly findings: readonly Finding[]; readonly waived: readonly WaivedFinding[] } {
  const findings: Finding[] = [];
  const waived: WaivedFinding[] = [];
  for (const finding of all) {
    const waiver = book.waiverFor(rule, finding.object);
    if (waiver === undefined) {
      findings.push(finding);
    } else {
      waived.push({ finding, waiver });
    }
  }
  return { findings, waived };
}

/** A way that no rule reports counts by itself: the rules may lack something, but the matrix must not hide it. */
function wayFinding({ kind, from, to, how, objects }: PathGroup): Finding {
  return {
    rule: "matrix",
    name: `${kind}-path`,
    object: objects[0] ?? "the estate",
    message: `${showCustomers(from)} to ${showCustomers(to)}: ${how} (${objects.join(", ")})`,
    fix: "close the way in one of these objects",
  };
}

function expiredFinding({ rule, object, expires, reason }: Waiver): Finding {
  return {
    rule: "waivers",
    name: "expired-waiver",
    object,
    message: `the waiver of rule ${rule} expired on ${expires}: ${reason}`,
    fix: "fix what it waives and remove it, or have it reviewed and set a new date in isolation/waivers.json",
  };
}
