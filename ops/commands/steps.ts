import type { Command } from "commander";
import { defined } from "../../runs/defined.ts";
import type { Refusal } from "../../runs/refusal.ts";
import type { StepVerb } from "../../runs/step-act.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { actOnNight, type NightVerb } from "../verbs/act-on-night.ts";
import { actOnStep } from "../verbs/act-on-step.ts";
import { retryAll } from "../verbs/retry-all.ts";
import { renderDone, type VerbContext } from "../verbs/verb.ts";
import {
  type ActCommandOptions,
  acting,
  actorOf,
  centralOf,
  count,
  examples,
  type Io,
  type NightOption,
  nightChoice,
  oneNight,
  outputOf,
  timeOfDay,
} from "./options.ts";

interface StepOptions extends ActCommandOptions, NightOption {
  readonly until?: string;
  readonly wait?: number;
}

interface StepCommand {
  readonly verb: StepVerb;
  readonly description: string;
  readonly examples: readonly string[];
}

/** How long a decision waits for Argo to act on it. */
const EFFECT_SECONDS = 30;

/** How long `stop` and `restart` wait: the runner has 25 s to cancel, Argo some more to see it. */
const CANCEL_SECONDS = 180;

const DECISIONS: readonly StepCommand[] = [
  {
    description: "hold a step before it starts, also one not reached yet; its siblings run on",
    verb: "hold",
    examples: [
      'hold nordbank report --reason "figures under review"',
      'hold nordbank report --until 03:00 --dry-run --reason "what would it cost?"',
    ],
  },
  {
    description: "let a held step start, take a hold back, or confirm a gate step",
    verb: "release",
    examples: [
      'release nordbank report --reason "review done"',
      'release nordbank sign-off --reason "confirmed by risk control"',
    ],
  },
  {
    description: "go on with the same attempt of a failed step: its remote job is adopted, or its finished results are",
    verb: "adopt",
    examples: ['adopt nordbank revaluation --reason "the customer\'s cluster answers again, and the job runs on"'],
  },
  {
    description: "leave a step out: failed, held, or not reached yet; the steps after it run",
    verb: "skip",
    examples: ['skip nordbank archive --reason "archive is down, done by hand tomorrow"'],
  },
  {
    description: "give up a waiting step: it fails, the steps after it do not run, the rest runs on",
    verb: "abort",
    examples: ['abort nordbank revaluation --reason "portfolio is incomplete"'],
  },
];

/** Orders to the runner of a step. */
const ORDERS: readonly StepCommand[] = [
  {
    verb: "stop",
    description: "cancel the remote job of a running step; the step then waits for a decision",
    examples: ['stop nordbank revaluation --reason "wrong portfolio"'],
  },
  {
    verb: "restart",
    description: "replace the remote job of a running step by exactly one new attempt",
    examples: ['restart nordbank revaluation --reason "driver hangs"'],
  },
];

/** The commands that change one step, or whether steps start at all. */
export function addStepCommands(program: Command, io: Io): void {
  program.commandsGroup("Decide, while a night runs:");
  for (const decision of DECISIONS) {
    const command = addStepCommand(program, io, decision);
    if (decision.verb === "hold") {
      untilOption(command);
    } else {
      waitOption(command, "effect", EFFECT_SECONDS);
    }
  }
  addRetry(program, io);
  for (const order of ORDERS) {
    waitOption(addStepCommand(program, io, order), "cancellation", CANCEL_SECONDS);
  }
  addNightVerbs(program, io);
}

function addStepCommand(program: Command, io: Io, { verb, description, examples: lines }: StepCommand): Command {
  return oneNight(acting(program.command(`${verb} <customer> <step>`)))
    .description(description)
    .addHelpText("after", examples(...lines))
    .action(async (customer: string, step: string, options: StepOptions) => {
      const output = outputOf(options, io);
      output.show("Act", await actOnStep(contextOf(options, output), verb, customer, step), renderDone);
    });
}

function addRetry(program: Command, io: Io): void {
  oneNight(acting(program.command("retry <customer> [step]")))
    .description("run a failed step again as a new attempt")
    .option("--all", "every step of the customer that waits for a decision")
    .option("--wait <seconds>", "how long to wait for the effect", count, EFFECT_SECONDS)
    .addHelpText(
      "after",
      examples(
        'retry nordbank revaluation --reason "quota raised by the customer"',
        'retry nordbank --all --reason "the customer\'s cluster is back"',
      ),
    )
    .action(
      async (
        customer: string,
        step: string | undefined,
        options: StepOptions & { readonly all?: boolean },
        command: Command,
      ) => {
        const output = outputOf(options, io);
        if (step !== undefined && options.all !== true) {
          output.show("Act", await actOnStep(contextOf(options, output), "retry", customer, step), renderDone);
        } else if (step === undefined && options.all === true) {
          const { done, failed } = await retryAll(contextOf(options, output), customer);
          output.show("ActList", done, (all, view) => all.map((one) => renderDone(one, view)).join("\n"));
          requireAll(done.length, failed);
        } else {
          command.error("error: say which step, or --all for every step that waits for a decision");
        }
      },
    );
}

/** @throws the first failure, which also reports the others */
function requireAll(done: number, failed: readonly (OpsError | Refusal)[]): void {
  const [first] = failed;
  if (first === undefined) {
    return;
  }
  const [code, fix] = first instanceof OpsError ? [first.code, first.fix] : [ExitCode.notPossible, first.remedy];
  const messages = failed.map(({ message }) => message).join("\n  ");
  throw new OpsError(code, `retry: ${done} of ${done + failed.length} steps were retried:\n  ${messages}`, fix);
}

const NIGHT_VERBS: readonly {
  readonly verb: NightVerb;
  readonly description: string;
  readonly example: string;
}[] = [
  {
    verb: "pause",
    description: "keep a night from starting further steps; what runs goes on",
    example: 'pause nordbank --reason "the customer\'s cluster is upgraded at 02:00"',
  },
  {
    verb: "resume",
    description: "let a paused night go on; held steps stay held",
    example: 'resume nordbank --reason "upgrade done"',
  },
  {
    verb: "end",
    description: "end a night: what runs is cancelled, its exit handler cleans up, and it fails",
    example: 'end nordbank --reason "the portfolio of the wrong day was delivered"',
  },
  {
    verb: "note",
    description: "write a remark into the night's record",
    example: 'note nordbank --reason "the customer was told at 03:10"',
  },
  {
    verb: "acknowledge",
    description: "note in the night's record that you are looking at it",
    example: 'acknowledge nordbank --reason "with the platform engineers, ticket 4711"',
  },
];

function addNightVerbs(program: Command, io: Io): void {
  for (const { verb, description, example } of NIGHT_VERBS) {
    const command = oneNight(acting(program.command(`${verb} <customer>`)))
      .description(description)
      .addHelpText("after", examples(example))
      .action(async (customer: string, options: StepOptions) => {
        const output = outputOf(options, io);
        output.show("Act", await actOnNight(contextOf(options, output), verb, customer), renderDone);
      });
    if (verb === "pause") {
      untilOption(command);
    }
  }
}

function waitOption(command: Command, forWhat: "effect" | "cancellation", seconds: number): Command {
  return command.option("--wait <seconds>", `how long to wait for the ${forWhat}`, count, seconds);
}

/** Adds `--until`, which only serves to ask what a hold would cost: a hold itself lasts until it is released. */
function untilOption(command: Command): void {
  command
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

function contextOf(options: StepOptions, output: Output): VerbContext {
  const central = centralOf(options, output);
  return {
    central,
    actor: actorOf(central, options, output),
    choice: nightChoice(options),
    effectSeconds: options.wait ?? EFFECT_SECONDS,
    note: output.note,
    times: output.view.times,
    ...defined({ until: options.until }),
  };
}
