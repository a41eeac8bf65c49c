import type { AccessFact } from "../access/fact.ts";
import { findingsOf, type Proof } from "../prove.ts";
import { escapeText } from "./escape-text.ts";
import { accessSection, identitiesSection, pathsSection } from "./html-evidence.ts";
import { matrixPicture } from "./html-matrix.ts";
import { rulesSection } from "./html-rules.ts";
import { STYLE } from "./html-style.ts";
import { CLAIM } from "./text.ts";

/** What the claim leaves out, and says so. */
const OUT_OF_SCOPE = [
  "an escape from a container into the kernel of a node that lanes share",
  "a compromise of Argo, of Argo CD or of the identity that deploys",
  "results that are forged inside one customer's own namespace",
];

/** A proof as one page that needs nothing else: no script, no font, no picture from elsewhere. */
export function htmlReport(proof: Proof, facts: readonly AccessFact[], date: string): string {
  const findings = findingsOf(proof).length;
  const { matrix } = proof;
  const waived = proof.rules.reduce((total, { waived: some }) => total + some.length, proof.waivedOthers.length);
  const verdict =
    findings === 0 ? `<span class="badge good">proven</span>` : `<span class="badge bad">not proven</span>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Isolation of ${proof.customers.length} customers: ${findings} findings</title><style>${STYLE}</style></head>
<body><main>
<h1>Isolation between customers ${verdict}</h1>
<p class="quiet">Static proof on the synthesized manifests, ${escapeText(date)}</p>
<p class="claim"><b>${findings === 0 ? "The claim" : "The claim, which these manifests do not keep"}:</b> ${escapeText(CLAIM)}.</p>
<div class="tiles">
${tile("customers", proof.customers.length)}${tile("objects", proof.objects)}${tile("rules", proof.rules.length)}
${tile("findings", findings, findings === 0)}${tile(`of ${matrix.cells.toLocaleString("en")} cells with a way`, matrix.openCells, matrix.openCells === 0)}${tile("waived", waived)}
</div>
<h2>Who reaches whom</h2>
<div class="card">${matrixPicture(matrix)}</div>
<h2>Ways between customers</h2>
<div class="card">${pathsSection(matrix.paths)}</div>
<h2>Rules</h2>
<p class="quiet">Each is a numbered invariant. Those that only a running cluster can show are checked by the live proof.</p>
${rulesSection(proof)}
<h2>What is allowed</h2>
<p class="quiet">Everything that anybody may do by these manifests, each thing said once.</p>
<div class="card">${accessSection(facts, proof.customers.length)}</div>
<h2>Identities that serve all lanes</h2>
<p class="quiet">They are no customer's, so the matrix does not count them. A right that is not on this list is a finding.</p>
${identitiesSection()}
<h2>What the claim leaves out</h2>
<div class="card"><ul>${OUT_OF_SCOPE.map((item) => `<li>${escapeText(item)}</li>`).join("")}</ul></div>
</main></body></html>
`;
}

function tile(label: string, value: number, isGood?: boolean): string {
  const state = isGood === undefined ? "" : isGood ? " good" : " bad";
  return `<div class="tile${state}"><b>${value.toLocaleString("en")}</b>${escapeText(label)}</div>`;
}
