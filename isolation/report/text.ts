import type { AccessMatrix } from "../matrix/access-matrix.ts";
import { PATH_KINDS, showCustomers } from "../matrix/path.ts";
import { type Finding, findingsOf, type Proof, type RuleResult } from "../prove.ts";
import { type Paint, plain } from "./paint.ts";

/** What is proven, in these words and no stronger. */
export const CLAIM =
  "no API, secret or network path between customer namespaces, given these controller versions and an enforcing network plugin";

/** More customers than this make a table that nobody reads: the ways are listed instead. */
const TABLE_LIMIT = 12;

/** Findings shown for one rule; the rest is counted. */
const FINDINGS_SHOWN = 20;

/** A proof as text. The last line is the summary. */
export function textReport(proof: Proof, paint: Paint = plain): string {
  return [
    ...matrixLines(proof.matrix, paint),
    "",
    ...proof.rules.flatMap((result) => ruleLines(result, paint)),
    ...otherLines(proof, paint),
    "",
    `claim: ${CLAIM}`,
    summary(proof),
  ].join("\n");
}

/** The last line, the same for people and for scripts. */
export function summary(proof: Proof): string {
  return `isolation: ${proof.customers.length} customers, ${proof.rules.length} rules, ${findingsOf(proof).length} findings`;
}

function matrixLines(matrix: AccessMatrix, paint: Paint): readonly string[] {
  const open = matrix.openCells;
  const verdict =
    open === 0
      ? paint.good(
          `access matrix: all ${matrix.cells} cells off the diagonal are empty (subject x object x ${PATH_KINDS.join(", ")})`,
        )
      : paint.bad(`access matrix: ${open} of ${matrix.cells} cells off the diagonal have a way in them`);
  return [
    verdict,
    ...(matrix.customers.length <= TABLE_LIMIT ? table(matrix, paint) : []),
    ...matrix.paths.flatMap(({ kind, state, from, to, how, objects }) => [
      paint.bad(
        `  ${state === "open" ? "way" : "half a way"} (${kind}): ${showCustomers(from)} -> ${showCustomers(to)}`,
      ),
      `    ${how}`,
      `    opened by ${objects.join(", ")}`,
    ]),
  ];
}

/** Rows are subjects, columns objects; a cell counts the ways by API, secret, network and Argo CD, in this order. */
function table(matrix: AccessMatrix, paint: Paint): readonly string[] {
  const { customers } = matrix;
  const first = Math.max(...customers.map(({ length }) => length), "from \\ to".length);
  const widths = customers.map(({ length }) => Math.max(length, CELL_WIDTH));
  const heading = ["from \\ to".padEnd(first), ...customers.map((name, index) => name.padEnd(widths[index] ?? 0))];
  const rows = customers.map((from) => [
    from.padEnd(first),
    ...customers.map((to, index) => {
      const ways = PATH_KINDS.map((kind) => matrix.ways(from, to, kind));
      const text = (from === to ? "own" : ways.map((count) => (count === 0 ? "." : count)).join(" ")).padEnd(
        widths[index] ?? 0,
      );
      return from === to ? paint.dim(text) : ways.some((count) => count > 0) ? paint.bad(text) : text;
    }),
  ]);
  return [heading, ...rows].map((cells) => `  ${cells.join("  ")}`.trimEnd());
}

/** Room for four counts. */
const CELL_WIDTH = 7;

function ruleLines({ rule, examined, findings, waived, notes }: RuleResult, paint: Paint): readonly string[] {
  const title = `${String(rule.number).padStart(3)}  ${rule.name}`;
  const looked = paint.dim(`${examined} ${rule.unit}`);
  const state = findings.length === 0 ? paint.good("ok  ") : paint.bad("FAIL");
  return [
    `${state} ${title.padEnd(34)} ${looked}${waived.length === 0 ? "" : paint.warn(`  ${waived.length} waived`)}`,
    ...(findings.length === 0 ? [] : [`         ${rule.info}`]),
    ...findingLines(findings, paint),
    ...waived.map(({ finding, waiver }) =>
      paint.warn(`         waived until ${waiver.expires}: ${finding.object}: ${finding.message} (${waiver.reason})`),
    ),
    ...notes.map((note) => paint.dim(`         note: ${note}`)),
  ];
}

function otherLines({ others, waivedOthers, unusedWaivers }: Proof, paint: Paint): readonly string[] {
  return [
    ...(others.length === 0 ? [] : [`${paint.bad("FAIL")}   -  beside the rules`, ...findingLines(others, paint)]),
    ...waivedOthers.map(({ finding, waiver }) => paint.warn(`waived until ${waiver.expires}: ${finding.message}`)),
    ...unusedWaivers.map(({ rule, object }) =>
      paint.warn(`unused waiver: rule ${rule}, ${object}: nothing needs it, remove it from isolation/waivers.json`),
    ),
  ];
}

function findingLines(findings: readonly Finding[], paint: Paint): readonly string[] {
  const shown = findings.slice(0, FINDINGS_SHOWN);
  const rest = findings.length - shown.length;
  return [
    ...shown.flatMap(({ object, message, fix }) => [`       ${paint.bad(object)}: ${message}`, `         fix: ${fix}`]),
    ...(rest === 0 ? [] : [`       and ${rest} more: --json has all of them`]),
  ];
}
