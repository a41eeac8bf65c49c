import { Command, CommanderError, Help, type Option } from "commander";
import { RUNBOOK } from "../constructs/platform/alerts/runbook.ts";
import packageFile from "../package.json" with { type: "json" };
import { Refusal } from "../runs/refusal.ts";
import { addCompletion } from "./commands/completion.ts";
import { addLaneCommands } from "./commands/lane.ts";
import { addLookCommands } from "./commands/look.ts";
import { addLookBackCommands } from "./commands/look-back.ts";
import { COMMON_OPTIONS, type Io } from "./commands/options.ts";
import { addStartCommands } from "./commands/start.ts";
import { addStepCommands } from "./commands/steps.ts";
import { EXIT_MEANINGS, ExitCode, OpsError } from "./exit-code.ts";
import { answer } from "./output.ts";
import { oneLine, widthOf } from "./text/width.ts";

const EXIT_CODES = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code}  ${meaning}`);

const NARROWEST_COLUMNS = 80;

/**
 * The command line of the operator.
 * @param json Whether errors are reported as JSON, and therefore not printed by the parser.
 */
export function program(io: Io, json = false): Command {
  const columns = (): number => (io.out.isTTY === true ? (io.out.columns ?? NARROWEST_COLUMNS) : NARROWEST_COLUMNS);
  const nightlane = new Command("nightlane")
    .description("Operate the nights of all customers.")
    .version(packageFile.version, "-V, --version", "the version of this command")
    .addHelpText("after", ["\nExit codes:", ...EXIT_CODES, `\nRunbook: ${RUNBOOK}`].join("\n"))
    .showHelpAfterError("(nightlane --help lists the commands, nightlane help <command> explains one)")
    .configureHelp({ displayWidth: widthOf, optionDescription: describeOption, groupItems: commonOptionsLast })
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => json || io.err.write(text),
      getOutHelpWidth: columns,
      getErrHelpWidth: columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  addLookCommands(nightlane, io);
  addStepCommands(nightlane, io);
  addLaneCommands(nightlane, io);
  addStartCommands(nightlane, io);
  addLookBackCommands(nightlane, io);
  addCompletion(nightlane, io);
  return nightlane;
}

/** Puts the options that only this command has first. */
function commonOptionsLast<Item extends Command | Option>(
  unsorted: Item[],
  visible: Item[],
  groupOf: (item: Item) => string,
): Map<string, Item[]> {
  const groups = new Help().groupItems(unsorted, visible, groupOf);
  const common = groups.get(COMMON_OPTIONS);
  if (common !== undefined) {
    groups.delete(COMMON_OPTIONS);
    groups.set(COMMON_OPTIONS, common);
  }
  return groups;
}

/** Help of an option, with its values and whether it is required. */
function describeOption(option: Option): string {
  const choices = option.argChoices === undefined ? [] : [option.argChoices.join(" or ")];
  const required = option.mandatory && option.defaultValue === undefined ? ["required"] : [];
  const shown = option.defaultValueDescription ?? option.defaultValue;
  const byDefault = shown === undefined || typeof shown === "boolean" ? [] : [`default: ${shown}`];
  const more = [...required, ...choices, ...byDefault].join(", ");
  return more === "" ? option.description : `${option.description} (${more})`;
}

const TERMINAL: Io = { out: process.stdout, err: process.stderr };

/** Runs one command line and returns its exit code. */
export async function main(args: readonly string[], io: Io = TERMINAL): Promise<number> {
  const json = asksForJson(args);
  try {
    await program(io, json).parseAsync(args, { from: "user" });
    return ExitCode.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return ExitCode.done;
    }
    const failure = failureOf(error);
    if (json) {
      io.err.write(`${JSON.stringify(answer("Error", failure))}\n`);
    } else if (!(error instanceof CommanderError)) {
      io.err.write(`${failureText(failure)}\n`);
    }
    return failure.code;
  }
}

/** Why a command failed. */
interface Failure {
  readonly code: ExitCode;
  /** Name of the code. */
  readonly reason: string;
  readonly message: string;
  /** What to do instead. */
  readonly fix?: string;
  /** Stack trace of a defect in the command itself. */
  readonly stack?: string;
}

function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    return failure(ExitCode.usage, error.message.replace(/^error: /, ""), "nightlane help <command> explains it");
  }
  if (error instanceof OpsError) {
    return failure(error.code, error.message, error.fix);
  }
  if (error instanceof Refusal) {
    return failureOf(OpsError.ofRefusal(error));
  }
  const stack = error instanceof Error ? error.stack : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { ...failure(ExitCode.defect, message), ...(stack === undefined ? {} : { stack }) };
}

function failure(code: ExitCode, message: string, fix?: string): Failure {
  const reason = Object.entries(ExitCode).find(([, value]) => value === code)?.[0] ?? "";
  return { code, reason, message, ...(fix === undefined ? {} : { fix }) };
}

/** Message and fix may quote the server: each is reduced to one line without control characters. */
function failureText({ message, fix, stack }: Failure): string {
  return stack ?? [`nightlane: ${oneLine(message)}`, ...(fix === undefined ? [] : [`  ${oneLine(fix)}`])].join("\n");
}

/** Whether a command line asks for JSON. Checked before parsing, which may fail. */
function asksForJson(args: readonly string[]): boolean {
  return args.some(
    (arg, index) =>
      arg === "-ojson" ||
      arg === "--output=json" ||
      (arg === "json" && ["-o", "--output"].includes(args[index - 1] ?? "")),
  );
}
