import { Command } from "commander";
import { customerFile } from "../../constructs/definition/customer-files.ts";
import { showUserErrors } from "../user-errors.ts";
import { checkFile } from "./check-file.ts";
import type { Finding } from "./found.ts";

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
  .action(async (names: readonly string[]) => {
    for (const name of names) {
      const findings = await checkFile(name);
      console.log([customerFile(name), ...findings.flatMap(lines)].join("\n"));
      const left = findings.reduce((sum, { problems }) => sum + problems.length, 0);
      console.log(left === 0 ? "  ready for review" : `  ${left} ${left === 1 ? "thing" : "things"} to do`);
      process.exitCode = left === 0 ? process.exitCode : 1;
    }
  });

function lines({ title, problems, note }: Finding): readonly string[] {
  return [
    `  ${title.padEnd(12)}${problems.length === 0 ? note : `${problems.length} to do`}`,
    ...problems.flatMap(({ property, line, received, rule, fix }) => [
      `    ${line === undefined || property === `line ${line}` ? "" : `line ${line}, `}${property}: received ${received}`,
      `      rule: ${rule}`,
      `      fix: ${fix}`,
    ]),
  ];
}

await showUserErrors(() => command.parseAsync());
