import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { runCli } from "../../constructs/definition/run-cli.ts";
import type { VariantName } from "./nights/night.ts";

// The suite's customer replaces all others; read when the customer files' module is loaded.
process.env.NIGHTLANE_CUSTOMERS = fileURLToPath(new URL("customers", import.meta.url));
const { progressOn } = await import("../farm/progress.ts");
const { faults, chooseFaults, FIVE } = await import("./faults/registry.ts");
const { runSuite } = await import("./suite.ts");

const VARIANTS: readonly VariantName[] = ["nightlane", "bash", "argo resource"];

interface Options {
  readonly faults?: string;
  readonly nightlaneOnly?: true;
  readonly nights?: number;
  readonly seed?: number;
  readonly output: string;
}

const program = new Command("chaos")
  .description("Real faults in real parts, in the farm: a lane's night beside two baselines, fault by fault.")
  .option("--faults <names>", 'names with commas between them, "five" for those of make test', (text) => text)
  .option("--nightlane-only", "leave the baselines out")
  .option("--nights <number>", "draw fault and moment for so many nights", whole)
  .option("--seed <number>", "the same draw again", whole)
  .option("--output <file>", "where the verdicts go, JSON", join("test", "chaos", "verdicts.json"))
  .action(async (options: Options) => {
    const chosen = namesOf(options.faults);
    const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
    if (options.nights !== undefined) {
      console.log(`seed: ${seed}`);
    }
    const survived = await runSuite(
      {
        faults: chosen === undefined ? faults : chooseFaults(chosen),
        variants: options.nightlaneOnly === true ? ["nightlane"] : VARIANTS,
        output: options.output,
        ...(options.nights === undefined ? {} : { random: { nights: options.nights, seed } }),
      },
      progressOn(process.stderr),
    );
    process.exitCode = survived ? 0 : 1;
  });

function namesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text === "") {
    return undefined;
  }
  return text === "five" ? FIVE : text.split(",").map((name) => name.trim());
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError("a whole number from 1 is wanted");
  }
  return number;
}

await runCli(() => program.parseAsync());
