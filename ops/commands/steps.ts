import type { Command } from "commander";
import type { Verb } from "../../runs/act.ts";
import { defined } from "../../runs/defined.ts";
import type { StepVerb } from "../../runs/step-act.ts";
import type { NightChoice } from "../choose-night.ts";
import { OpsError } from "../exit-code.ts";
import { actOnNight, type OneNightVerb } from "../verbs/act-on-night.ts";
import { actOnStep } from "../verbs/act-on-step.ts";
import { retryAll } from "../verbs/retry-all.ts";
import { renderDone, type VerbContext } from "../verbs/verb.ts";
import {
  type ActCommandOptions,
  acting,
  actPlaceOf,
  count,
  examples,
  type Io,
  oneNight,
  timeOfDay,
} from "./options.ts";

interface StepOptions extends ActCommandOptions, NightChoice {
  readonly all?: boolean;
  readonly until?: string;
  readonly wait?: number;
}

/** A command for an act of one verb. */
interface ActCommand<Verbs extends Verb> {
  readonly verb: Verbs;
  readonly description: string;
  readonly examples: readonly string[];
  /** Adds its own options. @default - it has none */
  readonly options?: (command: Command) => Command;
}

/** How long a decision waits for Argo to act on it. */
const EFFECT_SECONDS = 30;

/** How long `stop` and `restart` wait: the runner has 25 s to cancel, Argo some more to see it. */
const CANCEL_SECONDS = 180;

const forEffect = (command: Command): Command => waitOption(command, "effect", EFFECT_SECONDS);
const forCancellation = (command: Command): Command => waitOption(command, "cancellation", CANCEL_SECONDS);

const STEP_COMMANDS: readonly ActCommand<StepVerb>[] = [
  {
    verb: "hold",
    description: "hold a step before it starts, also one not reached yet; its siblings run on",
    examples: [
      'hold nordbank report --reason "figures under review"',
      'hold nordbank report --until 03:00 --dry-run --reason "what would it cost?"',
    ],
    options: untilOption,
  },
  {
    verb: "release",
    description: "let a held step start, take a hold back, or confirm a gate step",
    examples: [
      'release nordbank report --reason "review done"',
      'release nordbank sign-off --reason "confirmed by risk control"',
    ],
    options: forEffect,
  },
  {
    verb: "adopt",
    description: "go on with the same attempt of a failed step: its remote job is adopted, or its finished results are",
    examples: ['adopt nordbank revaluation --reason "the customer\'s cluster answers again, and the job runs on"'],
    options: forEffect,
  },
  {
    verb: "skip",
    description: "leave a step out: failed, held, or not reached yet; the steps after it run",
    examples: ['skip nordbank archive --reason "archive is down, done by hand tomorrow"'],
    options: forEffect,
  },
  {
    verb: "abort",
    description: "give up a waiting step: it fails, the steps after it do not run, the rest runs on",
    examples: ['abort nordbank revaluation --reason "portfolio is incomplete"'],
    options: forEffect,
  },
  {
    verb: "retry",
    description: "run a failed step again as a new attempt",
    examples: [
      'retry nordbank revaluation --reason "quota raised by the customer"',
      'retry nordbank --all --reason "the customer\'s cluster is back"',
    ],
    options: (command) =>
      forEffect(
        command.option(
          "--all",
          "every step of the customer that waits for a decision, unless its command may still run",
        ),
      ),
  },
  // Orders to the runner of a step.
  {
    verb: "stop",
    description: "cancel the remote job of a running step; the step then waits for a decision",
    examples: ['stop nordbank revaluation --reason "wrong portfolio"'],
    options: forCancellation,
  },
  {
    verb: "restart",
    description: "replace the remote job of a running step by exactly one new attempt",
    examples: ['restart nordbank revaluation --reason "driver hangs"'],
    options: forCancellation,
  },
];

const NIGHT_COMMANDS: readonly ActCommand<OneNightVerb>[] = [
  {
    verb: "pause",
    description: "keep a night from starting further steps; what runs goes on",
    examples: ['pause nordbank --reason "the customer\'s cluster is upgraded at 02:00"'],
    options: untilOption,
  },
  {
    verb: "resume",
    description: "let a paused night go on; held steps stay held",
    examples: ['resume nordbank --reason "upgrade done"'],
  },
  {
    verb: "end",
    description: "end a night: what runs is cancelled, its exit handler cleans up, and it fails",
    examples: ['end nordbank --reason "the portfolio of the wrong day was delivered"'],
  },
  {
    verb: "note",
    description: "write a remark into the night's record",
    examples: ['note nordbank --reason "the customer was told at 03:10"'],
  },
  {
    verb: "acknowledge",
    description: "note in the night's record that you are looking at it",
    examples: ['acknowledge nordbank --reason "with the platform engineers, ticket 4711"'],
  },
];

/** The commands that change one step, or whether steps start at all. */
export function addStepCommands(program: Command, io: Io): void {
  program.commandsGroup("Decide, while a night runs:");
  for (const about of STEP_COMMANDS) {
    const { verb } = about;
    addActCommand(program, about, verb === "retry" ? " [step]" : " <step>").action(
      async (customer: string, step: string | undefined, options: StepOptions, command: Command) => {
        if ((step === undefined) !== (options.all === true)) {
          command.error("error: say which step, or --all for every step that waits for a decision");
        }
        const context = await contextOf(customer, options, io);
        if (step === undefined) {
          const { done, failed } = await retryAll(context);
          context.output.show("ActList", done, (all, view) => all.map((one) => renderDone(one, view)).join("\n"));
          requireAll(done.length, failed);
        } else {
          context.output.show("Act", await actOnStep(context, verb, step), renderDone);
        }
      },
    );
  }
  for (const about of NIGHT_COMMANDS) {
    addActCommand(program, about).action(async (customer: string, options: StepOptions) => {
      const context = await contextOf(customer, options, io);
      context.output.show("Act", await actOnNight(context, about.verb), renderDone);
    });
  }
}

function addActCommand(program: Command, about: ActCommand<Verb>, step = ""): Command {
  const command = oneNight(acting(program.command(`${about.verb} <customer>${step}`)))
    .description(about.description)
    .addHelpText("after", examples(...about.examples));
  return about.options === undefined ? command : about.options(command);
}

/** @throws the first failure, which also reports the others */
function requireAll(done: number, failed: readonly OpsError[]): void {
  const [first] = failed;
  if (first === undefined) {
    return;
  }
  const messages = failed
    .map(({ message, fix }) => (fix === undefined ? message : `${message}\n    ${fix}`))
    .join("\n  ");
  const said = `retry: ${done} of ${done + failed.length} steps were retried:\n  ${messages}`;
  throw new OpsError(first.code, said);
}

function waitOption(command: Command, forWhat: "effect" | "cancellation", seconds: number): Command {
  return command.option("--wait <seconds>", `how long to wait for the ${forWhat}`, count, seconds);
}

/** Adds `--until`, which only serves to ask what a hold would cost: a hold itself lasts until it is released. */
function untilOption(command: Command): Command {
  return command
    .option("--until <time>", "with --dry-run: say what it costs until then, local time HH:MM", timeOfDay)
    .hook("preAction", (_, action) => {
      const { until, dryRun } = action.opts<StepOptions>();
      if (until !== undefined && dryRun !== true) {
        action.error(
          "error: --until only asks what it would cost: add --dry-run; what is held stays so until released",
        );
      }
    });
}

async function contextOf(customer: string, options: StepOptions, io: Io): Promise<VerbContext> {
  return {
    ...(await actPlaceOf(customer, options, io)),
    choice: options,
    effectSeconds: options.wait ?? EFFECT_SECONDS,
    ...defined({ until: options.until }),
  };
}
