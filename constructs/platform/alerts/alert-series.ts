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
  const by = `max by (${labels.join(", ")})`;
  const remembered = `${by} (last_over_time(${series}[${REMEMBERED.toMinutes()}m]))`;
  return `(${by} (${series}) or (${remembered} unless on (customer) ${WATCHED}))`;
}

/** The customers of whom nightwatch says anything now. */
const WATCHED = "max by (customer) (nightlane_night_running)";
