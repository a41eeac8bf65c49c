import { estateOf } from "../../isolation/model/collect.ts";
import { viewEstate } from "../../isolation/model/view.ts";
import { findingsOf, prove } from "../../isolation/prove.ts";
import { today, WaiverBook } from "../../isolation/waivers.ts";
import { tryPipeline } from "../../pipeline/pipeline-trial.ts";
import { bank, defineBank } from "./bank.ts";

/**
 * How long the static proof takes for a growing number of customers, rendering included:
 * `tsx test/bench/isolation.ts [count...]`. Seconds of wall clock and of CPU, since other work on the machine counts in the first.
 */
const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10, 100, 1000];

console.log("customers  render s  prove s  total s  CPU s  findings  memory MB");
for (const count of counts) {
  const definitions = Array.from({ length: count }, (_, number) => defineBank(bank(number)));
  const cpu = process.cpuUsage();
  const start = performance.now();
  const estate = estateOf(definitions, tryPipeline);
  const rendered = performance.now();
  const proof = prove(viewEstate(estate), new WaiverBook([], today()));
  const end = performance.now();
  const used = process.cpuUsage(cpu);
  const columns = [
    String(count).padStart(9),
    seconds(rendered - start).padStart(8),
    seconds(end - rendered).padStart(7),
    seconds(end - start).padStart(7),
    seconds((used.user + used.system) / 1000).padStart(5),
    String(findingsOf(proof).length).padStart(8),
    String(Math.round(process.memoryUsage().rss / 2 ** 20)).padStart(9),
  ];
  console.log(columns.join("  "));
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}
