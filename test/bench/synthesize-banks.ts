import { join } from "node:path";
import { customerFile } from "../../constructs/definition/customer-files.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import { writeCustomer } from "../../infra/write-manifests.ts";
import { bank, defineBank } from "./bank.ts";

/** What the process says of itself when it is done. */
export interface Usage {
  /** Seconds of CPU, its own and the kernel's for it. */
  readonly cpu: number;
  /** Peak of resident memory. */
  readonly megabytes: number;
}

/**
 * What is measured, a process of its own: `synthesize-banks.ts COUNT FOLDER` defines, checks and synthesizes that many
 * customers and writes their YAML, as `cdk8s synth` does. Prints its usage as JSON.
 */
const [count, folder = "dist"] = process.argv.slice(2);
for (let number = 0; number < Number(count); number++) {
  const definition = defineBank(bank(number));
  writeCustomer(join(folder, definition.name), synthesize(definition, customerFile(definition.name)));
}
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const usage: Usage = { cpu: (userCPUTime + systemCPUTime) / 1e6, megabytes: Math.round(maxRSS / 1024) };
console.log(JSON.stringify(usage));
