import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { CUSTOMERS_FOLDER, customerFile } from "../../constructs/definition/customer-files.ts";
import { received, renderProblem } from "../../constructs/definition/problem.ts";
import { runCli } from "../../constructs/definition/run-cli.ts";
import { checkFile } from "./check-file.ts";
import type { Finding } from "./finding.ts";

const EXAMPLES = `
Examples:
  npm run check -- seebank
  npm run check -- seebank nordbank

It needs no cluster and changes nothing. It ends with 1 where something is left to do.`;

const command = new Command("check")
  .description(
    "Checks customer files: values and names, types, format, what is still an example, collisions with other customers, size, snapshot.",
  )
  .argument("<customers...>", "names of files in customers/, without .ts")
  .addHelpText("after", EXAMPLES)
  .showHelpAfterError()
  .action(async (names: readonly string[]) => {
    for (const name of names) {
      const findings = await checkFile(name);
      // A name without a file is shown as it was given.
      const file = existsSync(join(CUSTOMERS_FOLDER, `${name}.ts`)) ? customerFile(name) : received(name);
      console.log([file, ...findings.flatMap((finding) => lines(file, finding))].join("\n"));
      const left = findings.reduce((sum, { problems }) => sum + problems.length, 0);
      console.log(left === 0 ? "  ready for review" : `  ${left} ${left === 1 ? "thing" : "things"} to do`);
      process.exitCode = left === 0 ? process.exitCode : 1;
    }
  });

function lines(file: string, { title, problems, note }: Finding): readonly string[] {
  return [
    `  ${title.padEnd(12)}${problems.length === 0 ? note : `${problems.length} to do`}`,
    ...problems.flatMap((problem) => renderProblem(file, problem)).map((line) => `  ${line}`),
  ];
}

await runCli(() => command.parseAsync());
