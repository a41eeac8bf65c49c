import { Command, CommanderError } from "commander";
import { UnreadableRun } from "../runs/unreadable-run.ts";
import { addLookCommands } from "./commands/look.ts";
import type { Io } from "./commands/options.ts";
import { addRunCommands } from "./commands/runs.ts";
import { addStepCommands } from "./commands/steps.ts";
import { ExitCode, OpsError } from "./exit-code.ts";

const EXIT_CODES = `
Exit codes:
  0  done, or with --dry-run: could be done
  1  a defect of this command
  2  the command line is wrong, or the reason is missing
  3  no such customer, step, night or record
  4  not possible in the present state; the message says what is
  5  refused: your rights, or an admission policy
  6  the central cluster cannot be reached
  7  the act is written, but its effect was not seen in time
  8  a replay differs from the run it repeats, or a night that was waited for did not end well

Runbook: docs/operate.md`;

/** The command line of the operator. */
export function program(io: Io): Command {
  const nightlane = new Command("nightlane")
    .description("Operate the nights of all customers.")
    .addHelpText("after", EXIT_CODES)
    .showHelpAfterError("(nightlane --help lists the commands, nightlane help <command> explains one)")
    .configureOutput({ writeOut: (text) => io.out.write(text), writeErr: (text) => io.err.write(text) })
    .exitOverride();
  addLookCommands(nightlane, io);
  addStepCommands(nightlane, io);
  addRunCommands(nightlane, io);
  return nightlane;
}

const TERMINAL: Io = { out: process.stdout, err: process.stderr };

/** Runs one command line and returns its exit code. */
export async function main(args: readonly string[], io: Io = TERMINAL): Promise<number> {
  try {
    await program(io).parseAsync(args, { from: "user" });
    return ExitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    }
    if (error instanceof OpsError) {
      io.err.write(`nightlane: ${error.message}\n${error.mend === undefined ? "" : `  ${error.mend}\n`}`);
      return error.code;
    }
    if (error instanceof UnreadableRun) {
      io.err.write(`nightlane: ${error.message}\n  ${error.remedy}\n`);
      return ExitCode.notPossible;
    }
    io.err.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return ExitCode.defect;
  }
}
