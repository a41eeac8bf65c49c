import { Duration } from "cdk8s";

/** How long what nightwatch said last holds while it says nothing: longer than any restart of it should take. */
const REMEMBERED = Duration.minutes(20);

/**
 * A series of nightwatch as alerts read it, by the labels that say what it is about. Labels of the scrape (pod, instance)
 * go, so that another pod opens nothing new; and while nightwatch says nothing of a customer, what it said last holds, so
 * that its restart neither ends an incident nor opens one.
 * @param labels The labels that stay; `customer` among them.
 * @param selector Of the series: `state="held"`.
 */
export function standing(metric: string, labels: readonly string[], selector = ""): string {
  const series = `nightlane_${metric}${selector === "" ? "" : `{${selector}}`}`;
  const by = `by (${labels.join(", ")})`;
  const current = `max ${by} (${series})`;
  // What was gone before nightwatch fell silent is over.
  const wasThere = `${lastSeen(series, by)} >= on (customer) group_left () ${LAST_WATCHED}`;
  return `(${current} or (${lastSaid(current)} and ${wasThere} unless on (customer) ${WATCHED}))`;
}

/**
 * What nightwatch last said of something that it measures at each scrape, whichever pod of it it was.
 * @param expression One value for each scrape.
 */
export function lastSaid(expression: string): string {
  return `last_over_time((${expression})${LATELY})`;
}

const LATELY = `[${REMEMBERED.toMinutes()}m:1m]`;

/** When series were last there. */
function lastSeen(series: string, by: string): string {
  return `max_over_time((group ${by} (${series}) * time())${LATELY})`;
}

/** The customers of whom nightwatch says anything now. */
const WATCHED = "max by (customer) (nightlane_night_running)";

/** When nightwatch last said anything of each customer. */
const LAST_WATCHED = lastSeen("nightlane_night_running", "by (customer)");
