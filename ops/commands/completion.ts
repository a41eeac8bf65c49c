import { Argument, type Command, type Option } from "commander";
import { bashCompletion, fishCompletion, type Word, zshCompletion } from "../completion.ts";
import { withExamples } from "./examples.ts";
import type { Io } from "./options.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** The command that prints shell completion for all commands. */
export function addCompletion(program: Command, io: Io): void {
  const names = Object.keys(SHELLS);
  withExamples(
    program
      .commandsGroup("This command:")
      .helpCommand("help [command]", "explain a command")
      .command("completion")
      .addArgument(new Argument("<shell>", "your shell").choices(names))
      .description("print the completion of commands and options for a shell")
      .action((shell: keyof typeof SHELLS) => {
        io.out.write(SHELLS[shell](wordsOf(program)));
      }),
    "completion bash > ~/.local/share/bash-completion/completions/nightlane",
    "completion fish > ~/.config/fish/completions/nightlane.fish",
  );
}

function wordsOf(program: Command): readonly Word[] {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    options: [...command.options.map(optionOf), { long: "--help", short: "-h", description: "help for this command" }],
  }));
  return [...commands, { name: "help", description: "explain a command", options: [], values: names(program) }];
}

function names(program: Command): readonly string[] {
  return program.commands.map((command) => command.name());
}

function optionOf({
  long,
  short,
  description,
  argChoices,
  flags,
  required,
  optional,
}: Option): Word["options"][number] {
  return {
    long: long ?? short ?? "",
    description,
    ...(short === undefined || long === undefined ? {} : { short }),
    ...(required || optional ? { value: argChoices ?? (/<(file|folder)>/.test(flags) ? "path" : "text") } : {}),
  };
}
