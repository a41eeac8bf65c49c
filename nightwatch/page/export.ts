import { furtherOnly } from "../../runs/night-series.ts";
import type { Answers } from "./answers.ts";
import type { PageAssets, PageDocument } from "./document.ts";
import { pageDocument } from "./document.ts";
import type { PageFeed, Sees } from "./page-feed.ts";

/** With more nights than this a copy includes only the runs that need a person. */
const MOST_WHOLE = 60;

/** A self-contained copy of the page: all nights as they are now, with their runs and the nights before. */
export async function exportPage(
  assets: PageAssets,
  feed: PageFeed,
  answers: Answers,
  sees: Sees,
): Promise<PageDocument> {
  const nights = feed.nights(sees);
  const isWhole = nights.lines.length <= MOST_WHOLE;
  const found: Record<string, object> = {};
  // One after the other: each reads records, and a report is not urgent.
  for (const { customer, pipeline, night, calls } of nights.lines) {
    if (night !== undefined && (isWhole || calls.length > 0)) {
      const query = new URLSearchParams({ customer, ...furtherOnly({ pipeline }), night });
      await add(found, "/run", query, answers);
    }
    if (isWhole) {
      await add(found, "/history", new URLSearchParams({ customer, ...furtherOnly({ pipeline }) }), answers);
    }
  }
  return pageDocument(assets, { nights, answers: found });
}

async function add(
  found: Record<string, object>,
  path: string,
  query: URLSearchParams,
  answers: Answers,
): Promise<void> {
  const said = await answers[path]?.(query.get("customer") ?? "", query);
  if (said !== undefined) {
    found[`${path.slice(1)}?${query.toString()}`] = said;
  }
}
