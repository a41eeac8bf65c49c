import { type BadInput, each, otherThan } from "./bad-input.ts";

/** The customer's lane. */
export const lane: readonly BadInput[] = [
  ...each("lane", "lane", otherThan("{}")),
  ...each("lane", "lane.runners", ["{ runners: 0 }", "{ runners: 1e9 }", '{ runners: "4" }', "{ runners: Infinity }"]),
  ...each("lane", "lane.resultsSize", [
    "{ resultsSize: 20 }",
    "{ resultsSize: Size.gibibytes(0) }",
    '{ resultsSize: "20Gi" }',
  ]),
  ...each("lane", "lane.resultsStorageClass", ['{ resultsStorageClass: "My Class!" }']),
  ...each("lane", "lane.keepResults", ["{ keepResults: 90 }", "{ keepResults: Duration.days(1) }"]),
  ...each("lane", "lane.keepLogs", ['{ keepLogs: "30d" }', "{ keepLogs: Duration.days(91) }"]),
  ...each("lane", "lane.runnres", ["{ runnres: 4 }"]),
];
