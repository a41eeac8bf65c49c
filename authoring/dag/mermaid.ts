import { conditionText, KINDS } from "./kinds.ts";
import type { NightGraph, NightNode } from "./night-graph.ts";

/** The night as a mermaid flowchart, which GitLab and GitHub draw from a fenced block. */
export function dagMermaid({ nodes }: NightGraph): string {
  const ids = new Map(nodes.map(({ name }, index) => [name, `s${index}`]));
  const id = (name: string): string => ids.get(name) ?? name;
  const used = Object.entries(KINDS).filter(([kind]) => nodes.some((node) => node.kind === kind));
  return [
    "flowchart TD",
    ...nodes.map((node) => `  ${id(node.name)}${shape(node)}:::${node.kind}`),
    ...nodes.flatMap((node) => node.after.map((upstream) => `  ${id(upstream)} --> ${id(node.name)}`)),
    ...used.map(([kind, { fill, line }]) => `  classDef ${kind} fill:${fill},stroke:${line},color:#1c2330`),
    "",
  ].join("\n");
}

function shape({ name, kind, when, facts }: NightNode): string {
  const details = [KINDS[kind].label, ...(when === undefined ? [] : [conditionText(when)]), ...facts];
  const label = `"<b>${name}</b><br/>${details.map(escapeLabel).join("<br/>")}"`;
  return kind === "gate" ? `{{${label}}}` : `[${label}]`;
}

/** Mermaid's own entities: a quote would end the label, and a customer's path may contain anything. */
function escapeLabel(text: string): string {
  return text.replaceAll(/[^\w .,:/-]/g, (character) => `#${character.codePointAt(0)};`);
}
