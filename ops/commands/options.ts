import { homedir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Day, isDay } from "../../runs/local-time.ts";
import { Actor } from "../acts/actor.ts";
import { Central } from "../central.ts";
import type { NightChoice } from "../choose-night.ts";
import { Output, type OutputForm } from "../output.ts";

/** Where a command writes: results, and what is said on the way. */
export interface Io {
  readonly out: Writable & { readonly isTTY?: boolean };
  readonly err: Writable;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly kubeconfig?: string;
  readonly output: OutputForm;
}

/** Options of every command that changes something. */
export interface ActCommandOptions extends CommonOptions {
  readonly reason: string;
  readonly dryRun?: boolean;
}

export interface NightOption {
  readonly night?: string;
}

/** Adds `--kubeconfig` and `-o`. */
export function common(command: Command): Command {
  return command
    .addOption(
      new Option("--kubeconfig <file>", "kubeconfig of the central cluster")
        .env("KUBECONFIG")
        .default(undefined, "~/.kube/config"),
    )
    .addOption(new Option("-o, --output <form>", "form of the result").choices(["text", "json"]).default("text"));
}

/** Adds `--reason` and `--dry-run` too. */
export function acting(command: Command): Command {
  return common(command)
    .requiredOption("--reason <text>", "why; lands in the run record beside your name")
    .option("--dry-run", "check everything, rights and admission too, and change nothing");
}

/** Adds `--night`. */
export function oneNight(command: Command): Command {
  return command.option("--night <workflow>", "which night, if several run (default: the one that runs)");
}

export function nightChoice(options: NightOption): NightChoice {
  return options.night === undefined ? {} : { night: options.night };
}

export function centralOf(options: CommonOptions): Central {
  return Central.fromKubeconfig(options.kubeconfig ?? join(homedir(), ".kube", "config"));
}

export function outputOf(options: CommonOptions, io: Io): Output {
  return new Output(options.output, io.out, io.err);
}

export function actorOf(central: Central, options: ActCommandOptions): Actor {
  return new Actor(central, { reason: options.reason, dryRun: options.dryRun ?? false });
}

/** Parses `YYYY-MM-DD`. */
export function day(text: string): Day {
  if (!isDay(text)) {
    throw new InvalidArgumentError("a day of the calendar is written YYYY-MM-DD, like 2026-03-31.");
  }
  return text;
}

/** Parses a whole number of at least 1. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new InvalidArgumentError("must be a whole number, 1 or more.");
  }
  return Number(text);
}
