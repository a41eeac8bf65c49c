import type { AccessMatrix } from "../matrix/access-matrix.ts";
import { PATH_KINDS } from "../matrix/path.ts";
import { findingsOf, type Proof, type WaivedFinding } from "../prove.ts";
import { PLATFORM_IDENTITIES } from "../rbac/platform-identities.ts";
import { CLAIM, summary } from "./text.ts";

/** A proof as data: everything that the other reports show, for other programs. */
export function jsonReport(proof: Proof): string {
  const { matrix } = proof;
  const report = {
    claim: CLAIM,
    summary: summary(proof),
    customers: proof.customers,
    objects: proof.objects,
    findings: findingsOf(proof),
    rules: proof.rules.map(({ rule, examined, findings, waived, notes }) => ({
      number: rule.number,
      name: rule.name,
      info: rule.info,
      explanation: rule.explanation,
      examined,
      unit: rule.unit,
      findings: findings.length,
      waived: waived.map(waivedEntry),
      notes,
    })),
    matrix: {
      kinds: PATH_KINDS,
      cells: matrix.cells,
      openCells: matrix.openCells,
      open: openCells(matrix),
      paths: matrix.paths,
    },
    waived: proof.waivedOthers.map(waivedEntry),
    unusedWaivers: proof.unusedWaivers,
    platformIdentities: PLATFORM_IDENTITIES,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function waivedEntry({ finding, waiver }: WaivedFinding): object {
  return { ...finding, reason: waiver.reason, expires: waiver.expires };
}

/** More cells than these are not listed one by one: the paths list them in groups. */
const CELLS_LISTED = 10_000;

function openCells(matrix: AccessMatrix): readonly object[] {
  if (matrix.openCells === 0 || matrix.openCells > CELLS_LISTED) {
    return [];
  }
  return matrix.customers.flatMap((from) =>
    matrix.customers.flatMap((to) =>
      PATH_KINDS.flatMap((kind) => {
        const ways = matrix.ways(from, to, kind);
        return ways === 0 ? [] : [{ from, to, kind, ways }];
      }),
    ),
  );
}
