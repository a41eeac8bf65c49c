import { type Command, Option } from "commander";
import type { Day } from "../../runs/local-time.ts";
import type { NightChoice } from "../choose-night.ts";
import { loadKubeconfig } from "../kubeconfig.ts";
import type { NightLine } from "../overview/night-line.ts";
import { type OverviewView, renderNights, renderWaiting } from "../overview/render-nights.ts";
import { byUrgency } from "../overview/urgency.ts";
import { waitingOf } from "../overview/waiting.ts";
import { keptFiles, logs } from "../verbs/logs.ts";
import { nights, requireAll } from "../verbs/nights.ts";
import { show, watch } from "../verbs/show.ts";
import { copyOfPage, ui } from "../verbs/ui.ts";
import {
  type CommonOptions,
  centralOf,
  common,
  count,
  day,
  examples,
  type Io,
  oneNight,
  outputOf,
  placeOf,
} from "./options.ts";

interface NightsOptions extends CommonOptions {
  readonly waiting?: boolean;
  readonly all?: boolean;
  readonly html?: boolean;
}

interface ShowOptions extends CommonOptions, NightChoice {
  readonly watch?: boolean;
  readonly all?: boolean;
}

interface LogsOptions extends CommonOptions, NightChoice {
  readonly date?: Day;
  readonly run?: number;
  readonly attempt?: number;
  readonly driver?: boolean;
  readonly follow?: boolean;
  readonly raw?: boolean;
  readonly kept?: boolean;
}

/** The read-only commands. */
export function addLookCommands(program: Command, io: Io): void {
  program.commandsGroup("Look:");
  addNights(program, io);
  addUi(program, io);
  oneNight(common(program.command("show <customer>")))
    .description("one night: its steps, since when, remote jobs, who decided what")
    .option("-w, --watch", "go on until the night ends")
    .option("--all", "a line for every step, also for those of a large night that are alike")
    .addHelpText("after", examples("show nordbank --watch", "show nordbank --night night-2026-03-31-run-2"))
    .action(async (customer: string, options: ShowOptions) => {
      const look = options.watch === true ? watch : show;
      await look(await placeOf(customer, options, io), { ...options, every: options.all === true });
    });
  oneNight(common(program.command("logs <customer> [step]")))
    .description("the log of a step's runner and its Spark driver, even when the runner is long gone")
    .option("--date <day>", "business date (default: the night that runs, else the newest)", day)
    .option("--run <number>", "which run of that date (default: the newest that ran the step)", count)
    .option("--attempt <number>", "which attempt (default: the last)", count)
    .option("--driver", "only the Spark driver's log")
    .option("-f, --follow", "go on until the step ends")
    .option("--raw", "with the control characters that the driver wrote")
    .option("--kept", "instead of a log: what is kept of past nights, and how full the volume is")
    .addHelpText(
      "after",
      examples(
        "logs nordbank revaluation --follow",
        "logs nordbank revaluation --attempt 1 --driver",
        "logs nordbank revaluation --date 2026-03-31 --run 1",
        "logs nordbank --kept",
      ),
    )
    .action(async (customer: string, step: string | undefined, options: LogsOptions, command: Command) => {
      const { kept, date, run } = options;
      if (step === undefined && kept !== true) {
        command.error("error: say which step's log, or --kept for a list of what there is");
      }
      if (run !== undefined && date === undefined && kept !== true) {
        command.error("error: --run is the number of a run of one business date: say which, with --date");
      }
      const place = await placeOf(customer, options, io);
      await (step === undefined || kept === true ? keptFiles(place, date) : logs(place, step, options));
    });
}

interface UiCommandOptions extends CommonOptions {
  readonly port?: number;
  readonly browser: boolean;
}

function addUi(program: Command, io: Io): void {
  common(program.command("ui [customers...]"))
    .description("the nights as a page in your browser, for as long as the command runs")
    .option("--port <number>", "port on this machine (default: a free one)", count)
    .option("--no-browser", "only print the address")
    .addHelpText("after", examples("ui", "ui nordbank --no-browser --port 8123"))
    .action(async (customers: readonly string[], options: UiCommandOptions) => {
      const { port = 0, browser, requestTimeout: timeoutSeconds } = options;
      const output = outputOf(options, io);
      await ui(loadKubeconfig(options), { customers, port, browser, timeoutSeconds }, output);
    });
}

function addNights(program: Command, io: Io): void {
  common(program.command("nights"))
    .description("all customers, the worst first: what was due, how far it is, what is late")
    .option("--waiting", "only what waits for a person, earliest deadline first")
    .addOption(new Option("--all", "also what a small screen has no room for").conflicts("waiting"))
    .addOption(new Option("--html", "a self-contained page with every run, for a report").conflicts(["waiting", "all"]))
    .addHelpText(
      "after",
      examples(
        "nights",
        "nights --waiting",
        "nights --html > nights.html",
        "nights -o json | jq '.items[] | select(.late)'",
      ),
    )
    .action(async (options: NightsOptions) => {
      const output = outputOf(options, io);
      if (options.html === true) {
        const timeoutSeconds = options.requestTimeout;
        io.out.write(await copyOfPage(loadKubeconfig(options), { customers: [], timeoutSeconds }));
        return;
      }
      const now = Date.now();
      const lines = await nights(centralOf(options, output), now);
      const rows = output.view.columns === undefined || options.all === true ? undefined : output.stream.rows;
      const view: OverviewView = { ...output.view, now, ...(rows === undefined ? {} : { rows }) };
      if (options.waiting === true) {
        output.show("WaitingList", waitingOf(lines), (waiting) => renderWaiting(waiting, view));
      } else {
        output.show("NightList", sorted(lines), (all) => renderNights(all, view));
      }
      requireAll(lines);
    });
}

function sorted(lines: readonly NightLine[]): readonly NightLine[] {
  return [...lines].sort(byUrgency);
}
