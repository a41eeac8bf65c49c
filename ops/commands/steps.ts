import type { Command } from "commander";
import type { Refusal } from "../../runs/refusal.ts";
import type { StepVerb } from "../../runs/step-act.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Output, View } from "../output.ts";
import { actOnNight, type NightVerb } from "../verbs/act-on-night.ts";
import { actOnStep } from "../verbs/act-on-step.ts";
import { retryAll } from "../verbs/retry-all.ts";
import type { Done, VerbContext } from "../verbs/verb.ts";
import { withExamples } from "./examples.ts";
import {
  type ActCommandOptions,
  acting,
  actorOf,
  centralOf,
  count,
  type Io,
  type NightOption,
  nightChoice,
  oneNight,
  outputOf,
  timeOfDay,
} from "./options.ts";

type StepOptions = ActCommandOptions & NightOption & { readonly until?: string };
type DecideOptions = StepOptions & { readonly wait?: number };
type RetryOptions = DecideOptions & { readonly all?: boolean };
type WaitingStepOptions = StepOptions & { readonly wait: number };

/** How long `stop` and `restart` wait: the runner has 25 s to cancel, Argo some more to see it. */
const WAIT_SECONDS = 180;

/** How long a decision waits for Argo to act on it. */
const EFFECT_SECONDS = 30;

const STEP_VERBS: readonly {
  readonly verb: StepVerb;
  readonly description: string;
  readonly examples: readonly string[];
}[] = [
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

/** The commands that change one step, or whether steps start at all. */
export function addStepCommands(program: Command, io: Io): void {
  program.commandsGroup("Decide, while a night runs:");
  for (const { verb, description, examples } of STEP_VERBS) {
    const command = oneNight(acting(program.command(`${verb} <customer> <step>`)))
      .description(description)
      .action(async (customer: string, step: string, options: DecideOptions) => {
        const output = outputOf(options, io);
        output.show("Act", await actOnStep(contextOf(options, output), verb, customer, step), renderDone);
      });
    if (verb === "hold") {
      untilOption(command);
    } else {
      command.option("--wait <seconds>", "how long to wait for the effect", count, EFFECT_SECONDS);
    }
    withExamples(command, ...examples);
  }
  addRetry(program, io);
  addStop(program, io);
  addNightVerbs(program, io);
}

function addRetry(program: Command, io: Io): void {
  withExamples(
    oneNight(acting(program.command("retry <customer> [step]")))
      .description("run a failed step again as a new attempt")
      .option("--all", "every step of the customer that waits for a decision")
      .option("--wait <seconds>", "how long to wait for the effect", count, EFFECT_SECONDS)
      .action(async (customer: string, step: string | undefined, options: RetryOptions, command: Command) => {
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
      }),
    'retry nordbank revaluation --reason "quota raised by the customer"',
    'retry nordbank --all --reason "the customer\'s cluster is back"',
  );
}

/** @throws the first failure, which tells of the others too */
function requireAll(done: number, failed: readonly (OpsError | Refusal)[]): void {
  const [first] = failed;
  if (first === undefined) {
    return;
  }
  const code = first instanceof OpsError ? first.code : ExitCode.notPossible;
  const fix = first instanceof OpsError ? first.fix : first.remedy;
  const messages = failed.map(({ message }) => message).join("\n  ");
  throw new OpsError(code, `retry: ${done} of ${done + failed.length} steps were retried:\n  ${messages}`, fix);
}

function addStop(program: Command, io: Io): void {
  const verbs = [
    {
      verb: "stop",
      description: "cancel the remote job of a running step; the step then waits for a decision",
      example: 'stop nordbank revaluation --reason "wrong portfolio"',
    },
    {
      verb: "restart",
      description: "replace the remote job of a running step by exactly one new attempt",
      example: 'restart nordbank revaluation --reason "driver hangs"',
    },
  ] as const;
  for (const { verb, description, example } of verbs) {
    const command = oneNight(acting(program.command(`${verb} <customer> <step>`)))
      .description(description)
      .option("--wait <seconds>", "how long to wait for the cancellation", count, WAIT_SECONDS)
      .action(async (customer: string, step: string, options: WaitingStepOptions) => {
        const output = outputOf(options, io);
        output.show("Act", await actOnStep(contextOf(options, output), verb, customer, step), renderDone);
      });
    withExamples(command, example);
  }
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
    const command = oneNight(acting(program.command(`${verb} <customer>`)));
    if (verb === "pause") {
      untilOption(command);
    }
    command.description(description).action(async (customer: string, options: StepOptions) => {
      const output = outputOf(options, io);
      output.show("Act", await actOnNight(contextOf(options, output), verb, customer), renderDone);
    });
    withExamples(command, example);
  }
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

function contextOf(options: DecideOptions, output: Output): VerbContext {
  const central = centralOf(options, output);
  return {
    central,
    actor: actorOf(central, options, output),
    choice: nightChoice(options),
    effectSeconds: options.wait ?? EFFECT_SECONDS,
    note: (text) => output.note(text),
    times: output.view.times,
    ...(options.until === undefined ? {} : { until: options.until }),
  };
}

/** What an act did, for a person. */
export function renderDone(done: Done, { paint }: View): string {
  const what = done.step === undefined ? done.customer : `${done.customer} ${done.step}`;
  const dry = done.dryRun ? " (dry run: nothing was changed)" : "";
  return `${paint("bold", `${done.verb} ${what}`)}: ${done.effect}${dry}\n  ${done.night ?? done.act}, noted as ${done.by}: ${done.reason}`;
}
