import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { UserError } from "../../constructs/definition/problem.ts";
import { runCli } from "../../constructs/definition/run-cli.ts";
import type { SoakFault } from "./soak-faults.ts";

// The soak's customers replace all others; read when the customer files' module is loaded.
process.env.NIGHTLANE_CUSTOMERS = fileURLToPath(new URL("customers", import.meta.url));
const { progressOn } = await import("../farm/progress.ts");
const { customerNames } = await import("../../constructs/definition/customer-files.ts");
const { plan } = await import("./plan.ts");
const { accounts, isWell, lastLine } = await import("./report.ts");
const { runSoak } = await import("./run-soak.ts");
const { soakFaults } = await import("./soak-faults.ts");

interface Options {
  readonly minutes: number;
  readonly seed?: number;
  readonly faults?: readonly SoakFault[];
}

const program = new Command("soak")
  .description(
    "Nights that their schedules start, in the farm, with drawn faults injected into them; Prometheus calls, and the person " +
      "called types the command in the call, and nothing else.",
  )
  .option("--minutes <number>", "how long nights come due", whole, 60)
  .option("--seed <number>", "the same draw again; printed in any case", whole)
  .option("--faults <names>", 'draw from these only, with commas between them, or from "none"', chosen)
  .action(async (options: Options) => {
    const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
    const progress = progressOn(process.stderr);
    progress.note(`seed: ${seed}`);
    const customers = customerNames();
    const rounds = plan({ customers, faults: options.faults ?? soakFaults, minutes: options.minutes, seed });
    const abort = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => abort.abort(new UserError(`${signal}: the soak was given up`)));
    }
    const found = await runSoak({ customers, rounds, progress, abort: abort.signal }).catch((error: unknown) => {
      // Giving it up makes several of its parts fail; none of these errors is of interest.
      throw abort.signal.aborted ? abort.signal.reason : error;
    });
    for (const account of accounts(found)) {
      console.log(account);
    }
    console.log(`seed: ${seed}`);
    console.log(lastLine(found));
    process.exitCode = isWell(found) ? 0 : 1;
  });

function chosen(text: string): readonly SoakFault[] {
  const names = text === "none" ? [] : text.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !soakFaults.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    const known = soakFaults.map(({ name }) => name).join(", ");
    throw new InvalidArgumentError(`there is no ${unknown.join(", ")}; choose from ${known}, or none`);
  }
  return soakFaults.filter(({ name }) => names.includes(name));
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError("a whole number from 1 is wanted");
  }
  return number;
}

await runCli(() => program.parseAsync());
