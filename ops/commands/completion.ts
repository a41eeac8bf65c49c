import { Argument, type Command, type Option } from "commander";
import { bashCompletion, fishCompletion, type Word, zshCompletion } from "../completion.ts";
import { examples, type Io } from "./options.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** The command that prints shell completion for all commands. */
export function addCompletion(program: Command, io: Io): void {
  program
    .commandsGroup("This command:")
    .helpCommand("help [command]", "explain a command")
    .command("completion")
    .addArgument(new Argument("<shell>", "your shell").choices(Object.keys(SHELLS)))
    .description("print the completion of commands and options for a shell")
    .addHelpText(
      "after",
      examples(
        "completion bash > ~/.local/share/bash-completion/completions/nightlane",
        "completion fish > ~/.config/fish/completions/nightlane.fish",
      ),
    )
    .action((shell: keyof typeof SHELLS) => {
      io.out.write(SHELLS[shell](wordsOf(program)));
    });
}

function wordsOf(program: Command): readonly Word[] {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    options: [...command.options.map(optionOf), { long: "--help", short: "-h", description: "help for this command" }],
  }));
  const names = commands.map(({ name }) => name);
  return [...commands, { name: "help", description: "explain a command", options: [], values: names }];
}

function optionOf(option: Option): Word["options"][number] {
  const { long, short, description, argChoices, flags, required, optional } = option;
  return {
    long: long ?? short ?? "",
    description,
    ...(short === undefined || long === undefined ? {} : { short }),
    ...(required || optional ? { value: argChoices ?? (/<(file|folder)>/.test(flags) ? "path" : "text") } : {}),
  };
}
