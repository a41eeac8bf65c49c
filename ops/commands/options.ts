import type { Writable } from "node:stream";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Day, isDay, isTimeOfDay } from "../../runs/local-time.ts";
import { Actor } from "../acts/actor.ts";
import { Central } from "../central.ts";
import { DEFAULT_KUBECONFIG, loadKubeconfig } from "../kubeconfig.ts";
import { laneOf } from "../lanes.ts";
import { Output, type OutputForm, type Screen } from "../output.ts";
import type { ActPlace, Place } from "../verbs/verb.ts";

/** Where a command writes results and progress. */
export interface Io {
  readonly out: Writable & Screen;
  readonly err: Writable;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly requestTimeout: number;
  readonly utc?: boolean;
  readonly output: OutputForm;
}

/** Options of every command that changes something. */
export interface ActCommandOptions extends CommonOptions {
  readonly reason: string;
  readonly dryRun?: boolean;
}

const REQUEST_TIMEOUT_SECONDS = 15;

/** Heading of the options that every command has. */
export const COMMON_OPTIONS = "Options of every command:";

/** Adds the common options: how to reach the central cluster, and the form of the answer. */
export function common(command: Command): Command {
  return command
    .optionsGroup(COMMON_OPTIONS)
    .addOption(
      new Option("--kubeconfig <file>", "kubeconfig of the central cluster").default(undefined, DEFAULT_KUBECONFIG),
    )
    .option("--context <name>", "context of the kubeconfig (default: the current one)")
    .addOption(
      new Option("--request-timeout <seconds>", "how long a request may take")
        .argParser(count)
        .default(REQUEST_TIMEOUT_SECONDS),
    )
    .option("--utc", "all times in UTC (default: by the customer's clocks)")
    .addOption(new Option("-o, --output <form>", "form of the answer").choices(["text", "json"]).default("text"))
    .optionsGroup("Options:");
}

/** Adds `--reason` and `--dry-run` too. */
export function acting(command: Command): Command {
  return common(command)
    .requiredOption("--reason <text>", "why; recorded in the run with your name")
    .option("--dry-run", "check everything, rights and admission too, and change nothing");
}

/** Adds `--night`. */
export function oneNight(command: Command): Command {
  return command.option("--night <workflow>", "which night, if several run (default: the one that runs)");
}

/** The central cluster; retries are noted. */
export function centralOf(options: CommonOptions, { note }: Output): Central {
  return new Central(loadKubeconfig(options), { timeoutSeconds: options.requestTimeout, note });
}

export function outputOf(options: CommonOptions, io: Io): Output {
  return new Output({ form: options.output, utc: options.utc ?? false }, io.out, io.err);
}

export async function placeOf(customer: string, options: CommonOptions, io: Io, find = laneOf): Promise<Place> {
  const output = outputOf(options, io);
  const central = centralOf(options, output);
  return { output, central, lane: await find(central, customer) };
}

/** The same for a command that changes something. A reason that is none is refused before anything is asked. */
export async function actPlaceOf(
  customer: string,
  options: ActCommandOptions,
  io: Io,
  find = laneOf,
): Promise<ActPlace> {
  const { reason, dryRun = false } = options;
  const output = outputOf(options, io);
  const central = centralOf(options, output);
  const actor = new Actor(central, { reason, dryRun, note: output.note });
  return { output, central, actor, lane: await find(central, customer) };
}

/** Examples for the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ nightlane ${line}`).join("\n")}\n`;
}

/** Parses `YYYY-MM-DD`. */
export function day(text: string): Day {
  if (!isDay(text)) {
    throw new InvalidArgumentError("a day of the calendar is written YYYY-MM-DD, like 2026-03-31.");
  }
  return text;
}

/** Parses `HH:MM`. */
export function timeOfDay(text: string): string {
  if (!isTimeOfDay(text)) {
    throw new InvalidArgumentError("a time of day is written HH:MM, like 03:30.");
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
