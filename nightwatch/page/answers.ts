import type { Nightwatch } from "../nightwatch.ts";
import type { PageParts } from "./page-server.ts";

/** What the page is told of one customer, by path. */
export function pageAnswers(_nightwatch: Pick<Nightwatch, "seen" | "runsOf">): PageParts["answers"] {
  return {};
}
