import type { Finding, Proof, RuleResult, WaivedFinding } from "../prove.ts";
import { escapeText } from "./escape-text.ts";

/** Findings of one rule that are written out; the rest is counted. */
const SHOWN = 100;

/** Every rule as a block that opens: what is wrong where it fires, why it matters, and what was found. */
export function rulesSection(proof: Proof): string {
  const beside =
    proof.others.length + proof.waivedOthers.length === 0
      ? ""
      : block(
          "-",
          "beside the rules",
          proof.others,
          proof.waivedOthers,
          "",
          `<p>Ways in the matrix that no rule speaks of, and waivers that have expired.</p>`,
        );
  return `${proof.rules.map(ruleBlock).join("\n")}${beside}`;
}

function ruleBlock({ rule, findings, waived, examined, notes }: RuleResult): string {
  const about = `<dl><dt>What is wrong where it fires</dt><dd>${escapeText(rule.info)}</dd>
<dt>Why it matters, and what is looked at</dt><dd>${escapeText(rule.explanation)}</dd></dl>
${notes.map((note) => `<p class="quiet">Note: ${escapeText(note)}</p>`).join("")}`;
  return block(
    String(rule.number),
    rule.name,
    findings,
    waived,
    `${examined.toLocaleString("en")} ${rule.unit}`,
    about,
  );
}

function block(
  number: string,
  name: string,
  findings: readonly Finding[],
  waived: readonly WaivedFinding[],
  looked: string,
  about: string,
): string {
  const state =
    findings.length > 0
      ? `<span class="badge bad">${findings.length} found</span>`
      : waived.length > 0
        ? `<span class="badge warn">${waived.length} waived</span>`
        : `<span class="badge good">holds</span>`;
  const rest = findings.length > SHOWN ? `<p class="quiet">and ${findings.length - SHOWN} more</p>` : "";
  return `<details${findings.length > 0 ? " open" : ""}><summary><span class="number">${number}</span><span class="name">${escapeText(name)}</span><span class="looked">${escapeText(looked)}</span>${state}</summary>
<div>${about}${findings
    .slice(0, SHOWN)
    .map((finding) => findingBlock(finding, ""))
    .join(
      "",
    )}${rest}${waived.map(({ finding, waiver }) => findingBlock(finding, `Waived until ${waiver.expires}: ${waiver.reason}`)).join("")}</div></details>`;
}

function findingBlock({ object, message, fix }: Finding, waiver: string): string {
  return `<div class="finding${waiver === "" ? "" : " waived"}"><p><code>${escapeText(object)}</code></p><p>${escapeText(message)}</p><p class="fix">${escapeText(waiver === "" ? `Fix: ${fix}` : waiver)}</p></div>`;
}
