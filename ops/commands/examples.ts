import type { Command } from "commander";

/** Adds examples to a command's help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${examples.map((line) => `  $ nightlane ${line}`).join("\n")}\n`);
}
