import { Duration } from "cdk8s";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import type { Problem } from "../definition/problem.ts";

/** As long as the Workflow of a finished night is kept, so that its results can be looked up. */
const SHORTEST_RESULTS = Duration.days(14);

/** A failure before a long weekend can still be examined after it. */
const SHORTEST_LOGS = Duration.days(7);

/** How long results and logs are kept on the volumes. */
export function checkRetention({ lane: { keepResults, keepLogs } }: CustomerDefinition): readonly Problem[] {
  const problems = [
    ...check("lane.keepResults", keepResults, SHORTEST_RESULTS, "results of a night that is still shown", 90),
    ...check("lane.keepLogs", keepLogs, SHORTEST_LOGS, "the logs of a failure must outlast a long weekend", 30),
  ];
  if (problems.length === 0 && keepLogs.toMilliseconds() > keepResults.toMilliseconds()) {
    problems.push({
      property: "lane.keepLogs",
      received: shown(keepLogs),
      rule: `no longer than lane.keepResults, ${shown(keepResults)}: a business date is removed as a whole`,
      fix: `write for instance Duration.days(${keepResults.toDays()}), or keep the results for longer`,
    });
  }
  return problems;
}

function check(property: string, value: Duration, shortest: Duration, reason: string, example: number): Problem[] {
  const days = value.toDays({ integral: false });
  if (Number.isInteger(days) && days >= shortest.toDays()) {
    return [];
  }
  return [
    {
      property,
      received: shown(value),
      rule: `whole days, at least ${shortest.toDays()}: ${reason}`,
      fix: `write for instance Duration.days(${example})`,
    },
  ];
}

function shown(value: Duration): string {
  return `${Number(value.toDays({ integral: false }).toFixed(3))} days`;
}
