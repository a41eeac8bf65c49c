import { join } from "node:path";
import { synthesize } from "../constructs/synthesize.ts";
import { customerFile } from "../infra/customer-files.ts";
import { writeCustomer } from "../infra/write-manifests.ts";
import { bank, defineBank } from "./bank.ts";

/**
 * What is measured, a process of its own: `synthesize-banks.ts COUNT FOLDER` defines, checks and synthesizes that many
 * customers and writes their YAML, as `cdk8s synth` does. Prints the process' peak memory in MB.
 */
const [count, folder = "dist"] = process.argv.slice(2);
for (let number = 0; number < Number(count); number++) {
  const definition = defineBank(bank(number));
  writeCustomer(join(folder, definition.name), synthesize(definition, customerFile(definition.name)));
}
console.log(Math.round(process.resourceUsage().maxRSS / 1024));
