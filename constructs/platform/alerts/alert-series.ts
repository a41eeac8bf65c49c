import { Duration } from "cdk8s";

/** How long nightwatch's last values remain valid while it is silent: longer than any restart should take. */
const REMEMBERED = Duration.minutes(20);

/**
 * A series of nightwatch as alerts read it, by the labels that identify its subject. Labels of the scrape (pod,
 * instance) are dropped, so that another pod opens nothing new; and while nightwatch exports nothing about a customer,
 * its last values remain valid, so that a restart neither ends an incident nor opens one.
 * @param labels The labels that are kept; `customer` among them.
 * @param selector Selects series: `state="held"`.
 */
export function standing(metric: string, labels: readonly string[], selector = ""): string {
  const series = `nightlane_${metric}${selector === "" ? "" : `{${selector}}`}`;
  const by = `by (${labels.join(", ")})`;
  const current = `max ${by} (${series})`;
  // A series that was gone before nightwatch fell silent is over.
  const wasThere = `${lastSeen(series, by)} >= on (customer) group_left () ${LAST_WATCHED}`;
  return `(${current} or (${lastSaid(current)} and ${wasThere} unless on (customer) ${WATCHED}))`;
}

/**
 * Nightwatch's last value of something that it measures at each scrape, whichever of its pods that was.
 * @param expression One value for each scrape.
 */
export function lastSaid(expression: string): string {
  return `last_over_time((${expression})${LATELY})`;
}

const LATELY = `[${REMEMBERED.toMinutes()}m:1m]`;

/** When series last existed. */
function lastSeen(series: string, by: string): string {
  return `max_over_time((group ${by} (${series}) * time())${LATELY})`;
}

/** The customers about whom nightwatch exports anything now. */
const WATCHED = "max by (customer) (nightlane_night_running)";

/** When nightwatch last exported anything about each customer. */
const LAST_WATCHED = lastSeen("nightlane_night_running", "by (customer)");
