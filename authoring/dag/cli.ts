import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { type NightDefinition, nightsOf } from "../../constructs/definition/night-definition.ts";
import { mistake, received } from "../../constructs/definition/problem.ts";
import { runCli } from "../../constructs/definition/run-cli.ts";
import { furtherOnly, seriesName, seriesOf } from "../../runs/night-series.ts";
import { foldGraph } from "./fold-graph.ts";
import { dagMermaid } from "./mermaid.ts";
import { nightGraph } from "./night-graph.ts";
import { dagSvg } from "./svg.ts";
import { dagText } from "./text.ts";

const EXAMPLES = `
Examples:
  npm run dag -- nordbank                          a table on the terminal
  npm run --silent dag -- nordbank --mermaid       for a fenced block of a merge request
  npm run dag -- nordbank --svg nordbank.svg       a picture`;

interface Options {
  readonly mermaid?: true;
  readonly svg?: string;
  readonly everyStep?: true;
}

const command = new Command("dag")
  .description("Shows a customer's night as a graph: its steps, what waits for what, and on which dates.")
  .argument("<customer>", "name of a file in customers/, without .ts; for further nights nordbank/month-end")
  .addOption(new Option("--mermaid", "print a mermaid flowchart").conflicts("svg"))
  .option("--svg <file>", "draw it to a file")
  .option("--every-step", "show each step of a night of more than 40, where similar ones are folded into one")
  .addHelpText("after", EXAMPLES)
  .showHelpAfterError()
  .action(async (name: string, options: Options) => {
    const whole = nightGraph(await loadNights(name), customerFile(seriesOf(name).customer));
    const graph = options.everyStep ? whole : foldGraph(whole);
    if (options.svg !== undefined) {
      write(options.svg, dagSvg(graph));
      console.log(`wrote ${options.svg}`);
      return;
    }
    process.stdout.write(options.mermaid ? dagMermaid(graph) : dagText(graph));
  });

function write(file: string, picture: string): void {
  try {
    writeFileSync(file, picture);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw mistake(
      `--svg: received ${received(file)}: ${reason}`,
      "a file that can be written",
      "name one in an existing folder",
    );
  }
}

/** A customer with the requested nights. @throws UserError where it has none of that name */
async function loadNights(name: string): Promise<NightDefinition> {
  const { customer, pipeline } = seriesOf(name);
  const nights = nightsOf(await loadCustomer(customer));
  const found = nights.find((one) => one.pipeline === pipeline);
  if (found === undefined) {
    const names = nights.map((one) => seriesName({ customer, ...furtherOnly(one) }));
    const rule = "the nights of a customer: its name alone, or followed by the name of further ones";
    throw mistake(`${customerFile(customer)}: received ${received(name)}`, rule, `use ${names.join(" or ")}`);
  }
  return found;
}

await runCli(() => command.parseAsync());
