import type { AccessFact, FactKind } from "../access/fact.ts";
import { type FactGroup, groupFacts, showOwners } from "../access/group-facts.ts";
import { type PathGroup, showCustomers } from "../matrix/path.ts";
import { PLATFORM } from "../model/estate.ts";
import type { GrantScope } from "../rbac/grant.ts";
import { PLATFORM_IDENTITIES } from "../rbac/platform-identities.ts";
import { escapeText } from "./escape-text.ts";

/** Ways that are written out; the rest is counted. */
const SHOWN = 200;

/** The ways between customers, each with the objects that open it. */
export function pathsSection(paths: readonly PathGroup[]): string {
  if (paths.length === 0) {
    return `<p class="quiet">No object opens a way from one customer to another.</p>`;
  }
  const rows = paths.slice(0, SHOWN).map(({ kind, state, from, to, how, objects }) => {
    const badge =
      state === "open" ? `<span class="badge bad">${kind}</span>` : `<span class="badge warn">${kind}, half</span>`;
    return `<tr><td class="much">${badge}</td><td>${escapeText(`${showCustomers(from)} to ${showCustomers(to)}`)}</td><td>${escapeText(how)}<br>${objects.map((object) => `<code>${escapeText(object)}</code>`).join("<br>")}</td></tr>`;
  });
  const rest = paths.length > SHOWN ? `<p class="quiet">and ${paths.length - SHOWN} more</p>` : "";
  return `<table><tr><th>Kind</th><th>From, to</th><th>How, and opened by</th></tr>${rows.join("")}</table>${rest}`;
}

const TITLES: Readonly<Record<FactKind, string>> = {
  right: "API",
  network: "Network",
  secret: "Secret",
  host: "Node",
  app: "Argo CD",
  guard: "Guard",
};

/** All that lanes and the platform may do: what is the same for many customers is said once. */
export function accessSection(facts: readonly AccessFact[], customers: number): string {
  const lanes = groupFacts(facts.filter(({ owner }) => owner !== PLATFORM));
  const platform = groupFacts(facts.filter(({ owner, kind }) => owner === PLATFORM && kind !== "right"));
  return `<h3>In the lanes</h3>${table(lanes, customers)}<h3>On the platform</h3>${table(platform, undefined)}`;
}

function table(groups: readonly FactGroup[], customers: number | undefined): string {
  const rows = groups.map((group) => {
    const last = customers === undefined ? "" : `<td>${escapeText(showOwners(group, customers, 4))}</td>`;
    return `<tr><td class="much">${TITLES[group.kind]}</td><td>${escapeText(group.text)}</td>${last}</tr>`;
  });
  const third = customers === undefined ? "" : "<th>Customers</th>";
  return `<table><tr><th>Kind</th><th>What</th>${third}</tr>${rows.join("")}</table>`;
}

/** The identities that serve all lanes, with each right and its reason. */
export function identitiesSection(): string {
  return PLATFORM_IDENTITIES.map(
    ({
      name,
      reason,
      grants,
    }) => `<details><summary><span class="name"><code>${escapeText(name)}</code></span><span class="looked">${grants.length} rights</span></summary>
<div><p>${escapeText(reason)}</p><table><tr><th>Where</th><th>What</th><th>Why</th></tr>${grants
      .map(
        ({ scope, group: apiGroup, resources, verbs, reason: why }) =>
          `<tr><td class="much">${showScope(scope)}</td><td>${escapeText(`${verbs.join(", ")} ${resources.map((resource) => (apiGroup === "" ? resource : `${apiGroup}/${resource}`)).join(", ")}`)}</td><td>${escapeText(why)}</td></tr>`,
      )
      .join("")}</table></div></details>`,
  ).join("\n");
}

function showScope(scope: GrantScope): string {
  return scope.kind === "cluster" ? "everywhere" : scope.kind === "lanes" ? "each lane" : escapeText(scope.name);
}
